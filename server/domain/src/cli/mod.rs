//! Providers' own command-line programs: what they print while signing in, the credential file they keep, and how a run
//! borrows the credential without holding it.
//!
//! A program is data (the catalogue's `cli` table) plus one reader of its credential file.

mod ansi;
pub mod broker;
mod codex;
mod credential;
mod grok;
mod login;
pub mod tool;

#[cfg(test)]
mod credential_tests;
#[cfg(test)]
mod login_tests;

pub use ansi::AnsiStripper;
pub use credential::{CliCredential, CredentialFileError};
pub use login::{LoginOutput, Reading};
pub use tool::{Tool, ToolFile, ToolPackage, Tools};
