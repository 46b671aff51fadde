//! Models: profiles with class and tier, what a sync changes, and prices.

pub mod classify;
pub mod price;
pub mod profile;
pub mod sync;

pub use classify::{Classification, classify};
pub use price::{ModelPrice, TokenPrice};
pub use profile::{ListedModel, ModelProfile};
pub use sync::{ModelFacts, SyncOutcome, SyncPlan, SyncRefused};
