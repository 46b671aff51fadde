# What a person or CI starts. `make` alone lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# Everything built lies outside the clone, so a fresh clone starts warm.
PURSER_CACHE_DIR ?= $(HOME)/.cache/purser
CARGO_TARGET_DIR ?= $(PURSER_CACHE_DIR)/target
export CARGO_TARGET_DIR
export PATH := $(PURSER_CACHE_DIR)/tools/bin:$(PATH)
SITE := $(CARGO_TARGET_DIR)/site
# Most bytes of js, wasm and css that the first load in any area needs, brotli; a ratchet that only goes down. A provider's page
# is held to 450000 with all it transfers (end2end/specs/quality.spec.ts).
WEIGHT := 480000
# What the practice mode and the browser tests start.
PROGRAMS := PURSER_BIN="$(CURDIR)/scripts/purser.sh" STAND_IN_BIN="$(CARGO_TARGET_DIR)/release/stand-in"

# `frontend` switches on `hydrate` in crates that need `ssr` here, and xtask has a tree of its own. Lint and tests name the
# same crates, so that cargo builds what they share once. A target folder of its own lets xtask work while another cargo does.
CRATES := --workspace --exclude frontend --exclude xtask
XTASK_TARGET := CARGO_TARGET_DIR="$(CARGO_TARGET_DIR)/xtask"
XTASK := $(XTASK_TARGET) cargo run --quiet --package xtask --release --locked --

define say
@printf '→ %s\n' $(1) >&2
endef

.PHONY: help setup run demo dev build dist server wasm site stand-in test rust-tests tool-tests e2e bench bench-finance chaos fmt advisories \
	lint lint-format lint-shell lint-tree lint-house lint-clippy lint-doc

help: ## this list
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## install what building needs and is missing
	$(call say,"checking the tools")
	@scripts/setup.sh run

run: build ## build what changed, then run Purser; ends by printing the address
	$(call say,"starting Purser (Ctrl-C stops it)")
	@exec scripts/purser.sh serve

demo: build stand-in ## the same with stand-in providers and its own data folder; no account, no internet
	@$(PROGRAMS) exec scripts/demo.sh

dev: setup ## rebuild and restart at every change (quick, unoptimised builds)
	@exec scripts/dev.sh

# The browser build ends in one long link on one core, so the server is built beside it. Each cargo counts its own jobs: MAKEFLAGS
# would tell it of a job server that it cannot reach.
build: setup
	@$(MAKE) --jobs=2 server site

dist: build ## pack the release build as dist/purser-<version>-<arch>.tar.gz, ready to unpack and run
	$(call say,"packing the release build")
	@scripts/dist.sh

server:
	$(call say,"building the server (release)")
	@unset MAKEFLAGS MFLAGS; cargo build --release --package server --locked

wasm:
	$(call say,"building the browser side (wasm)")
	@unset MAKEFLAGS MFLAGS; eval "$$(scripts/setup.sh env)"; \
	CARGO_TARGET_DIR="$$WASM_TARGET_DIR" "$$WASM_CARGO" build --profile wasm-release --package frontend --target wasm32-unknown-unknown --locked

site: wasm
	$(call say,"bundling the browser files")
	@unset MAKEFLAGS MFLAGS; eval "$$(scripts/setup.sh env)"; unset RUSTC; \
	$(XTASK) bundle --profile release --wasm "$$WASM_TARGET_DIR/wasm32-unknown-unknown/wasm-release/frontend.wasm" \
		--out "$(SITE)" --hash-file "$(SITE).hash" --max-total-br $(WEIGHT)

stand-in:
	$(call say,"building the stand-in providers")
	@cargo build --release --package testkit --bin stand-in --locked

test: ## the whole test suite: Rust on SQLite and PostgreSQL, the browser build, Playwright
	$(call say,"checking the tools")
	@scripts/setup.sh tests
	@scripts/test.sh

tool-tests: ## the tests of the build tools
	@$(XTASK_TARGET) cargo nextest run --package xtask --cargo-profile release --locked

rust-tests: ## the Rust tests alone; PostgreSQL is covered where PURSER_TEST_POSTGRES_URL is set
	@cargo nextest run $(CRATES) --locked $(if $(CI),--profile ci)

e2e: build stand-in ## Playwright, against the release build
	$(call say,"running Playwright")
	@scripts/setup.sh tests
	@cd end2end && $(PROGRAMS) npx --no-install playwright test

bench-finance: ## the daily evaluation of 1,000 contracts with 1,000,000 requests, on both databases
	@PURSER_TEST_POSTGRES_URL="$$(scripts/postgres.sh start)" cargo test -p services --locked --test it finance_bench -- --ignored --nocapture

bench: build ## gateway against a plain nginx hop to the same upstream, in one run
	@bench/gateway.sh

chaos: build stand-in ## refreshes under kill -9: two processes on PostgreSQL, then SQLite; about five minutes
	$(call say,"two processes on one PostgreSQL")
	@$(PROGRAMS) PURSER_TEST_POSTGRES_URL="$$(scripts/postgres.sh start)" bench/chaos.mjs postgres
	$(call say,"one process on SQLite")
	@$(PROGRAMS) bench/chaos.mjs sqlite

fmt: ## format everything
	@cargo fmt --all

lint: lint-format lint-shell lint-tree lint-house lint-clippy lint-doc ## all checks that run nothing

lint-format:
	$(call say,"checking the format")
	@cargo fmt --all --check

lint-shell:
	$(call say,"checking the shell scripts")
	@scripts/setup.sh lint
	@if command -v shellcheck >/dev/null; then shellcheck --severity=warning --external-sources scripts/*.sh bench/*.sh .ci/run; else echo '  shellcheck is not installed: skipped' >&2; fi

lint-tree:
	$(call say,"checking licences$(comma) versions and sources of the dependencies")
	@scripts/setup.sh lint
	@cargo fetch --quiet --locked
	@cargo deny --log-level error --locked --offline check --hide-inclusion-graph licenses bans sources

lint-house:
	$(call say,"checking the house rules")
	@$(XTASK) house

lint-clippy:
	$(call say,"checking with clippy")
	@cargo clippy $(CRATES) --all-targets --locked -- --deny warnings
	@$(XTASK_TARGET) cargo clippy --package xtask --all-targets --locked -- --deny warnings
	@target="$$(scripts/setup.sh clippy-target)"; cargo clippy --package frontend --locked $$target -- --deny warnings

lint-doc:
	$(call say,"checking the documentation")
	@RUSTDOCFLAGS="--deny warnings" cargo doc --quiet $(CRATES) --no-deps --locked

advisories: ## known vulnerabilities in the dependencies (needs the way to the RustSec database)
	@scripts/setup.sh lint
	@cargo deny --locked check advisories

comma := ,
