//! A trial on the wire.

use serde::{Deserialize, Serialize};

/// One line of the stream behind "Try it": a JSON object a line, ASCII only so that no chunk border can split a character.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TryEvent {
    /// More text.
    Text {
        /// The text.
        text: String,
    },
    /// The end, all well.
    Done {
        /// Input tokens, if reported.
        input_tokens: Option<u64>,
        /// Output tokens, if reported.
        output_tokens: Option<u64>,
        /// Milliseconds to the first text.
        first_ms: u32,
        /// Milliseconds in all.
        total_ms: u32,
        /// US dollars at list price, if known.
        cost: Option<String>,
        /// Which model answered.
        model: String,
    },
    /// The end, not well.
    Failed {
        /// In words.
        message: String,
    },
}
