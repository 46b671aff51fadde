//! The caller's side of the `OpenAI` chat dialect, used when the upstream speaks another one: a request becomes a
//! [`super::Conversation`], and [`super::Delta`]s become an answer or a stream of chunks.
//!
//! Source: `OpenAI` API reference, "Chat Completions".

mod answer;
mod request;

pub use answer::{AnswerHead, ChatAnswer, ChunkWriter, DONE, error_body, error_event};
pub use request::{ChatRequest, RequestError, decode};
