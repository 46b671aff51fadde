#!/usr/bin/env bash
# Rebuilds and restarts at every change: with cargo-leptos where it is installed, else by looking for newer files once a second.
set -euo pipefail
cd "$(dirname "$0")/.."
eval "$(scripts/setup.sh env)"
if command -v cargo-leptos >/dev/null && [ "$WASM_CARGO" = cargo ]; then exec cargo leptos watch; fi

target="${CARGO_TARGET_DIR:-$HOME/.cache/purser/target}"
export LEPTOS_OUTPUT_NAME=purser LEPTOS_SITE_PKG_DIR=pkg
export LEPTOS_SITE_ROOT="$target/site-dev" LEPTOS_HASH_FILES=true LEPTOS_HASH_FILE_NAME="$target/site-dev.hash"
looked="$(mktemp)"
server=
stop() { if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; fi; }
trap 'stop; rm -f "$looked"' EXIT

build() {
  env -u RUSTC cargo build --package server \
    && CARGO_TARGET_DIR="$WASM_TARGET_DIR" "$WASM_CARGO" build --package frontend --target wasm32-unknown-unknown \
    && env -u RUSTC CARGO_TARGET_DIR="$target/xtask" cargo run --quiet --package xtask --release -- bundle --profile dev \
      --wasm "$WASM_TARGET_DIR/wasm32-unknown-unknown/debug/frontend.wasm" --out "$LEPTOS_SITE_ROOT" --hash-file "$LEPTOS_HASH_FILE_NAME"
}

changed() { [ -n "$(find app frontend server migrations style -newer "$looked" -type f -print -quit)" ]; }

while true; do
  touch "$looked"
  if build; then
    stop
    "$target/debug/purser" serve &
    server=$!
  else
    echo '  dev: that did not build; waiting for the next change' >&2
  fi
  until changed; do sleep 1; done
done
