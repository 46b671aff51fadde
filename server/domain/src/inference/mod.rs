//! Inference: which model answers, the conversation every dialect is translated through, and what it used.

pub mod anthropic_messages;
pub mod conversation;
pub mod openai_chat;
pub mod openai_responses;
pub mod openai_usage;
pub mod route;
pub mod shallow;
pub mod sse;
pub mod tap;
pub mod usage;
pub mod usage_chunk;

pub use conversation::{Conversation, Delta, FinishReason, Message, MessageRole};
pub use route::{Candidate, ModelName, NoRoute, choose};
pub use shallow::{Shallow, ShallowError};
pub use sse::{EventTooLong, SseEvent, SseReader};
pub use tap::{Tapped, UsageTap};
pub use usage::{TokenCounts, UsageRecord, cost_of};
pub use usage_chunk::UsageChunkFilter;
