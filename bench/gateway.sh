#!/usr/bin/env bash
# Purser's gateway against a plain nginx hop to the same upstream, in one run, all on loopback.
#   bench/gateway.sh [--write]     --write keeps the result in bench/results/
# One upstream (an nginx that answers every chat completion with the same 0.6 kB of JSON) is reached directly, through an
# nginx hop with kept-alive connections, and through Purser with its access-token check and usage records on.
# Rounds alternate between the three, so that a machine that gets slower does so for all. Takes about two minutes.
# Settings: BENCH_ROUNDS (3), BENCH_SECONDS a round (5), BENCH_PORT, the first of three (18180).
set -euo pipefail
cd "$(dirname "$0")/.."
ROUNDS="${BENCH_ROUNDS:-3}"
SECONDS_EACH="${BENCH_SECONDS:-5}"
PORT="${BENCH_PORT:-18180}"
UPSTREAM="http://127.0.0.1:$PORT"
NGINX_HOP="http://127.0.0.1:$((PORT + 1))"
PURSER="http://127.0.0.1:$((PORT + 2))"
KEY=sk-bench-not-a-real-key-0123456789abcdef
MODEL=gpt-4o-mini
OWNER=bench@example.com

say() { printf '  bench: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
for program in nginx wrk curl; do
  command -v "$program" >/dev/null || fail "$program is missing (Debian: apt-get install nginx-light wrk curl)"
done

work="$(mktemp -d)"
children=()
cleanup() {
  local child
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

# until_ready WHAT URL
until_ready() {
  for _ in $(seq 100); do
    curl --silent --fail --output /dev/null "$2" && return 0
    sleep 0.1
  done
  fail "$1 did not get ready at $2: $(tail -n 5 "$work"/*.log 2>/dev/null)"
}

# start_nginx NAME HTTP_BLOCK: an nginx of its own, with every file of it in the scratch folder.
start_nginx() {
  local name="$1" part temp=""
  for part in client_body proxy fastcgi uwsgi scgi; do temp+="  ${part}_temp_path $work/$name-$part;"$'\n'; done
  cat >"$work/$name.conf" <<CONF
daemon off;
pid $work/$name.pid;
error_log $work/$name.log warn;
worker_processes auto;
events { worker_connections 1024; }
http {
$temp  access_log off;
  keepalive_requests 1000000;
  default_type application/json;
$2
}
CONF
  nginx -c "$work/$name.conf" -e "$work/$name.log" &
  children+=($!)
}

start_upstream() {
  local completion models
  completion='{"id":"chatcmpl-bench","object":"chat.completion","created":1760000000,"model":"'$MODEL'","choices":[{"index":0,"message":{"role":"assistant","content":"The quick brown fox jumps over the lazy dog, turns around, and jumps back again, since nobody told it which side of the dog it was meant to end up on.","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":24,"completion_tokens":36,"total_tokens":60,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},"service_tier":"default","system_fingerprint":"fp_bench"}'
  models='{"object":"list","data":[{"id":"'$MODEL'","object":"model","created":1760000000,"owned_by":"system"}]}'
  start_nginx upstream "  server {
    listen 127.0.0.1:$PORT;
    location = /v1/chat/completions { return 200 '$completion'; }
    location = /v1/models { return 200 '$models'; }
  }"
  until_ready "the upstream" "$UPSTREAM/v1/models"
}

start_hop() {
  start_nginx hop "  upstream fixed { server 127.0.0.1:$PORT; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:$((PORT + 1));
    location / { proxy_pass http://fixed; proxy_http_version 1.1; proxy_set_header Connection ''; }
  }"
  until_ready "the nginx hop" "$NGINX_HOP/v1/models"
}

start_purser() {
  export PURSER_ADDR="127.0.0.1:$((PORT + 2))" PURSER_PUBLIC_URL="http://localhost:$((PORT + 2))" PURSER_DATA_DIR="$work/data"
  export PURSER_PROVIDERS_FILE="$work/overlay.toml" PURSER_LOG="${PURSER_LOG:-warn}"
  printf '[providers.openai]\nbase_url = "%s/v1"\n' "$UPSTREAM" >"$work/overlay.toml"
  unset PURSER_DATABASE_URL
  head -c 24 /dev/urandom | base64 | scripts/purser.sh user add --email "$OWNER" --name Bench --role owner --password-stdin >/dev/null
  scripts/purser.sh serve >"$work/purser.log" 2>&1 &
  purser_pid=$!
  children+=("$purser_pid")
  until_ready Purser "$PURSER/readyz"
}

# api METHOD PATH [JSON]: the machine API, as the owner.
api() {
  curl --silent --show-error --fail-with-body --request "$1" "$PURSER/api/v1$2" --header "authorization: Bearer $admin_token" \
    --header 'content-type: application/json' ${3:+--data "$3"}
}

# Connects the provider with a key and syncs its models, as an operator would.
connect() {
  admin_token="$(scripts/purser.sh token create --user "$OWNER" --name bench-admin --scopes admin,read)"
  api POST /providers/openai/key "{\"key\":\"$KEY\"}" >/dev/null
  api POST /providers/openai/models/sync >/dev/null
  inference_token="$(scripts/purser.sh token create --user "$OWNER" --name bench --scopes inference)"
  check_one_request
}

check_one_request() {
  local answer
  for _ in $(seq 50); do
    answer="$(curl --silent --request POST "$PURSER/v1/chat/completions" --header "authorization: Bearer $inference_token" \
      --header 'content-type: application/json' --data "$(body)")"
    case "$answer" in *chatcmpl-bench*) return 0 ;; esac
    sleep 0.1
  done
  fail "Purser does not pass the request on: $answer"
}

body() { printf '{"model":"openai/%s","messages":[{"role":"user","content":"Tell me about the fox and the dog in one sentence."}]}' "$MODEL"; }

write_script() {
  cat >"$work/post.lua" <<LUA
wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
wrk.body = '$(body)'
function done(summary, latency)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.stderr:write(string.format("%.0f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, bad, summary.requests))
end
LUA
}

# measure NAME URL CONNECTIONS SECONDS: one round; appends "rps p50 p99 bad requests" to NAME-CONNECTIONS.
measure() {
  BENCH_TOKEN="$inference_token" wrk --threads 1 --connections "$3" --duration "$4s" --latency --script "$work/post.lua" "$2" \
    2>>"$work/$1-$3" >/dev/null
}

# median FILE COLUMN
median() { awk -v column="$2" '{ print $column }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
bad() { awk '{ bad += $4 } END { print bad + 0 }' "$1"; }
memory() { awk -v name="$1:" '$1 == name { printf "%.1f", $2 / 1024 }' "/proc/$purser_pid/status"; }

run_rounds() {
  local connections round
  for connections in 1 10; do
    for name in upstream nginx purser; do measure_one "$name" "$connections" 1; rm -f "$work/$name-$connections"; done
    for round in $(seq "$ROUNDS"); do
      say "round $round of $ROUNDS, $connections connections"
      for name in upstream nginx purser; do measure_one "$name" "$connections" "$SECONDS_EACH"; done
    done
  done
}

measure_one() {
  case "$1" in
    upstream) measure "$1" "$UPSTREAM" "$2" "$3" ;;
    nginx) measure "$1" "$NGINX_HOP" "$2" "$3" ;;
    purser) measure "$1" "$PURSER" "$2" "$3" ;;
  esac
}

report() {
  local connections name rate ratio
  echo "# Gateway, $(date -u +%F)"
  echo
  echo "$(nproc) cores, $(uname -m), kernel $(uname -r); medians of $ROUNDS rounds of $SECONDS_EACH s; wrk, the upstream, the hop and Purser share the machine."
  echo
  echo "| connections | through | requests/s | p50 ms | p99 ms | failed | of nginx |"
  echo "|---:|---|---:|---:|---:|---:|---:|"
  for connections in 1 10; do
    for name in upstream nginx purser; do
      rate="$(median "$work/$name-$connections" 1)"
      ratio="$(awk -v a="$rate" -v b="$(median "$work/nginx-$connections" 1)" 'BEGIN { printf "%.2f", a / b }')"
      echo "| $connections | $name | $rate | $(median "$work/$name-$connections" 2) | $(median "$work/$name-$connections" 3) | $(bad "$work/$name-$connections") | $ratio |"
    done
  done
  echo
  echo "Purser's memory: $idle_memory MiB before, $(memory VmRSS) MiB after, $(memory VmHWM) MiB at most. Usage records: $usage_before before, $(usage_requests) after, for $(sent) requests."
}

# Requests that wrk got an answer to from Purser, warm-up not counted.
sent() { awk '{ sum += $5 } END { print sum }' "$work"/purser-1 "$work"/purser-10; }

# Requests that Purser's own usage page knows of. Their writer works in batches: give it a moment.
usage_requests() {
  sleep 2
  api GET '/usage?days=1' | grep --only-matching '"total":{[^}]*}' | grep --only-matching '"requests":[0-9]*' | cut -d: -f2
}

start_upstream
start_hop
start_purser
connect
write_script
idle_memory="$(memory VmRSS)"
usage_before="$(usage_requests)"
run_rounds
report | tee "$work/report.md"
if [ "${1:-}" = --write ]; then
  mkdir -p bench/results
  cp "$work/report.md" "bench/results/$(date -u +%F)-gateway.md"
  say "kept in bench/results/$(date -u +%F)-gateway.md"
fi
