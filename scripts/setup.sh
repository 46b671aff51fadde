#!/usr/bin/env bash
# Installs what a build needs and is missing, says what it does, and is silent and quick when nothing is.
#   setup.sh            what `make run` needs: a wasm32 standard library, wasm-opt
#   setup.sh tests      the same, and what `make test` needs: PostgreSQL, Chromium, nextest, npm packages
#   setup.sh env        prints the shell lines that select the wasm toolchain (for `eval`)
# Works with a normal rustup (target added from static.rust-lang.org) and on Debian machines that reach only package
# registries, where the standard library for wasm32 is built once from Debian's own rustc sources.
set -euo pipefail
cd "$(dirname "$0")/.."
CACHE="${PURSER_CACHE_DIR:-$HOME/.cache/purser}"
WASM=wasm32-unknown-unknown
mkdir -p "$CACHE"

say() { printf '  setup: %s\n' "$*" >&2; }
fail() { printf '  setup: %s\n' "$*" >&2; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# apt_install PACKAGE…: only the missing ones, with one `apt-get update` a run.
apt_updated=no
apt_install() {
  command -v apt-get >/dev/null || fail "please install: $* (no apt-get here to do it with)"
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing Debian packages: ${missing[*]}"
  [ "$apt_updated" = yes ] || as_root apt-get update -qq
  apt_updated=yes
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$CACHE/apt.log" 2>&1 \
    || { tail -n 20 "$CACHE/apt.log" >&2; fail "apt-get could not install ${missing[*]}"; }
}

# has_wasm_std RUSTC: does this compiler have a standard library for wasm32?
has_wasm_std() { ls "$("$1" --print sysroot)/lib/rustlib/$WASM/lib/"libstd-*.rlib >/dev/null 2>&1; }

# Which rustc builds the browser side: the default one where it can, else Debian's.
wasm_rustc() {
  if has_wasm_std rustc; then command -v rustc; elif [ -x /usr/bin/rustc ] && has_wasm_std /usr/bin/rustc; then echo /usr/bin/rustc; fi
}

need_rust() {
  command -v cargo >/dev/null || fail "cargo is not installed: see https://rustup.rs (the server needs Rust 1.95 or newer)"
}

need_wasm_target() {
  [ -n "$(wasm_rustc)" ] && return 0
  if command -v rustup >/dev/null; then
    say "adding the $WASM target with rustup"
    timeout 120 rustup target add "$WASM" >"$CACHE/rustup.log" 2>&1 && has_wasm_std rustc && return 0
    say "rustup could not fetch it (no way to its server?); building it from Debian's sources instead"
  fi
  build_wasm_std
}

# Debian ships a recent compiler with its library sources but no wasm32 library: build it, about a minute, once.
build_wasm_std() {
  apt_install rustc-web cargo-web rust-web-src rust-web-llvm lld-22
  has_wasm_std /usr/bin/rustc && return 0
  local source scratch target
  source="$(ls -d /usr/src/rustc-*/library | sort -V | tail -n 1)"
  scratch="$CACHE/wasm-std"
  say "building the standard library for $WASM ($(/usr/bin/rustc --version)); about a minute"
  rm -rf "$scratch" && mkdir -p "$scratch"
  cp -r "$source" "$scratch/library"
  rm -rf "$scratch/library/.cargo"
  (cd "$scratch/library" && env -u RUSTUP_TOOLCHAIN RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
    RUSTFLAGS="-Cembed-bitcode=yes -Zforce-unstable-if-unmarked" \
    CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TARGET_DIR="$scratch/target" \
    /usr/bin/cargo build --release --target "$WASM" --manifest-path sysroot/Cargo.toml \
    --features "panic-unwind compiler-builtins-mem") >"$CACHE/wasm-std.log" 2>&1 \
    || { tail -n 30 "$CACHE/wasm-std.log" >&2; fail "the standard library for $WASM did not build"; }
  target="$(/usr/bin/rustc --print sysroot)/lib/rustlib/$WASM/lib"
  as_root mkdir -p "$target"
  as_root cp "$scratch/target/$WASM/release/deps/"*.rlib "$target/"
  rm -rf "$scratch"
}

# wasm-opt comes with the npm package `binaryen`, pinned in xtask/npm.
need_wasm_opt() {
  need_node
  need_npm xtask/npm
}

need_node() {
  command -v node >/dev/null && command -v npm >/dev/null && return 0
  apt_install nodejs npm
}

# need_npm FOLDER: `npm ci` there when its lock file is newer than what is installed.
need_npm() {
  [ "$1/node_modules/.installed" -nt "$1/package-lock.json" ] && return 0
  say "installing npm packages of $1"
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$CACHE/npm.log" 2>&1) \
    || { tail -n 20 "$CACHE/npm.log" >&2; fail "npm could not install the packages of $1"; }
  touch "$1/node_modules/.installed"
}

need_c_compiler() { command -v cc >/dev/null || apt_install gcc libc6-dev; }

case "${1:-run}" in
  env)
    rustc="$(wasm_rustc)"
    [ "$rustc" = /usr/bin/rustc ] && echo "export RUSTC=/usr/bin/rustc CARGO=/usr/bin/cargo WASM_CARGO=/usr/bin/cargo" || echo "export WASM_CARGO=cargo"
    ;;
  run)
    need_rust; need_c_compiler; need_wasm_target; need_wasm_opt
    ;;
  tests)
    need_rust; need_c_compiler; need_wasm_target; need_wasm_opt
    command -v cargo-nextest >/dev/null || { say "building cargo-nextest (once)"; cargo install cargo-nextest --locked --quiet; }
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || apt_install postgresql
    command -v chromium >/dev/null || apt_install chromium
    need_npm end2end
    ;;
  *) fail "unknown argument: $1" ;;
esac
