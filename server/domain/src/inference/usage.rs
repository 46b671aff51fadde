//! What a request used and what that costs at list price.

use crate::finance::vendor::BillingAccount;
use crate::models::TokenPrice;
use rust_decimal::Decimal;
use time::OffsetDateTime;
use vocab::{AccessTokenId, ConnectionId, CostBasis, ProviderId, UsageOutcome, UserId};

/// Disjoint counters: a token is counted once. `output` includes `reasoning`, which is informative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenCounts {
    /// Input tokens neither read from nor written to a cache.
    pub input: u64,
    /// Output tokens, reasoning included.
    pub output: u64,
    /// Input tokens read from a cache.
    pub cache_read: u64,
    /// Input tokens written to a cache.
    pub cache_write: u64,
    /// Part of `output`.
    pub reasoning: u64,
}

impl TokenCounts {
    /// All tokens, each once.
    pub const fn total(&self) -> u64 {
        self.input + self.output + self.cache_read + self.cache_write
    }
}

/// One request through us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// Unique; the same as `x-purser-request-id`.
    pub request_id: String,
    /// When the request came in.
    pub at: OffsetDateTime,
    /// Which connection served it.
    pub connection_id: ConnectionId,
    /// Which provider served it.
    pub provider_id: ProviderId,
    /// Which model served it.
    pub model_id: String,
    /// Whose account it was on, at that moment; `None` when nobody is paid.
    pub account: Option<BillingAccount>,
    /// Which access token asked, if one did.
    pub token_id: Option<AccessTokenId>,
    /// Which person asked or made the token.
    pub user_id: Option<UserId>,
    /// `None` when the provider reported nothing: unknown, not zero.
    pub tokens: Option<TokenCounts>,
    /// Milliseconds until the last byte.
    pub latency_ms: u32,
    /// Milliseconds until the first byte of the answer.
    pub first_byte_ms: u32,
    /// How it ended.
    pub outcome: UsageOutcome,
    /// The upstream's HTTP status; 0 when there was none.
    pub status: u16,
    /// US dollars at list price; `None` when unknown.
    pub cost: Option<Decimal>,
    /// Where the cost comes from.
    pub cost_basis: CostBasis,
}

/// List price of `tokens`, exact. `None` when a counter that is not zero has no price.
pub fn cost_of(tokens: &TokenCounts, price: &TokenPrice) -> Option<Decimal> {
    let million = Decimal::from(1_000_000_u32);
    let part = |count: u64, price: Option<Decimal>| match (count, price) {
        (0, _) => Some(Decimal::ZERO),
        (count, Some(price)) => Some(Decimal::from(count) * price / million),
        (_, None) => None,
    };
    // Vendors that publish no cache price bill cached tokens as input.
    let cached = price.cache_read.or(price.input);
    let written = price.cache_write.or(price.input);
    Some(
        part(tokens.input, price.input)?
            + part(tokens.output, price.output)?
            + part(tokens.cache_read, cached)?
            + part(tokens.cache_write, written)?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact_and_unknown_is_not_zero() {
        let price = TokenPrice {
            input: Some(Decimal::new(25, 1)),
            output: Some(Decimal::from(10)),
            cache_read: Some(Decimal::new(25, 2)),
            cache_write: None,
        };
        let tokens = TokenCounts { input: 1_000, output: 200, cache_read: 4_000, cache_write: 0, reasoning: 50 };
        assert_eq!(cost_of(&tokens, &price), Some(Decimal::new(55, 4)));
        assert_eq!(cost_of(&tokens, &TokenPrice::default()), None);
        assert_eq!(cost_of(&TokenCounts::default(), &TokenPrice::default()), Some(Decimal::ZERO));
    }
}
