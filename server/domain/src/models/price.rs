//! Prices as exact decimals, with where they come from.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::Date;

/// US dollars for one million tokens of each kind; `None` where unknown, never zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPrice {
    /// Input tokens that were not read from a cache.
    pub input: Option<Decimal>,
    /// Output tokens, reasoning included.
    pub output: Option<Decimal>,
    /// Input tokens read from a cache.
    pub cache_read: Option<Decimal>,
    /// Input tokens written to a cache.
    pub cache_write: Option<Decimal>,
}

/// A price and its provenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelPrice {
    /// The figures.
    pub per_million: TokenPrice,
    /// For example `genai-prices 0.2.1` or `provider list`.
    pub source: String,
    /// The day the source was true.
    pub as_of: Date,
}
