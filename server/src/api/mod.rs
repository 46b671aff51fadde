//! The machine API: everything a page can do, as JSON over HTTP, with a document (`openapi.json`) that describes it.
//!
//! `v1/<noun>/<verb>.rs` holds one operation each: take the request apart, call one use case, map the answer. What an
//! answer looks like stands in `v1/<noun>/mod.rs`, apart from the types of the services, so that the two can change
//! at their own pace.

mod document;
mod extract;
mod fallback;
pub mod v1;

pub use document::{document, to_text};
