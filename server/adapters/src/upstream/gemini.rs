//! `POST models/{model}:streamGenerateContent`. Source: Google AI for Developers, "Generating content" and
//! `GenerateContentResponse`.

use super::dialect::{Decoder, Outgoing, Pieces, set, stop, text, tokens};
use crate::provider::message::ErrorFacts;
use domain::inference::{Conversation, Delta, FinishReason, MessageRole, SseEvent, TokenCounts};
use serde_json::{Value, json};

/// The request.
pub(super) fn encode(conversation: &Conversation) -> Outgoing {
    let turn = |role: MessageRole, text: &str| {
        let role = match role {
            MessageRole::User => "user",
            MessageRole::Assistant => "model",
        };
        json!({"role": role, "parts": [{"text": text}]})
    };
    let contents: Vec<Value> = conversation.messages.iter().map(|message| turn(message.role, &message.text)).collect();
    let mut body = json!({"contents": contents});
    set(&mut body, "systemInstruction", conversation.system.as_ref().map(|system| json!({"parts": [{"text": system}]})));
    let mut config = json!({});
    set(&mut config, "maxOutputTokens", conversation.max_output_tokens);
    set(&mut config, "temperature", conversation.temperature);
    set(&mut config, "topP", conversation.top_p);
    set(&mut config, "stopSequences", stop(conversation));
    if config.as_object().is_some_and(|config| !config.is_empty()) {
        body["generationConfig"] = config;
    }
    let path = format!("{}:streamGenerateContent?alt=sse", model_path(&conversation.model));
    Outgoing { path, body, decoder: Box::<Chunks>::default() }
}

/// `models/{model}`; a caller's name cannot leave its place in the path.
fn model_path(model: &str) -> String {
    let (collection, id) = match model.split_once('/') {
        Some((collection @ ("models" | "tunedModels"), id)) => (collection, id),
        _ => ("models", model),
    };
    let mut path = format!("{collection}/");
    path.extend(url::form_urlencoded::byte_serialize(id.as_bytes()).map(|part| if part == "+" { "%20" } else { part }));
    path
}

/// Reads chunks. There is no terminal event: the last chunk has the finish reason, and the stream ends.
#[derive(Debug, Default)]
struct Chunks {
    finish: Option<FinishReason>,
}

impl Decoder for Chunks {
    fn event(&mut self, event: SseEvent<'_>, out: &mut Pieces) {
        let Ok(chunk) = serde_json::from_str::<Value>(event.data) else { return };
        if chunk.get("error").is_some() {
            out.push_back(Err(ErrorFacts::read(&chunk)));
            return;
        }
        if chunk.pointer("/promptFeedback/blockReason").is_some() {
            self.finish = Some(FinishReason::ContentFilter);
        }
        let parts = chunk.pointer("/candidates/0/content/parts").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            // Thoughts are not the answer.
            if part.get("thought").and_then(Value::as_bool) != Some(true) {
                text(out, part.get("text"));
            }
        }
        if let Some(usage) = chunk.get("usageMetadata") {
            out.push_back(Ok(Delta::Usage(count(usage))));
        }
        let reason = chunk.pointer("/candidates/0/finishReason").and_then(Value::as_str);
        self.finish = reason.filter(|reason| *reason != "FINISH_REASON_UNSPECIFIED").map(finish).or(self.finish);
    }

    fn end(&mut self, out: &mut Pieces) {
        out.extend(self.finish.take().map(|finish| Ok(Delta::Finished(finish))));
    }
}

/// The prompt includes what came from the cache; thoughts are beside the candidates.
fn count(usage: &Value) -> TokenCounts {
    let prompt = tokens(usage, "/promptTokenCount");
    let cache_read = tokens(usage, "/cachedContentTokenCount").min(prompt);
    let reasoning = tokens(usage, "/thoughtsTokenCount");
    TokenCounts {
        input: (prompt - cache_read).saturating_add(tokens(usage, "/toolUsePromptTokenCount")),
        output: tokens(usage, "/candidatesTokenCount").saturating_add(reasoning),
        cache_read,
        cache_write: 0,
        reasoning,
    }
}

fn finish(reason: &str) -> FinishReason {
    match reason {
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE" | "IMAGE_SAFETY" => FinishReason::ContentFilter,
        _ => FinishReason::Stop,
    }
}
