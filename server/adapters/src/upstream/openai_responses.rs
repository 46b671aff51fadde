//! `POST responses`. Source: `OpenAI` API reference, "Responses" and "Streaming events".

use super::dialect::{Decoder, Outgoing, Pieces, role_and_content, set, text};
use crate::provider::message::ErrorFacts;
use domain::inference::openai_usage::read_usage;
use domain::inference::{Conversation, Delta, FinishReason, SseEvent};
use domain::provider::PlanRules;
use serde_json::{Value, json};

/// The request. Nothing is stored at the provider.
pub(super) fn encode(conversation: &Conversation, plan: Option<&PlanRules>) -> Result<Outgoing, String> {
    if !conversation.stop.is_empty() {
        return Err("stop texts cannot be sent to this model: its provider's Responses API has none; leave out \"stop\"".to_owned());
    }
    let mut body = json!({"model": conversation.model, "input": role_and_content(conversation), "stream": true, "store": false});
    set(&mut body, "instructions", conversation.system.as_deref());
    set(&mut body, "max_output_tokens", conversation.max_output_tokens);
    set(&mut body, "temperature", conversation.temperature);
    set(&mut body, "top_p", conversation.top_p);
    if let Some(plan) = plan {
        if let Some(refused) = plan.refused.iter().find(|name| body.get(name.as_str()).is_some()) {
            return Err(format!("the plan of this connection does not take {refused:?}; leave it out"));
        }
        if plan.instructions && conversation.system.is_none() {
            body["instructions"] = "".into();
        }
    }
    Ok(Outgoing { path: "responses".to_owned(), body, decoder: Box::new(Events) })
}

/// Reads semantic events. The stream ends with `response.completed`, `response.incomplete` or `response.failed`.
#[derive(Debug)]
struct Events;

impl Decoder for Events {
    fn event(&mut self, event: SseEvent<'_>, out: &mut Pieces) {
        let Ok(data) = serde_json::from_str::<Value>(event.data) else { return };
        let kind = data.get("type").and_then(Value::as_str).unwrap_or(event.name);
        match kind {
            "response.output_text.delta" | "response.refusal.delta" => text(out, data.get("delta")),
            "response.completed" => finish(&data, FinishReason::Stop, out),
            "response.incomplete" => {
                let reason = data.pointer("/response/incomplete_details/reason").and_then(Value::as_str);
                let filtered = reason == Some("content_filter");
                finish(&data, if filtered { FinishReason::ContentFilter } else { FinishReason::Length }, out);
            }
            "response.failed" => out.push_back(Err(ErrorFacts::read(data.get("response").unwrap_or(&data)))),
            "error" => out.push_back(Err(ErrorFacts::read(&data))),
            _ => {}
        }
    }

    fn end(&mut self, _: &mut Pieces) {}
}

fn finish(data: &Value, reason: FinishReason, out: &mut Pieces) {
    if let Some(tokens) = data.pointer("/response/usage").and_then(read_usage) {
        out.push_back(Ok(Delta::Usage(tokens)));
    }
    out.push_back(Ok(Delta::Finished(reason)));
}
