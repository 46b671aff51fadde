//! `POST /v2/chat`. Source: Cohere API reference, "Chat" (v2) and "Streaming".

use super::dialect::{Decoder, Outgoing, Pieces, role_and_content, set, stop, text, tokens};
use crate::provider::message::ErrorFacts;
use domain::inference::{Conversation, Delta, FinishReason, SseEvent, TokenCounts};
use serde_json::{Value, json};

/// The request.
pub(super) fn encode(conversation: &Conversation) -> Outgoing {
    let mut messages = role_and_content(conversation);
    if let Some(system) = &conversation.system {
        messages.insert(0, json!({"role": "system", "content": system}));
    }
    let mut body = json!({"model": conversation.model, "messages": messages, "stream": true});
    set(&mut body, "max_tokens", conversation.max_output_tokens);
    set(&mut body, "temperature", conversation.temperature);
    set(&mut body, "p", conversation.top_p);
    set(&mut body, "stop_sequences", stop(conversation));
    Outgoing { path: "chat".to_owned(), body, decoder: Box::new(Events) }
}

/// Reads the event flow `message-start` … `content-delta` … `message-end`.
#[derive(Debug)]
struct Events;

impl Decoder for Events {
    fn event(&mut self, event: SseEvent<'_>, out: &mut Pieces) {
        let Ok(data) = serde_json::from_str::<Value>(event.data) else { return };
        match data.get("type").and_then(Value::as_str).unwrap_or(event.name) {
            "content-delta" => text(out, data.pointer("/delta/message/content/text")),
            "message-end" => end(&data, out),
            "stream-error" | "error" => out.push_back(Err(ErrorFacts::read(&data))),
            _ => {}
        }
    }

    fn end(&mut self, _: &mut Pieces) {}
}

fn end(data: &Value, out: &mut Pieces) {
    let delta = data.get("delta").unwrap_or(&Value::Null);
    if let Some(usage) = delta.get("usage").filter(|usage| usage.is_object()) {
        out.push_back(Ok(Delta::Usage(count(usage))));
    }
    out.push_back(match delta.get("finish_reason").and_then(Value::as_str) {
        Some("ERROR" | "TIMEOUT") => Err(ErrorFacts::read(delta)),
        Some("MAX_TOKENS") => Ok(Delta::Finished(FinishReason::Length)),
        Some("ERROR_TOXIC") => Ok(Delta::Finished(FinishReason::ContentFilter)),
        _ => Ok(Delta::Finished(FinishReason::Stop)),
    });
}

/// What is billed; `tokens` also has Cohere's own preamble and is used where nothing is billed.
fn count(usage: &Value) -> TokenCounts {
    let from = if usage.get("billed_units").is_some_and(Value::is_object) { "/billed_units" } else { "/tokens" };
    let count = |name: &str| tokens(usage, &format!("{from}/{name}"));
    TokenCounts { input: count("input_tokens"), output: count("output_tokens"), ..TokenCounts::default() }
}
