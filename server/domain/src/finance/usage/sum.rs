//! Sums of use, as a database makes them, and how much of an allowance they are.

use crate::finance::allowance::Scope;
use crate::finance::money::Money;
use crate::inference::TokenCounts;
use rust_decimal::Decimal;
use vocab::ProviderId;
use vocab::finance::MetricKey;

/// All use of one model through one provider in some span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageSum {
    /// Through which provider.
    pub provider_id: ProviderId,
    /// Of which model.
    pub model_id: String,
    /// Requests.
    pub requests: u64,
    /// Tokens, as far as providers reported them.
    pub tokens: TokenCounts,
    /// What it is worth, as far as prices are known; one sum a currency.
    pub value: Vec<Money>,
    /// Requests without a known value.
    pub unpriced: u64,
}

/// Units of `metric` in the sums that `scope` covers. `None` when that cannot be seen from requests: credits and seats are
/// the vendor's to count, and what is not disclosed cannot be counted at all. Spend counts what has a price in
/// `currency`; use without one is reported as missing a price, not guessed.
pub fn measure(metric: MetricKey, scope: &Scope, sums: &[UsageSum], currency: crate::finance::Currency) -> Option<Decimal> {
    let covered = sums.iter().filter(|sum| scope.covers(&sum.provider_id, &sum.model_id));
    let of_one = |sum: &UsageSum| match metric {
        MetricKey::TotalTokens => Some(sum.tokens.total().into()),
        MetricKey::InputTokens => Some((sum.tokens.input + sum.tokens.cache_read + sum.tokens.cache_write).into()),
        MetricKey::OutputTokens => Some(sum.tokens.output.into()),
        MetricKey::Requests => Some(sum.requests.into()),
        MetricKey::Spend => Some(sum.value.iter().filter(|value| value.currency() == currency).map(|value| value.amount()).sum()),
        MetricKey::Credits | MetricKey::Seats | MetricKey::Undisclosed => None,
    };
    covered.map(of_one).try_fold(Decimal::ZERO, |total, one| total.checked_add(one?)).filter(|_| metric.is_observable())
}
