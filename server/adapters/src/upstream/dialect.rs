//! What every dialect offers: a request from a conversation, and a reader of its event stream.

use super::{anthropic_messages, cohere, gemini, openai_chat, openai_responses};
use crate::provider::classify::Seen;
use crate::provider::message::ErrorFacts;
use domain::inference::{Conversation, Delta, MessageRole, SseEvent};
use domain::provider::PlanRules;
use serde_json::{Value, json};
use std::collections::VecDeque;
use vocab::Dialect;

/// A translated request, and the reader for its answer.
pub(super) struct Outgoing {
    /// For [`domain::provider::endpoint::join`].
    pub path: String,
    /// The JSON body.
    pub body: Value,
    /// Reads the answer.
    pub decoder: Box<dyn Decoder>,
}

/// What came out of an event: a delta, or the provider's error.
pub(super) type Pieces = VecDeque<Result<Delta, ErrorFacts>>;

/// Reads one answer, event by event.
pub(super) trait Decoder: Send {
    /// Takes an event. What does not parse or is not known is passed over: vendors add events.
    fn event(&mut self, event: SseEvent<'_>, out: &mut Pieces);

    /// The stream is over. A dialect without a terminal event finishes here, if it saw the reason.
    fn end(&mut self, out: &mut Pieces);
}

/// Where servers of one dialect differ. Learnt from their refusal, since no list of them would stay true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Quirks {
    /// Wants `max_completion_tokens` instead of `max_tokens`.
    pub completion_tokens: bool,
    /// Does not know `stream_options`.
    pub no_stream_options: bool,
}

impl Quirks {
    /// What to change after this refusal, if it names something that can be changed.
    pub fn after(self, seen: &Seen) -> Option<Self> {
        if !matches!(seen.status, 400 | 422) {
            return None;
        }
        if !self.completion_tokens && seen.facts.mentions(&["max_completion_tokens"]) {
            return Some(Self { completion_tokens: true, ..self });
        }
        if !self.no_stream_options && seen.facts.mentions(&["stream_options"]) {
            return Some(Self { no_stream_options: true, ..self });
        }
        None
    }
}

/// The request for a conversation, within the rules of a plan if one is spent.
///
/// # Errors
/// Words, when the dialect or the plan has no room for something that was asked.
pub(super) fn encode(dialect: Dialect, conversation: &Conversation, plan: Option<&PlanRules>, quirks: Quirks) -> Result<Outgoing, String> {
    Ok(match dialect {
        Dialect::OpenaiChat => openai_chat::encode(conversation, quirks),
        Dialect::OpenaiResponses => openai_responses::encode(conversation, plan)?,
        Dialect::AnthropicMessages => anthropic_messages::encode(conversation),
        Dialect::Gemini => gemini::encode(conversation),
        Dialect::Cohere => cohere::encode(conversation),
    })
}

/// `{"role", "content"}` of every turn, as four of the five dialects have it.
pub(super) fn role_and_content(conversation: &Conversation) -> Vec<Value> {
    let role = |role| match role {
        MessageRole::User => "user",
        MessageRole::Assistant => "assistant",
    };
    conversation.messages.iter().map(|message| json!({"role": role(message.role), "content": message.text})).collect()
}

/// Sets a member, if there is something to set.
pub(super) fn set(body: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        body[name] = value.into();
    }
}

/// The stop texts, if there are any.
pub(super) fn stop(conversation: &Conversation) -> Option<Value> {
    (!conversation.stop.is_empty()).then(|| conversation.stop.clone().into())
}

/// More text, unless it is empty.
pub(super) fn text(out: &mut Pieces, text: Option<&Value>) {
    if let Some(text) = text.and_then(Value::as_str).filter(|text| !text.is_empty()) {
        out.push_back(Ok(Delta::Text(text.to_owned())));
    }
}

/// A count in a usage object; 0 where it is missing.
pub(super) fn tokens(usage: &Value, pointer: &str) -> u64 {
    usage.pointer(pointer).and_then(domain::inference::openai_usage::count).unwrap_or(0)
}
