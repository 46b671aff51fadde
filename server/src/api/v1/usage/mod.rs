//! What went through the gateway, and what it cost at list price.

mod get;

use super::words;
use crate::state::AppState;
use app::convert::{dollars, moment};
use domain::inference::TokenCounts;
use serde::Serialize;
use services::ports::UsageBucket;
use services::usage::{NamedBucket, NamedRow, Summary};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{CostBasis, ProviderId, UsageOutcome};

/// Operations on usage.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(get::get))
}

/// Sums of a period, and its newest requests.
#[derive(Serialize, ToSchema)]
pub struct UsageReport {
    /// Over everything.
    total: UsageSum,
    /// One a day (UTC), also for days without requests, oldest first.
    by_day: Vec<UsageSum>,
    /// Dearest first.
    by_provider: Vec<UsageSum>,
    /// Dearest first; keys are `provider/model`.
    by_model: Vec<UsageSum>,
    /// Dearest first; keys are access token ids.
    by_access_token: Vec<UsageSum>,
    /// The newest requests.
    newest: Vec<UsageRow>,
}

/// A sum.
#[derive(Serialize, ToSchema)]
pub struct UsageSum {
    /// A day (`2026-11-23`), a provider id, `provider/model` or an access token id; empty for the total and for
    /// requests made on a page.
    key: String,
    /// The key in words.
    label: String,
    requests: u64,
    /// Requests that did not complete.
    failed: u64,
    /// Cached ones included.
    input_tokens: u64,
    output_tokens: u64,
    /// US dollars at list price of the requests whose price is known, as exact decimal text.
    cost_usd: String,
    /// Requests whose price or tokens are unknown. They are not in `cost_usd`.
    unpriced: u64,
}

/// One request.
#[derive(Serialize, ToSchema)]
pub struct UsageRow {
    /// The same as the header `x-purser-request-id`.
    request_id: String,
    #[schema(format = DateTime)]
    at: String,
    #[schema(value_type = String)]
    provider: ProviderId,
    /// Bare id.
    model: String,
    /// The access token's name, or "Try it".
    access_token: String,
    /// `null` when the provider reported nothing: unknown, not zero.
    tokens: Option<Tokens>,
    latency_ms: u32,
    first_byte_ms: u32,
    #[schema(value_type = words::UsageOutcome)]
    outcome: UsageOutcome,
    /// The provider's HTTP status; 0 when there was none.
    status: u16,
    /// US dollars at list price, as exact decimal text; `null` when unknown.
    cost_usd: Option<String>,
    #[schema(value_type = words::CostBasis)]
    cost_basis: CostBasis,
}

/// Disjoint counters: a token is counted once.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Neither read from nor written to a cache.
    input: u64,
    /// Reasoning included.
    output: u64,
    cache_read: u64,
    cache_write: u64,
    /// Part of `output`.
    reasoning: u64,
}

impl From<Summary> for UsageReport {
    fn from(summary: Summary) -> Self {
        let named = |buckets: Vec<NamedBucket>| buckets.into_iter().map(|b| UsageSum::new(b.bucket, b.label)).collect();
        Self {
            total: UsageSum::new(summary.total, "Total".to_owned()),
            by_day: summary.by_day.into_iter().map(|day| UsageSum::new(day.clone(), day.key)).collect(),
            by_provider: named(summary.by_provider),
            by_model: named(summary.by_model),
            by_access_token: named(summary.by_token),
            newest: summary.newest.into_iter().map(UsageRow::from).collect(),
        }
    }
}

impl UsageSum {
    fn new(bucket: UsageBucket, label: String) -> Self {
        let UsageBucket { key, requests, failed, input_tokens, output_tokens, cost, unpriced } = bucket;
        Self { key, label, requests, failed, input_tokens, output_tokens, cost_usd: dollars(cost), unpriced }
    }
}

impl From<NamedRow> for UsageRow {
    fn from(named: NamedRow) -> Self {
        let NamedRow { row, token, .. } = named;
        Self {
            request_id: row.request_id,
            at: moment(row.at).iso,
            provider: row.provider_id,
            model: row.model_id,
            access_token: token,
            tokens: row.tokens.map(Tokens::from),
            latency_ms: row.latency_ms,
            first_byte_ms: row.first_byte_ms,
            outcome: row.outcome,
            status: row.status,
            cost_usd: row.cost.map(dollars),
            cost_basis: row.cost_basis,
        }
    }
}

impl From<TokenCounts> for Tokens {
    fn from(counts: TokenCounts) -> Self {
        let TokenCounts { input, output, cache_read, cache_write, reasoning } = counts;
        Self { input, output, cache_read, cache_write, reasoning }
    }
}
