//! The Responses dialect where it is more than bytes to pass on: a request fitted to a plan, and an event stream gathered
//! into one object.
//!
//! Source: `OpenAI` API reference, "Responses" and "Streaming events".

mod fit;
mod gather;
pub(super) mod members;

pub use fit::{Misfit, chat_misfit, fit};
pub use gather::{Gathered, Gathering, MAX_BYTES};

use serde_json::json;

/// An `error` event, for a stream that broke off after it began.
pub fn error_event(message: &str, code: Option<&str>) -> String {
    // The number of the event before it is not known here, and no reader needs it.
    let data = json!({"type": "error", "code": code, "message": message, "param": null, "sequence_number": 0});
    format!("event: error\ndata: {data}\n\n")
}
