#!/usr/bin/env bash
# The whole test suite, part by part; a part that fails does not keep the others from telling what they know.
# Exit code 1 if any part failed. The private PostgreSQL is stopped in the end.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=()
part() {
  local name="$1"
  shift
  printf '→ %s\n' "$name" >&2
  "$@" || failed+=("$name")
}

PURSER_TEST_POSTGRES_URL="$(scripts/postgres.sh start)"
export PURSER_TEST_POSTGRES_URL
# The tests that run the providers' own programs fetch them here, once, by their pinned hash.
export PURSER_TEST_TOOLS_DIR="${PURSER_CACHE_DIR:-$HOME/.cache/purser}/programs"
trap 'scripts/postgres.sh stop >/dev/null' EXIT

part "Rust tests on SQLite and PostgreSQL" make rust-tests
part "tests of the build tools" make tool-tests
# The release build of the server and the real wasm build are the checks that both still compile; Playwright runs on them.
part "release build, browser build and Playwright" make e2e

if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
