//! `purser broker-token`: what a provider's program calls inside a build to get an access token. It knows nothing but the
//! socket and the capability that were put there for this one run, and prints what the program expects.

use crate::out;
use domain::cli::broker::{BrokerAnswer, BrokerRequest, LONGEST_LINE};
use secrecy::{ExposeSecret, SecretString};
use services::builds::SOCKET;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// Programs wait a few seconds for a token when nobody is looking.
const PATIENCE: Duration = Duration::from_mins(1);

/// Asks, and prints the answer.
pub async fn run() -> ExitCode {
    match tokio::time::timeout(PATIENCE, ask()).await {
        Ok(Ok(token @ BrokerAnswer::Token { .. })) => {
            out::line(token.line().expose_secret().trim_end());
            ExitCode::SUCCESS
        }
        Ok(Ok(BrokerAnswer::Refused(word))) => refused(word.as_str()),
        Ok(Err(error)) => refused(&error.to_string()),
        Err(_) => refused("no answer in time"),
    }
}

async fn ask() -> io::Result<BrokerAnswer> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let capability = tokio::fs::read_to_string(home.join(domain::build::HOME_CAPABILITY)).await?;
    // Set when a token is about to end or was refused: a cached one is no use then.
    let refused = std::env::var_os("GROK_AUTH_EXPIRED").is_some_and(|value| value == "1");
    let request = BrokerRequest { capability: SecretString::from(capability.trim().to_owned()), refused };
    let mut stream = UnixStream::connect(SOCKET).await?;
    stream.write_all(request.line().expose_secret().as_bytes()).await?;
    let mut line = Vec::new();
    stream.take(u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX)).read_to_end(&mut line).await?;
    BrokerAnswer::read(&line).ok_or_else(|| io::Error::other("an answer that does not read"))
}

fn refused(words: &str) -> ExitCode {
    out::note(format_args!("Purser gives no token: {words}"));
    ExitCode::FAILURE
}
