#!/usr/bin/env bash
# Packs what `make build` built into dist/purser-<version>-<arch>.tar.gz, with its SHA-256 beside it. In the archive the browser files lie
# next to the program, where it looks for them by itself (server/src/config/site.rs): unpack it, and `./purser serve` works.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-${PURSER_CACHE_DIR:-$HOME/.cache/purser}/target}"

fail() { printf '  dist: %s\n' "$*" >&2; exit 1; }

[ -x "$target/release/purser" ] || fail "purser is not built yet: run 'make build'"
[ -d "$target/site/pkg" ] || fail "the browser files are not built yet: run 'make build'"
[ -f "$target/site.hash" ] || fail "the browser files are not built yet: run 'make build'"

version="$(sed -n '/^\[workspace\.package\]/,/^\[/ s/^version *= *"\([^"]*\)".*/\1/p' Cargo.toml)"
[ -n "$version" ] || fail "Cargo.toml names no version in [workspace.package]"
# A program of another version, or browser files of another build, would be found out only by whoever unpacks them.
built="$("$target/release/purser" --version)"
[ "$built" = "purser $version" ] || fail "the program that is built is '$built', but this is version $version: run 'make build'"
while read -r kind hash; do
  case "$kind" in js: | wasm: | css:) [ -f "$target/site/pkg/purser.$hash.${kind%:}" ] || fail "site/pkg has no ${kind%:} file of site.hash: run 'make build'" ;; esac
done <"$target/site.hash"

name="purser-$version-$(uname -m)"
mkdir -p dist
stage="$(mktemp -d dist/.stage.XXXXXX)"
trap 'rm -rf "$stage"' EXIT
mkdir "$stage/$name"
cp "$target/release/purser" "$target/site.hash" LICENSE README.md ARCHITECTURE.md SECURITY.md "$stage/$name/"
cp -r "$target/site" docs deploy "$stage/$name/"

# The same input gives the same archive: names in order, nobody's user, the time of the last commit.
moment="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
tar --sort=name --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' --mtime="@$moment" -C "$stage" -cf "$stage/$name.tar" "$name"
gzip -n -9 "$stage/$name.tar"
(cd "$stage" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
mv "$stage/$name.tar.gz" "$stage/$name.tar.gz.sha256" dist/
echo "dist/$name.tar.gz"
