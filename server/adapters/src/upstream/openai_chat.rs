//! `POST chat/completions`. Source: `OpenAI` API reference, "Chat Completions" and "Streaming".

use super::dialect::{Decoder, Outgoing, Pieces, Quirks, role_and_content, set, stop, text};
use crate::provider::message::ErrorFacts;
use domain::inference::openai_usage::read_usage;
use domain::inference::{Conversation, Delta, FinishReason, SseEvent};
use serde_json::{Value, json};

/// The request.
pub(super) fn encode(conversation: &Conversation, quirks: Quirks) -> Outgoing {
    let mut messages = role_and_content(conversation);
    if let Some(system) = &conversation.system {
        messages.insert(0, json!({"role": "system", "content": system}));
    }
    let mut body = json!({"model": conversation.model, "messages": messages, "stream": true});
    if !quirks.no_stream_options {
        body["stream_options"] = json!({"include_usage": true});
    }
    let most = if quirks.completion_tokens { "max_completion_tokens" } else { "max_tokens" };
    set(&mut body, most, conversation.max_output_tokens);
    set(&mut body, "temperature", conversation.temperature);
    set(&mut body, "top_p", conversation.top_p);
    set(&mut body, "stop", stop(conversation));
    Outgoing { path: "chat/completions".to_owned(), body, decoder: Box::new(Chunks::default()) }
}

/// Reads `chat.completion.chunk`s. Usage comes after the finish reason, so the end waits for `[DONE]`, or for the end of
/// the stream from servers that leave it out.
#[derive(Debug, Default)]
struct Chunks {
    finish: Option<FinishReason>,
}

impl Decoder for Chunks {
    fn event(&mut self, event: SseEvent<'_>, out: &mut Pieces) {
        if event.data.trim() == "[DONE]" {
            return self.end(out);
        }
        let Ok(chunk) = serde_json::from_str::<Value>(event.data) else { return };
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            out.push_back(Err(ErrorFacts::read(&chunk)));
            return;
        }
        if let Some(tokens) = chunk.get("usage").and_then(read_usage) {
            out.push_back(Ok(Delta::Usage(tokens)));
        }
        let Some(choice) = chunk.pointer("/choices/0") else { return };
        text(out, choice.pointer("/delta/content"));
        match choice.get("finish_reason").and_then(Value::as_str) {
            Some("error") => out.push_back(Err(ErrorFacts::default())),
            Some(reason) => self.finish = Some(finish(reason)),
            None => {}
        }
    }

    fn end(&mut self, out: &mut Pieces) {
        out.extend(self.finish.take().map(|finish| Ok(Delta::Finished(finish))));
    }
}

fn finish(reason: &str) -> FinishReason {
    match reason {
        "length" | "max_tokens" | "model_length" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        _ => FinishReason::Stop,
    }
}
