//! Deltas from an upstream of another dialect, written as chat completions.

use super::gateway::GatewayAnswer;
use super::meter::Meter;
use crate::ports::{CallFailure, DeltaStream};
use bytes::Bytes;
use domain::inference::Delta;
use domain::inference::openai_chat::{AnswerHead, ChatAnswer, ChunkWriter, error_event};
use futures::stream::{self, StreamExt};
use vocab::{ProviderId, UsageOutcome, Verdict};

/// An answer under way.
pub(super) struct Translation {
    pub deltas: DeltaStream,
    pub head: AnswerHead,
    pub meter: Meter,
    pub provider_id: ProviderId,
}

/// What the chunk stream carries from piece to piece.
struct State {
    deltas: DeltaStream,
    writer: ChunkWriter,
    meter: Meter,
    begun: bool,
    over: bool,
}

impl Translation {
    /// As an event stream. An interrupted answer ends with an error event, never with `[DONE]`.
    pub fn stream(self, include_usage: bool) -> GatewayAnswer {
        let Self { deltas, head, meter, provider_id } = self;
        let writer = ChunkWriter::new(head, include_usage);
        let state = State { deltas, writer, meter, begun: false, over: false };
        let body = stream::unfold(state, |mut state| async move {
            let text = state.next().await?;
            Some((Ok(Bytes::from(text)), state))
        });
        answer(provider_id, "text/event-stream", body.boxed())
    }

    /// Collected into one answer.
    pub async fn whole(self) -> Result<GatewayAnswer, CallFailure> {
        let Self { mut deltas, head, mut meter, provider_id } = self;
        let mut whole = ChatAnswer::default();
        let mut begun = false;
        while let Some(delta) = deltas.next().await {
            if !std::mem::replace(&mut begun, true) {
                meter.answered(200);
            }
            let delta = delta.inspect_err(|_| {
                meter.finish(UsageOutcome::Interrupted);
            })?;
            if let Delta::Usage(tokens) = &delta {
                meter.counted(Some(*tokens));
            }
            whole.push(&delta);
        }
        let Some(body) = whole.body(&head) else {
            meter.finish(UsageOutcome::Interrupted);
            return Err(interrupted());
        };
        meter.finish(UsageOutcome::Completed);
        Ok(answer(provider_id, "application/json", stream::once(async { Ok(Bytes::from(body)) }).boxed()))
    }
}

impl State {
    async fn next(&mut self) -> Option<String> {
        while !self.over {
            let delta = self.deltas.next().await;
            if !std::mem::replace(&mut self.begun, true) {
                self.meter.answered(200);
            }
            let text = match delta {
                Some(Ok(delta)) => self.write(&delta),
                Some(Err(failure)) => self.broken(&failure),
                None => self.broken(&interrupted()),
            };
            if !text.is_empty() {
                return Some(text);
            }
        }
        None
    }

    fn write(&mut self, delta: &Delta) -> String {
        match delta {
            Delta::Usage(tokens) => self.meter.counted(Some(*tokens)),
            Delta::Finished(_) => {
                self.over = true;
                self.meter.finish(UsageOutcome::Completed);
            }
            Delta::Text(_) => {}
        }
        self.writer.write(delta)
    }

    fn broken(&mut self, failure: &CallFailure) -> String {
        self.over = true;
        self.meter.finish(UsageOutcome::Interrupted);
        error_event(&failure.message, "upstream_error", Some(failure.verdict.as_str()))
    }
}

/// The stream ended without saying so.
pub(super) fn interrupted() -> CallFailure {
    CallFailure { verdict: Verdict::ProviderDown, status: None, message: "the provider broke off in mid-answer".into(), retry_after: None }
}

fn answer(provider_id: ProviderId, content_type: &str, body: stream::BoxStream<'static, Result<Bytes, CallFailure>>) -> GatewayAnswer {
    GatewayAnswer { status: 200, content_type: content_type.to_owned(), retry_after: None, provider_id, body }
}
