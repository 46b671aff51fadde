//! The command line. Answers go to stdout, everything else to stderr; everything but `serve` can be used while a server
//! runs on the same database. Only `serve`, `migrate up` and `user add` begin an installation; the others refuse where there is none.

mod args;
mod backup;
mod broker_token;
mod context;
mod doctor;
mod keys;
mod migrate;
mod openapi;
mod password;
mod practice;
mod rotate_keys;
mod status;
mod token;
mod tools;
mod user;

use crate::config::Settings;
use crate::start::StartError;
use crate::{out, serve};
use args::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

/// Reads the command line, does it, and says how it went. Errors end with 1, wrong usage with 2.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(run(arguments.command.unwrap_or(Command::Serve))) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

async fn run(command: Command) -> Result<ExitCode, StartError> {
    let settings = Settings::from_environment;
    match command {
        Command::Serve => serve::run(settings()?).await.map(|()| ExitCode::SUCCESS),
        Command::Migrate(command) => migrate::run(settings()?, command).await,
        Command::User(command) => user::run(settings()?, command).await,
        Command::Token(command) => token::run(settings()?, command).await,
        Command::Tools(command) => tools::run(settings()?, command).await,
        Command::Keys(command) => keys::run(settings()?, command).await,
        Command::RotateKeys => rotate_keys::run(settings()?).await,
        Command::Backup { file } => backup::run(settings()?, &file).await,
        Command::Status { check } => status::run(settings()?, check).await,
        Command::Doctor => doctor::run(settings()?).await,
        Command::Practice => practice::run(settings()?).await,
        // Neither has an installation around it.
        Command::Openapi => openapi::run(),
        Command::BrokerToken => Ok(broker_token::run().await),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    out::note(format_args!("purser: {}", out::causes(error)));
    ExitCode::FAILURE
}
