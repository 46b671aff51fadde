//! The program `purser`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
