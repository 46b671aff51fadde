//! Chores of the workspace that need more than a shell line:
//!
//! - `bundle` turns the wasm file of `frontend` and the style sheets into the hashed, compressed files a browser loads;
//! - `house` checks the rules of ARCHITECTURE.md that no compiler checks.
//!
//! Both are started by the Makefile from the root of the workspace.

mod arguments;
mod bundle;
mod house;

use anyhow::{Result, bail};
use std::io::Write as _;
use std::process::ExitCode;

const USAGE: &str =
    "usage: xtask bundle --profile release|dev --wasm FILE --out FOLDER --hash-file FILE [--max-total-br BYTES]\n       xtask house";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<ExitCode> {
    match words.split_first() {
        Some((command, rest)) if command == "bundle" => bundle::run(&bundle::Options::parse(rest)?),
        Some((command, [])) if command == "house" => house::run(),
        _ => bail!("{USAGE}"),
    }
}

/// One line to the person who started the chore.
fn say(line: &str) {
    // A closed terminal is no reason to stop half-way.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
