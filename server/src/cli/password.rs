//! Passwords never stand on the command line, where every user of the machine could read them.

use crate::config::SettingsError;
use crate::start::StartError;
use secrecy::{ExposeSecret, SecretString};
use std::io::BufRead;

/// From the first line of stdin, or typed twice without echo.
///
/// # Errors
/// When there is none, or the two differ.
pub fn ask(from_stdin: bool) -> Result<SecretString, StartError> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|error| wrong(error.to_string()))?;
        return Ok(SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let typed = |prompt: &str| rpassword::prompt_password(prompt).map(SecretString::from).map_err(|error| wrong(error.to_string()));
    let (first, again) = (typed("Password: ")?, typed("Repeat password: ")?);
    if first.expose_secret() == again.expose_secret() { Ok(first) } else { Err(wrong("the two passwords are not the same")) }
}

fn wrong(reason: impl Into<String>) -> StartError {
    StartError::Settings(SettingsError::new("password", reason))
}
