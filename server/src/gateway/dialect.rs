//! What callers of each surface speak: how a refusal looks, and how a stream that broke off says so.

use axum::http::StatusCode;
use domain::inference::{anthropic_messages, openai_chat, openai_responses};
use serde_json::Value;
use services::ports::CallFailure;

/// A caller's dialect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Chat completions, embeddings, models, and whatever is no surface.
    #[default]
    ChatCompletions,
    /// The Responses API.
    Responses,
    /// The Messages API.
    Messages,
}

impl Dialect {
    /// The dialect of an address below `/v1`.
    pub fn of(path: &str) -> Self {
        let surface = |name: &str| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if surface("/v1/messages") {
            Self::Messages
        } else if surface("/v1/responses") {
            Self::Responses
        } else {
            Self::ChatCompletions
        }
    }

    /// The body of a refusal. `kind`, `param` and `code` are OpenAI's; Anthropic's type follows from the status.
    pub fn error_body(self, status: StatusCode, message: &str, kind: &str, param: Option<&str>, code: Option<&str>) -> Value {
        match self {
            Self::ChatCompletions | Self::Responses => openai_chat::error_body(message, kind, param, code),
            Self::Messages => anthropic_messages::error_body(anthropic_messages::error_type(status.as_u16()), message),
        }
    }

    /// How a stream that broke off says so.
    pub fn error_event(self) -> fn(&CallFailure) -> String {
        match self {
            Self::ChatCompletions => |failure| openai_chat::error_event(&failure.message, "upstream_error", Some(failure.verdict.as_str())),
            Self::Responses => |failure| openai_responses::error_event(&failure.message, Some(failure.verdict.as_str())),
            Self::Messages => |failure| anthropic_messages::error_event(&failure.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_the_dialect() {
        for (path, dialect) in [
            ("/v1/messages", Dialect::Messages),
            ("/v1/messages/batches", Dialect::Messages),
            ("/v1/messages2", Dialect::ChatCompletions),
            ("/v1/responses", Dialect::Responses),
            ("/v1/embeddings", Dialect::ChatCompletions),
            ("/v1", Dialect::ChatCompletions),
        ] {
            assert_eq!(Dialect::of(path), dialect, "{path}");
        }
    }
}
