#!/usr/bin/env bash
# The purser that `make build` built, with the browser files it built. Arguments go to purser: `scripts/purser.sh doctor`.
set -euo pipefail
target="${CARGO_TARGET_DIR:-${PURSER_CACHE_DIR:-$HOME/.cache/purser}/target}"
[ -x "$target/release/purser" ] || { echo "purser is not built yet: run 'make build'" >&2; exit 1; }
export LEPTOS_OUTPUT_NAME=purser LEPTOS_ENV=PROD LEPTOS_SITE_PKG_DIR=pkg
export LEPTOS_SITE_ROOT="$target/site" LEPTOS_HASH_FILES=true LEPTOS_HASH_FILE_NAME="$target/site.hash"
exec "$target/release/purser" "$@"
