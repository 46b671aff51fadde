#!/usr/bin/env bash
# Practice mode: stand-in providers on loopback, a data folder of its own, a banner on every page. No account, no internet.
# Called by `make demo` with the built programs; everything it starts ends with it.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PURSER_BIN:?path of the purser binary}" "${STAND_IN_BIN:?path of the stand-in binary}"
data="${PURSER_DATA_DIR:-$PWD/demo-data}"
mkdir -p "$data" && chmod 700 "$data"

# The genuine Grok program, where it is installed, signs in and works for builds as ever: it knows no other server than its vendor's, so
# it gets a proxy that leads to the stand-in, and a certificate made here for it. Else a script in its place works for builds.
grok=""
for found in "$data"/tools/grok/*/bin/grok "$(command -v grok || true)" "${PURSER_CACHE_DIR:-$HOME/.cache/purser}"/programs/grok/*/bin/grok; do
  if [ -x "$found" ]; then grok="$found"; break; fi
done
certificates="$data/practice-certificates"

# A root of its own and a certificate for the vendor's name, good for a month, trusted by nobody but the practice mode.
make_certificates() {
  local key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
  rm -rf "$certificates" && mkdir -p "$certificates" && chmod 700 "$certificates" && cd "$certificates"
  printf 'subjectAltName=DNS:auth.x.ai\nbasicConstraints=CA:FALSE\n' >leaf.ext
  openssl req -x509 "${key[@]}" -days 30 -subj "/CN=Purser practice root" -keyout ca.key -out ca.pem
  openssl req "${key[@]}" -subj "/CN=auth.x.ai" -keyout leaf.key -out leaf.csr
  openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile leaf.ext -out leaf.pem
  rm ca.key
}

if [ -n "$grok" ] && command -v openssl >/dev/null && (make_certificates) 2>/dev/null; then
  builds="Signing in to Grok and builds run the genuine program ($grok) against the stand-ins."
else
  grok=""
  builds="Builds run a script in the place of the Grok program; \"slow\" and \"fail\" in a prompt do what they say.
  For the genuine one: PURSER_DATA_DIR=$data scripts/purser.sh tools install grok, then \`make demo\` again."
fi

rm -f "$data/practice.toml"
"$STAND_IN_BIN" "${STAND_IN_ADDR:-127.0.0.1:4801}" "$data/practice.toml" ${grok:+"$grok" "$certificates"} &
stand_in=$!
trap 'kill "$stand_in" 2>/dev/null || true' EXIT
for _ in $(seq 50); do [ -s "$data/practice.toml" ] && break; sleep 0.1; done

cat >&2 <<TEXT

  Practice mode. Nothing here leaves this machine.
  Keys to try:  sk-practice-good-0001    works
                sk-practice-wrong-0001   is refused, and says why
                sk-practice-empty-0001   has no funds
                sk-practice-slow-0001    works, after three seconds
  Signing in to Claude, Codex, ChatGPT or OpenRouter leads to a stand-in page: Approve, Deny, or Revoke now.
  Signing in to Grok or Codex with a code: open the page that is shown, compare the code, Approve or Deny.
  $builds
  Ollama is found by itself. Everything lies in $data; delete it to start over.

TEXT
# As soon as the owner has an account, Finance gets a made-up history: contracts, a hundred days of use, bills, open items.
export PURSER_PRACTICE=1 PURSER_DATA_DIR="$data" PURSER_PROVIDERS_FILE="$data/practice.toml"
# Purser itself refreshes what the genuine program signed in to, so it goes the same way.
if [ -n "$grok" ]; then
  HTTPS_PROXY="$(sed -n 's/.*HTTPS_PROXY = "\([^"]*\)".*/\1/p' "$data/practice.toml")"
  export HTTPS_PROXY PURSER_CA_FILE="$certificates/ca.pem"
fi
if [ "${PURSER_PRACTICE_HISTORY:-1}" = 1 ]; then
  (until "$PURSER_BIN" practice >/dev/null 2>&1; do sleep 3; done) &
  history=$!
  trap 'kill "$stand_in" "$history" 2>/dev/null || true' EXIT
fi
"$PURSER_BIN" serve
