//! Inference calls.

use super::provider_client::{CallFailure, Target};
use async_trait::async_trait;
use bytes::Bytes;
use domain::inference::{Conversation, Delta};
use futures::stream::BoxStream;

/// A request forwarded as it is to an upstream of the caller's own dialect.
#[derive(Debug, Clone)]
pub struct ForwardCall {
    /// Below the base URL, for example `chat/completions`.
    pub path: &'static str,
    /// The JSON body, forwarded byte for byte.
    pub body: Bytes,
    /// How the upstream shall answer.
    pub reply: Reply,
    /// Features that the caller wants beside those of the catalogue: `anthropic-beta`, as it was sent.
    pub beta: Option<String>,
}

/// How an upstream shall answer, and what becomes of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Whole, passed on as it is.
    Whole,
    /// As an event stream, passed on as it comes.
    Stream,
    /// As an event stream of the Responses API, gathered into the response object: for callers who did not ask for a
    /// stream, of an upstream that has nothing else. Without its last event there is no answer.
    Gathered,
}

/// What came back. Dropping the body cancels the upstream call.
pub struct Answer {
    /// The upstream's HTTP status: any but 401 to 403, also other 4xx and 5xx.
    pub status: u16,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its `Retry-After`, as sent.
    pub retry_after: Option<String>,
    /// Its body as it comes.
    pub body: BoxStream<'static, Result<Bytes, CallFailure>>,
}

/// Pieces of an answer as they come. Dropping it cancels the upstream call. A stream that ends without
/// [`Delta::Finished`] or an error was interrupted.
pub type DeltaStream = BoxStream<'static, Result<Delta, CallFailure>>;

/// A provider's inference endpoint.
#[async_trait]
pub trait Upstream: Send + Sync {
    /// Sends a body unchanged and hands the answer through, also an error about the request.
    ///
    /// # Errors
    /// When nothing that looks like the provider answered, when it refused our credential (401, 402, 403), or, for [`Reply::Gathered`], when its stream broke off
    /// or ended in `response.failed`.
    async fn forward(&self, target: &Target, call: ForwardCall) -> Result<Answer, CallFailure>;

    /// Translates a conversation into the target's dialect and streams the answer back as deltas.
    ///
    /// # Errors
    /// When the provider refuses or does not answer; once deltas flow, errors come in the stream.
    async fn converse(&self, target: &Target, conversation: &Conversation) -> Result<DeltaStream, CallFailure>;
}
