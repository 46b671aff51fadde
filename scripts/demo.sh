#!/usr/bin/env bash
# Practice mode: stand-in providers on loopback, a data folder of its own, a banner on every page. No account, no internet.
# Called by `make demo` with the built programs; everything it starts ends with it.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PURSER_BIN:?path of the purser binary}" "${STAND_IN_BIN:?path of the stand-in binary}"
data="${PURSER_DATA_DIR:-$PWD/demo-data}"
mkdir -p "$data" && chmod 700 "$data"

"$STAND_IN_BIN" "${STAND_IN_ADDR:-127.0.0.1:4801}" "$data/practice.toml" &
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
  Ollama is found by itself. Everything lies in $data; delete it to start over.

TEXT
# As soon as the owner has an account, Finance gets a made-up history: contracts, a hundred days of use, bills, open items.
export PURSER_PRACTICE=1 PURSER_DATA_DIR="$data" PURSER_PROVIDERS_FILE="$data/practice.toml"
if [ "${PURSER_PRACTICE_HISTORY:-1}" = 1 ]; then
  (until "$PURSER_BIN" practice >/dev/null 2>&1; do sleep 3; done) &
  history=$!
  trap 'kill "$stand_in" "$history" 2>/dev/null || true' EXIT
fi
"$PURSER_BIN" serve
