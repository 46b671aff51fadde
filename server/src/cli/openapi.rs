//! `purser openapi`: the document of the machine API, without settings or a database.

use crate::api;
use crate::out;
use crate::start::StartError;
use std::process::ExitCode;

/// Prints it.
pub fn run() -> Result<ExitCode, StartError> {
    let text = api::to_text(&api::document()).map_err(|error| StartError::Process(Box::new(error)))?;
    out::line(text.trim_end());
    Ok(ExitCode::SUCCESS)
}
