//! Published prices of models.

use domain::models::ModelPrice;
use time::OffsetDateTime;

/// A price list that came with this release.
pub trait PriceFacts: Send + Sync {
    /// The list price of a model at an instant; `source` is the catalogue's `price_source`.
    fn price(&self, source: &str, model_id: &str, at: OffsetDateTime) -> Option<ModelPrice>;
    /// The context window in tokens.
    fn context_tokens(&self, source: &str, model_id: &str) -> Option<u32>;
}
