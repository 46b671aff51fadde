//! A text conversation in no vendor's dialect: what the gateway translates through when caller and upstream differ.

use super::usage::TokenCounts;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageRole {
    /// The person or agent.
    User,
    /// The model.
    Assistant,
}

/// One turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: MessageRole,
    /// What they say.
    pub text: String,
}

/// What is asked of a model. Numbers are kept as the caller wrote them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conversation {
    /// Bare model id, as the upstream knows it.
    pub model: String,
    /// Instructions ahead of the turns.
    pub system: Option<String>,
    /// The turns.
    pub messages: Vec<Message>,
    /// Most output tokens.
    pub max_output_tokens: Option<u32>,
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
}

/// Why the answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// The model was done, or met a stop text.
    Stop,
    /// Out of output tokens.
    Length,
    /// The provider withheld the answer.
    ContentFilter,
}

/// One piece of an answer, in order. An answer without [`Delta::Finished`] was interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// More text.
    Text(String),
    /// Tokens counted so far; the last one counts.
    Usage(TokenCounts),
    /// The end.
    Finished(FinishReason),
}
