//! Usage on the wire.

use super::Moment;
use serde::{Deserialize, Serialize};
use vocab::{CostBasis, UsageOutcome};

/// Which days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsagePeriod {
    /// The last 7 days.
    Week,
    /// The last 30 days.
    #[default]
    Month,
    /// The last 90 days.
    Quarter,
}

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageBucketView {
    /// Day, provider id, `provider/model` or access token id.
    pub key: String,
    /// The key in words.
    pub label: String,
    /// Requests.
    pub requests: u64,
    /// Requests that did not complete.
    pub failed: u64,
    /// Input tokens, cached ones included.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// US dollars at list price, exact decimal text; `None` when nothing in it has a known price.
    pub cost: Option<String>,
    /// Requests whose price or tokens are unknown.
    pub unpriced: u64,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRow {
    /// Same as `x-purser-request-id`.
    pub request_id: String,
    /// When.
    pub at: Moment,
    /// Provider's name.
    pub provider: String,
    /// Model id.
    pub model: String,
    /// Access token's name, or "Try it".
    pub token: String,
    /// Input tokens, cached ones included; `None` when not reported.
    pub input_tokens: Option<u64>,
    /// Output tokens.
    pub output_tokens: Option<u64>,
    /// Milliseconds in all.
    pub latency_ms: u32,
    /// How it ended.
    pub outcome: UsageOutcome,
    /// US dollars, if known.
    pub cost: Option<String>,
    /// Where the cost comes from.
    pub cost_basis: CostBasis,
}

/// The usage page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageView {
    /// Which days.
    pub period: UsagePeriod,
    /// Over everything.
    pub total: UsageBucketView,
    /// One a day, every day of the period, oldest first.
    pub by_day: Vec<UsageBucketView>,
    /// Dearest first.
    pub by_provider: Vec<UsageBucketView>,
    /// Dearest first.
    pub by_model: Vec<UsageBucketView>,
    /// Dearest first.
    pub by_token: Vec<UsageBucketView>,
    /// The newest requests.
    pub newest: Vec<UsageRow>,
}
