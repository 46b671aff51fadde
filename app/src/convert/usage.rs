//! Usage.

use super::{dollars, moment};
use crate::wire::{UsageBucketView, UsagePeriod, UsageRow, UsageView};
use services::ports::UsageBucket;
use services::usage::{NamedBucket, NamedRow, Summary};

/// How many days a period has.
pub const fn days(period: UsagePeriod) -> u16 {
    match period {
        UsagePeriod::Week => 7,
        UsagePeriod::Month => 30,
        UsagePeriod::Quarter => 90,
    }
}

/// The usage page.
pub fn usage(period: UsagePeriod, summary: Summary) -> UsageView {
    let named = |buckets: Vec<NamedBucket>| buckets.into_iter().map(|b| bucket(b.bucket, b.label)).collect();
    UsageView {
        period,
        total: bucket(summary.total, "Total".to_owned()),
        by_day: summary.by_day.into_iter().map(|b| (b.key.clone(), b)).map(|(day, b)| bucket(b, day)).collect(),
        by_provider: named(summary.by_provider),
        by_model: named(summary.by_model),
        by_token: named(summary.by_token),
        newest: summary.newest.into_iter().map(row).collect(),
    }
}

fn bucket(bucket: UsageBucket, label: String) -> UsageBucketView {
    UsageBucketView {
        label,
        requests: bucket.requests,
        failed: bucket.failed,
        input_tokens: bucket.input_tokens,
        output_tokens: bucket.output_tokens,
        // A sum of nothing known is not zero.
        cost: (bucket.requests > bucket.unpriced).then(|| dollars(bucket.cost)),
        unpriced: bucket.unpriced,
        key: bucket.key,
    }
}

fn row(named: NamedRow) -> UsageRow {
    let NamedRow { row, provider, token } = named;
    UsageRow {
        request_id: row.request_id,
        at: moment(row.at),
        provider,
        model: row.model_id,
        token,
        input_tokens: row.tokens.map(|t| t.input + t.cache_read + t.cache_write),
        output_tokens: row.tokens.map(|t| t.output),
        latency_ms: row.latency_ms,
        outcome: row.outcome,
        cost: row.cost.map(dollars),
        cost_basis: row.cost_basis,
    }
}
