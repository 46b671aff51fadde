//! An event stream of the Responses API, gathered into the response object for a caller who did not ask for a stream.

use crate::http::unreachable;
use crate::provider::classify;
use crate::provider::message::ErrorFacts;
use crate::redact::Redactor;
use bytes::Bytes;
use domain::inference::openai_responses::{Gathered, Gathering, MAX_BYTES};
use domain::inference::{EventTooLong, SseEvent, SseReader};
use futures::StreamExt as _;
use serde_json::Value;
use services::ports::{Answer, CallFailure};
use vocab::Verdict;

/// Reads to the event that ends the response; what comes after it is not waited for.
pub(super) async fn whole(answer: Answer, redactor: &Redactor) -> Result<Answer, CallFailure> {
    let Answer { status, retry_after, mut body, .. } = answer;
    let (mut reader, mut gathering) = (SseReader::with_limit(MAX_BYTES), Gathering::default());
    while !gathering.ended() {
        let chunk = body.next().await.transpose()?;
        let mut sink = |event: Result<SseEvent<'_>, EventTooLong>| gathering.take(event.ok());
        let Some(bytes) = &chunk else {
            reader.finish(&mut sink);
            break;
        };
        reader.feed(bytes, &mut sink);
    }
    match gathering.finish() {
        Gathered::Response(json) => {
            let body = futures::stream::once(async move { Ok(Bytes::from(json)) }).boxed();
            Ok(Answer { status, content_type: "application/json".to_owned(), retry_after, body })
        }
        Gathered::Failed(error) => Err(failed(&error, redactor)),
        Gathered::Interrupted => Err(CallFailure { verdict: Verdict::ProviderDown, ..unreachable("the provider broke off in mid-answer") }),
        Gathered::TooLong => Err(unreachable(format!("the answer is longer than {} MiB; ask for a stream", MAX_BYTES / 1024 / 1024))),
    }
}

fn failed(error: &Value, redactor: &Redactor) -> CallFailure {
    let facts = ErrorFacts::read(error);
    let verdict = classify::in_stream(&facts);
    let message = facts.message.as_deref().unwrap_or("the provider broke off with an error and said nothing else");
    // The request's own fault, which a provider that does not stream would have answered with 400.
    let status = (verdict == Verdict::Ok).then_some(400);
    CallFailure { verdict, status, message: redactor.clean(message), retry_after: None }
}
