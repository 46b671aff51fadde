//! Inference over HTTP: bodies forwarded as they are, and conversations translated into the target's dialect, one file
//! a dialect.

mod anthropic_messages;
mod cohere;
mod dialect;
mod gather;
mod gemini;
mod openai_chat;
mod openai_responses;
mod stream;
#[cfg(test)]
mod tests;

use crate::call::{host_of, request};
use crate::http::{HttpSettings, HttpSetupError, Purpose, Timeouts, broken_off, client, describe, no_answer, stopped, unreachable};
use crate::provider::classify::{self, Meaning, Seen};
use crate::provider::retry_after::retry_after;
use crate::redact::Redactor;
use async_trait::async_trait;
use bytes::Bytes;
use dialect::{Outgoing, Quirks};
use domain::Clock;
use domain::inference::Conversation;
use domain::provider::endpoint;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::Response;
use reqwest::header::HeaderMap;
use services::ports::{Answer, CallFailure, DeltaStream, ForwardCall, Reply, Target, Upstream};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The most of an error body that is read.
const MAX_ERROR_BYTES: usize = 256 * 1024;

/// [`Upstream`] over HTTP.
pub struct UpstreamHttp {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    timeouts: Timeouts,
}

impl UpstreamHttp {
    /// Makes its client; share the value, it shares its connections.
    ///
    /// # Errors
    /// As [`client`].
    pub fn new(settings: &HttpSettings, clock: Arc<dyn Clock>) -> Result<Self, HttpSetupError> {
        Ok(Self { client: client(settings, Purpose::Inference)?, clock, timeouts: settings.timeouts })
    }

    /// Sends a JSON body; comes back with the head of the answer.
    async fn send(&self, target: &Target, url: Url, body: Bytes, stream: bool, beta: Option<&str>) -> Result<Response, CallFailure> {
        let host = host_of(&url);
        let (accept, limit) =
            if stream { ("text/event-stream", self.timeouts.first_byte) } else { ("application/json", self.timeouts.whole) };
        let call = request(&self.client, target, Method::POST, url)?;
        let call = call.header(CONTENT_TYPE, "application/json").header(ACCEPT, accept).body(body);
        // A list: what the catalogue asks for stands in a line of its own.
        let call = beta.into_iter().fold(call, |call, beta| call.header("anthropic-beta", beta));
        match tokio::time::timeout(limit, call.send()).await {
            // Connected and asked, then nothing: somebody may be working on it, and may be paid for it.
            Ok(Err(error)) if error.is_timeout() && !error.is_connect() => Err(too_slow(no_answer(&host, limit))),
            Ok(answer) => answer.map_err(|error| describe(&error, &host, limit)),
            Err(_) => Err(too_slow(no_answer(&host, limit))),
        }
    }

    /// The start of an error body, with the credential taken out.
    async fn error_body(&self, mut response: Response, redactor: &Redactor) -> Result<Bytes, CallFailure> {
        let mut body = Vec::new();
        while let Some(chunk) = piece_of(&mut response, self.timeouts.idle).await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ERROR_BYTES {
                body.truncate(MAX_ERROR_BYTES);
                break;
            }
        }
        Ok(redactor.scrub(body).into())
    }

    /// The answer's body as it comes; dropping it ends the call.
    fn body_of(&self, response: Response) -> BoxStream<'static, Result<Bytes, CallFailure>> {
        let idle = self.timeouts.idle;
        let next = move |mut response: Response| async move {
            let piece = piece_of(&mut response, idle).await?;
            Ok(piece.map(|piece| (piece, response)))
        };
        futures::stream::try_unfold(response, next).boxed()
    }

    fn failure(&self, meaning: &Meaning, status: u16, headers: &HeaderMap, redactor: &Redactor) -> CallFailure {
        CallFailure {
            verdict: meaning.verdict,
            status: Some(status),
            message: redactor.clean(&meaning.message),
            retry_after: retry_after(headers, self.clock.now()),
        }
    }

    /// An answer to a translated request: the stream, or why there is none, with other quirks to try again with.
    async fn open(&self, target: &Target, outgoing: Outgoing, quirks: Quirks) -> Result<DeltaStream, (CallFailure, Option<Quirks>)> {
        let final_failure = |failure| (failure, None);
        let url = endpoint::join(&target.base_url, &outgoing.path);
        let body = Bytes::from(outgoing.body.to_string());
        let response = self.send(target, url, body, true, None).await.map_err(final_failure)?;
        let redactor = Redactor::new(target.credential.as_ref());
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let kind = content_type(&headers);
        let streams = response.status().is_success() && !kind.contains("json") && !kind.contains("html");
        if streams {
            return Ok(stream::deltas(self.body_of(response), outgoing.decoder, redactor));
        }
        let body = self.error_body(response, &redactor).await.map_err(final_failure)?;
        let seen = Seen::new(status, &kind, &body);
        let meaning = match status {
            200..=299 => classify::no_stream(&seen),
            _ => classify::inference_refusal(target.status_rules(), &seen),
        };
        Err((self.failure(&meaning, status, &headers, &redactor), quirks.after(&seen)))
    }
}

/// What comes next of an answer; it may pause for `idle`.
async fn piece_of(response: &mut Response, idle: Duration) -> Result<Option<Bytes>, CallFailure> {
    match tokio::time::timeout(idle, response.chunk()).await {
        Ok(piece) => piece.map_err(|error| broken_off(&error, idle)),
        Err(_) => Err(stopped(idle)),
    }
}

fn content_type(headers: &HeaderMap) -> String {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase()
}

#[async_trait]
impl Upstream for UpstreamHttp {
    async fn forward(&self, target: &Target, call: ForwardCall) -> Result<Answer, CallFailure> {
        let url = endpoint::join(&target.base_url, call.path);
        let response = self.send(target, url, call.body, call.reply != Reply::Whole, call.beta.as_deref()).await?;
        let redactor = Redactor::new(target.credential.as_ref());
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let kind = content_type(&headers);
        let not_the_provider = (300..400).contains(&status) || status < 400 && kind.contains("html");
        if not_the_provider {
            let seen = Seen::new(status, &kind, b"");
            let meaning = if status < 300 { classify::no_stream(&seen) } else { classify::inference_refusal(&[], &seen) };
            return Err(self.failure(&meaning, status, &headers, &redactor));
        }
        let body = if status >= 400 {
            // Error bodies are short, and some vendors repeat the key in them.
            let body = self.error_body(response, &redactor).await?;
            // What it thinks of our credential is not the caller's business, and a page is nobody's answer.
            if matches!(status, 401..=403) || kind.contains("html") {
                let meaning = classify::inference_refusal(target.status_rules(), &Seen::new(status, &kind, &body));
                return Err(self.failure(&meaning, status, &headers, &redactor));
            }
            futures::stream::once(async move { Ok(body) }).boxed()
        } else {
            self.body_of(response)
        };
        let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok()).map(str::to_owned);
        let content_type = text(CONTENT_TYPE).unwrap_or_else(|| "application/json".to_owned());
        let answer = Answer { status, content_type, retry_after: text(RETRY_AFTER), body };
        if call.reply == Reply::Gathered && status < 300 && kind.contains("event-stream") {
            return gather::whole(answer, &redactor).await;
        }
        Ok(answer)
    }

    async fn converse(&self, target: &Target, conversation: &Conversation) -> Result<DeltaStream, CallFailure> {
        let mut quirks = Quirks::default();
        loop {
            let outgoing = dialect::encode(target.dialect(), conversation, target.plan(), quirks).map_err(unreachable_request)?;
            match self.open(target, outgoing, quirks).await {
                Ok(stream) => return Ok(stream),
                Err((_, Some(better))) => quirks = better,
                Err((failure, None)) => return Err(failure),
            }
        }
    }
}

/// The connection is in order, and asking anybody again could cost twice.
fn too_slow(failure: CallFailure) -> CallFailure {
    CallFailure { verdict: vocab::Verdict::Ok, ..failure }
}

/// What the dialect has no room for is the request's fault, not the connection's.
fn unreachable_request(message: String) -> CallFailure {
    CallFailure { verdict: vocab::Verdict::Ok, status: Some(400), ..unreachable(message) }
}
