//! Reads an answer of a management call: whole, within bounds.

use super::{MAX_BODY_BYTES, broken_off, describe, unreachable};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use services::ports::CallFailure;
use std::time::Duration;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Received {
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, at most [`MAX_BODY_BYTES`].
    pub body: Vec<u8>,
}

impl Received {
    /// `Content-Type`, or nothing.
    pub fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Sends a request and reads the answer; `limit` is the time it has, for the words.
pub(crate) async fn receive(request: reqwest::RequestBuilder, host: &str, limit: Duration) -> Result<Received, CallFailure> {
    let mut response = request.send().await.map_err(|error| describe(&error, host, limit))?;
    let too_long =
        || unreachable(format!("{host} answered with more than {} MiB, which is not what was asked for", MAX_BODY_BYTES / 1024 / 1024));
    if response.content_length().is_some_and(|length| length > MAX_BODY_BYTES as u64) {
        return Err(too_long());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| late(&error, host, limit))? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Received { status: response.status().as_u16(), headers: std::mem::take(response.headers_mut()), body })
}

/// The limit is on the whole call, so a slow body is "no answer" too.
fn late(error: &reqwest::Error, host: &str, limit: Duration) -> CallFailure {
    if error.is_timeout() { describe(error, host, limit) } else { broken_off(error, limit) }
}
