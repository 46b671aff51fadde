//! The use cases on real databases, with providers that answer as they are told.

#![expect(clippy::unwrap_used, reason = "tests stop where something is not as it should be")]

mod build_world;
mod builds;
mod builds_refused;
mod codex;
mod connections;
mod device_native;
mod device_program;
mod finance_access;
#[path = "../../../../bench/finance.rs"]
mod finance_bench;
mod finance_bills;
mod finance_bills_of_use;
mod finance_contracts;
mod finance_datasets;
mod finance_evaluation;
mod finance_export;
mod finance_items;
mod finance_jobs;
mod finance_parties;
mod finance_reports;
mod finance_save;
mod finance_seed;
mod finance_world;
mod fresh;
mod grants;
mod inference;
mod keys;
mod notifications;
mod people;
mod secrets;
mod sign_in;
mod sign_in_world;
mod support;
mod tokens;
