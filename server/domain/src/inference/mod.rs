//! Inference: which model answers, the conversation every dialect is translated through, and what it used.

pub mod conversation;
pub mod route;
pub mod usage;

pub use conversation::{Conversation, Delta, FinishReason, Message, MessageRole};
pub use route::{Candidate, ModelName, NoRoute, choose};
pub use usage::{TokenCounts, UsageRecord, cost_of};
