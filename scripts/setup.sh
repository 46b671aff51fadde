#!/usr/bin/env bash
# Installs what a build needs and is missing, says what it does, and is silent and quick when nothing is.
#   setup.sh            what `make run` needs: a wasm32 standard library, wasm-opt
#   setup.sh tests      the same, and what `make test` needs: PostgreSQL, Chromium, bubblewrap, nextest, npm packages
#   setup.sh lint       what `make lint` needs: cargo-deny, shellcheck (where apt-get has it)
#   setup.sh clippy-target   prints the cargo arguments that lint the browser side (nothing where only Debian's rustc, which has
#                       no clippy, can compile for wasm32: there clippy reads the same code for this machine)
#   setup.sh env        prints the shell lines that select the wasm toolchain (for `eval`)
# PURSER_WASM_TOOLCHAIN=rustup|debian forces one of the two ways; without it the first that works is taken. Works with a normal rustup (target added from static.rust-lang.org) and on Debian machines that reach only package
# registries, where the standard library for wasm32 is built once from Debian's own rustc sources.
set -euo pipefail
cd "$(dirname "$0")/.."
CACHE="${PURSER_CACHE_DIR:-$HOME/.cache/purser}"
# Cargo's tools, built once at these versions, beside the target folder; the Makefile has their folder on PATH.
TOOLS="$CACHE/tools"
NEXTEST_VERSION=0.9.143
DENY_VERSION=0.20.2
export PATH="$TOOLS/bin:$PATH"
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

DEBIAN_RUSTC=/usr/bin/rustc
debian_wasm_lib() { echo "$("$DEBIAN_RUSTC" --print sysroot)/lib/rustlib/$WASM/lib"; }

# Does the default compiler have a standard library for wasm32? (That may be Debian's own rustc, with Debian's package for it.)
default_has_wasm() { [ "${PURSER_WASM_TOOLCHAIN:-}" != debian ] && ls "$(rustc --print sysroot)/lib/rustlib/$WASM/lib/"libstd-*.rlib >/dev/null 2>&1; }

# Does Debian's, built by this script and by this very compiler? (An upgraded compiler refuses the old library.)
debian_has_wasm() {
  [ "${PURSER_WASM_TOOLCHAIN:-}" != rustup ] && [ -x "$DEBIAN_RUSTC" ] && [ -x "${DEBIAN_RUSTC%rustc}cargo" ] \
    && [ "$(cat "$(debian_wasm_lib)/built-by" 2>/dev/null)" = "$("$DEBIAN_RUSTC" --version)" ]
}

need_rust() {
  command -v cargo >/dev/null || fail "cargo is not installed: see https://rustup.rs (the server needs Rust 1.95 or newer)"
}

need_wasm_target() {
  if default_has_wasm || debian_has_wasm; then return 0; fi
  if [ "${PURSER_WASM_TOOLCHAIN:-}" != debian ] && command -v rustup >/dev/null; then
    say "adding the $WASM target with rustup"
    if timeout 120 rustup target add "$WASM" >"$CACHE/rustup.log" 2>&1 && default_has_wasm; then return 0; fi
    [ "${PURSER_WASM_TOOLCHAIN:-}" = rustup ] && fail "rustup could not add $WASM: $(tail -n 1 "$CACHE/rustup.log")"
    say "rustup could not fetch it (no way to its server?); building it from Debian's sources instead"
  fi
  build_wasm_std
}

# Debian ships a recent compiler with its library sources but no wasm32 library: build it, about a minute, once.
# rust-web-llvm has the `rust-lld` that rustc links wasm with.
build_wasm_std() {
  apt_install rustc-web cargo-web rust-web-src rust-web-llvm lld-22
  local source scratch target version
  version="$("$DEBIAN_RUSTC" --version)"
  source="/usr/src/rustc-$(echo "$version" | cut -d' ' -f2)/library"
  [ -d "$source" ] || fail "$source is missing (package rust-web-src): cannot build the standard library for $WASM"
  scratch="$CACHE/wasm-std"
  say "building the standard library for $WASM ($version); about a minute"
  rm -rf "$scratch" && mkdir -p "$scratch"
  cp -r "$source" "$scratch/library"
  rm -rf "$scratch/library/.cargo"
  (cd "$scratch/library" && env -u RUSTUP_TOOLCHAIN -u CARGO_ENCODED_RUSTFLAGS RUSTC="$DEBIAN_RUSTC" RUSTC_BOOTSTRAP=1 \
    RUSTFLAGS="-Cembed-bitcode=yes -Zforce-unstable-if-unmarked" \
    CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TARGET_DIR="$scratch/target" \
    "${DEBIAN_RUSTC%rustc}cargo" build --release --target "$WASM" --manifest-path sysroot/Cargo.toml \
    --features "panic-unwind compiler-builtins-mem") >"$CACHE/wasm-std.log" 2>&1 \
    || { tail -n 30 "$CACHE/wasm-std.log" >&2; fail "the standard library for $WASM did not build"; }
  target="$(debian_wasm_lib)"
  as_root rm -rf "$target"
  as_root mkdir -p "$target"
  as_root cp "$scratch/target/$WASM/release/deps/"*.rlib "$target/"
  echo "$version" | as_root tee "$target/built-by" >/dev/null
  rm -rf "$scratch"
}

# wasm-opt and the CSS bundler come as npm packages, pinned in xtask/npm.
need_bundler() {
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

# need_tool NAME VERSION: a cargo subcommand, from cargo-binstall if that is here, else built.
need_tool() {
  command -v "$1" >/dev/null && return 0
  say "installing $1 (once; some minutes where it has to be built)"
  if command -v cargo-binstall >/dev/null && cargo binstall --no-confirm --quiet --root "$TOOLS" "$1@$2" 2>"$CACHE/$1.log"; then return 0; fi
  cargo install "$1" --version "$2" --locked --quiet --root "$TOOLS"
}

need_postgres() {
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || apt_install postgresql
}

# Builds and sign-ins with a provider's program run in it; without it their tests are skipped aloud.
need_bubblewrap() { command -v bwrap >/dev/null || ! command -v apt-get >/dev/null || apt_install bubblewrap; }

need_chromium() { command -v chromium >/dev/null || apt_install chromium; }

# What a wasm build is started with. Two compilers do not share one target folder: each would rebuild after the other.
print_env() {
  local target="${CARGO_TARGET_DIR:-$CACHE/target}"
  if default_has_wasm; then
    printf 'export WASM_CARGO=cargo WASM_TARGET_DIR=%q\n' "$target"
  elif debian_has_wasm; then
    printf 'export RUSTC=%q WASM_CARGO=%q WASM_TARGET_DIR=%q\n' "$DEBIAN_RUSTC" "${DEBIAN_RUSTC%rustc}cargo" "$target/debian"
  else
    fail "no compiler with a $WASM standard library: run scripts/setup.sh"
  fi
}

case "${1:-run}" in
  env) print_env ;;
  clippy-target) if default_has_wasm; then echo "--target $WASM"; fi ;;
  lint)
    need_rust; need_c_compiler
    need_tool cargo-deny "$DENY_VERSION"
    if ! command -v shellcheck >/dev/null && command -v apt-get >/dev/null; then apt_install shellcheck; fi
    ;;
  run) need_rust; need_c_compiler; need_wasm_target; need_bundler ;;
  tests)
    need_rust; need_c_compiler; need_wasm_target; need_bundler
    need_tool cargo-nextest "$NEXTEST_VERSION"; need_postgres; need_chromium; need_bubblewrap
    need_npm end2end
    ;;
  *) fail "unknown argument: $1" ;;
esac
