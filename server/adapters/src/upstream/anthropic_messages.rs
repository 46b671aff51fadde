//! `POST messages`. Source: Anthropic API reference, "Messages" and "Streaming Messages".

use super::dialect::{Decoder, Outgoing, Pieces, role_and_content, set, stop, text};
use crate::provider::message::ErrorFacts;
use domain::inference::{Conversation, Delta, FinishReason, SseEvent, TokenCounts, anthropic_messages};
use serde_json::{Value, json};

/// The dialect insists on a limit; this one is for callers who set none.
const DEFAULT_MAX_TOKENS: u32 = 8192;

/// The request.
pub(super) fn encode(conversation: &Conversation) -> Outgoing {
    let most = conversation.max_output_tokens.unwrap_or(DEFAULT_MAX_TOKENS);
    let mut body = json!({"model": conversation.model, "messages": role_and_content(conversation), "max_tokens": most, "stream": true});
    set(&mut body, "system", conversation.system.as_deref());
    set(&mut body, "temperature", conversation.temperature);
    set(&mut body, "top_p", conversation.top_p);
    set(&mut body, "stop_sequences", stop(conversation));
    Outgoing { path: "messages".to_owned(), body, decoder: Box::<Events>::default() }
}

/// Reads the event flow `message_start` … `message_delta`, `message_stop`. Usage in it is cumulative.
#[derive(Debug, Default)]
struct Events {
    tokens: TokenCounts,
    finish: Option<FinishReason>,
}

impl Decoder for Events {
    fn event(&mut self, event: SseEvent<'_>, out: &mut Pieces) {
        let Ok(data) = serde_json::from_str::<Value>(event.data) else { return };
        match data.get("type").and_then(Value::as_str).unwrap_or(event.name) {
            "message_start" => self.count(data.pointer("/message/usage"), out),
            "content_block_delta" => text(out, data.pointer("/delta/text")),
            "message_delta" => {
                self.count(data.get("usage"), out);
                self.finish = data.pointer("/delta/stop_reason").and_then(Value::as_str).map(finish).or(self.finish);
            }
            "message_stop" => out.push_back(Ok(Delta::Finished(self.finish.unwrap_or(FinishReason::Stop)))),
            "error" => out.push_back(Err(ErrorFacts::read(&data))),
            _ => {}
        }
    }

    fn end(&mut self, _: &mut Pieces) {}
}

impl Events {
    fn count(&mut self, usage: Option<&Value>, out: &mut Pieces) {
        let Some(usage) = usage.filter(|usage| usage.is_object()) else { return };
        self.tokens = anthropic_messages::usage_after(self.tokens, usage);
        out.push_back(Ok(Delta::Usage(self.tokens)));
    }
}

fn finish(reason: &str) -> FinishReason {
    match reason {
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "refusal" => FinishReason::ContentFilter,
        _ => FinishReason::Stop,
    }
}
