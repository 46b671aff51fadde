use crate::make::{NOW, id, provider, rows, trail};
use domain::inference::{TokenCounts, UsageRecord};
use rust_decimal::Decimal;
use services::ports::{Trail, UsageBucket, UsageFilter, UsageGroup, UsageRepo};
use std::time::Instant;
use testkit::database::TestDatabase;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use vocab::{AccessTokenId, ConnectionId, CostBasis, UsageOutcome, UserId};

fn usage(n: usize, at: OffsetDateTime, name: &str, model: &str) -> UsageRecord {
    UsageRecord {
        request_id: format!("req-{n:08}"),
        at,
        connection_id: ConnectionId::new(id(1)),
        provider_id: provider(name),
        model_id: model.into(),
        account: "openai:api".parse().ok(),
        token_id: Some(AccessTokenId::new(id(7))),
        user_id: Some(UserId::new(id(8))),
        tokens: Some(TokenCounts { input: 10, output: 20, cache_read: 30, cache_write: 40, reasoning: 5 }),
        latency_ms: 1_200,
        first_byte_ms: 300,
        outcome: UsageOutcome::Completed,
        status: 200,
        cost: Some("0.000000375000000001".parse().unwrap()),
        cost_basis: CostBasis::ListPrice,
    }
}

fn all_time() -> UsageFilter {
    UsageFilter { from: NOW - Duration::days(400), to: NOW + Duration::days(400), provider_id: None, token_id: None }
}

fn keys(buckets: &[UsageBucket]) -> Vec<&str> {
    buckets.iter().map(|bucket| bucket.key.as_str()).collect()
}

async fn rows_are_written_once_and_read_back(database: &TestDatabase) {
    let storage = database.storage();
    let mut one = usage(1, NOW, "openai", "gpt");
    let mut two = usage(2, NOW + Duration::seconds(1), "groq", "llama");
    (two.tokens, two.cost, two.token_id, two.user_id) = (None, None, None, None);
    (two.cost_basis, two.outcome, two.status) = (CostBasis::Unknown, UsageOutcome::ClientClosed, 0);
    storage.add(&[one.clone(), two.clone()], trail(1)).await.unwrap();
    one.status = 500;
    storage.add(&[one.clone(), usage(3, NOW, "openai", "gpt")], Trail::default()).await.unwrap();
    storage.add(&[one.clone()], Trail::default()).await.unwrap();
    storage.add(&[], Trail::default()).await.unwrap();
    one.status = 200;
    let newest = storage.newest(&all_time(), 10).await.unwrap();
    assert_eq!(newest, [two.clone(), usage(3, NOW, "openai", "gpt"), one], "the first word on a request stands");
    assert_eq!(storage.newest(&all_time(), 1).await.unwrap(), [two.clone()]);
    let only = UsageFilter { provider_id: Some(provider("groq")), ..all_time() };
    assert_eq!(storage.newest(&only, 10).await.unwrap(), [two]);
    assert_eq!((rows(database, "usage_record").await, rows(database, "live_event").await), (3, 1));
}

const MIDNIGHT: OffsetDateTime = datetime!(2026-11-23 00:00 UTC);

/// Priced, failed, free and unknown requests around midnight.
fn mixed() -> Vec<UsageRecord> {
    let mut records = vec![
        usage(1, MIDNIGHT, "openai", "gpt"),
        usage(2, MIDNIGHT - Duration::microseconds(1), "openai", "gpt"),
        usage(3, MIDNIGHT, "groq", "llama"),
        usage(4, MIDNIGHT, "ollama", "phi"),
        usage(5, MIDNIGHT, "groq", "qwen"),
    ];
    records[2].cost = Some("12.5".parse().unwrap());
    (records[2].outcome, records[2].token_id) = (UsageOutcome::ProviderError, None);
    // Our own machine has no price, and that is known.
    (records[3].cost, records[3].cost_basis) = (None, CostBasis::Compute);
    (records[4].tokens, records[4].cost, records[4].cost_basis) = (None, None, CostBasis::Unknown);
    records
}

async fn sums_are_exact_and_in_order(database: &TestDatabase) {
    let storage = database.storage();
    storage.add(&mixed(), Trail::default()).await.unwrap();
    let days = storage.sums(&all_time(), UsageGroup::Day).await.unwrap();
    assert_eq!(keys(&days), ["2026-11-22", "2026-11-23"]);
    let providers = storage.sums(&all_time(), UsageGroup::Provider).await.unwrap();
    assert_eq!(keys(&providers), ["groq", "openai", "ollama"]);
    let groq = UsageBucket {
        key: "groq".into(),
        requests: 2,
        failed: 1,
        input_tokens: 80,
        output_tokens: 20,
        cost: Decimal::new(125, 1),
        unpriced: 1,
    };
    assert_eq!(providers[0], groq);
    assert_eq!((providers[1].cost.to_string(), providers[1].unpriced), ("0.000000750000000002".into(), 0));
    assert_eq!((providers[2].cost, providers[2].unpriced, providers[2].input_tokens), (Decimal::ZERO, 0, 80));
    let models = storage.sums(&all_time(), UsageGroup::Model).await.unwrap();
    assert_eq!(keys(&models), ["groq/llama", "openai/gpt", "groq/qwen", "ollama/phi"]);
    let tokens = storage.sums(&all_time(), UsageGroup::Token).await.unwrap();
    assert_eq!(keys(&tokens), ["", &id(7).to_string()]);

    let filter = UsageFilter {
        from: MIDNIGHT,
        to: MIDNIGHT + Duration::days(1),
        provider_id: Some(provider("openai")),
        token_id: Some(AccessTokenId::new(id(7))),
    };
    assert_eq!(storage.sums(&filter, UsageGroup::Day).await.unwrap()[0].requests, 1);
    let before = UsageFilter { to: MIDNIGHT, ..filter };
    assert!(storage.sums(&before, UsageGroup::Model).await.unwrap().is_empty(), "the end is excluded");
}

async fn a_hundred_thousand_rows_are_summed_quickly(database: &TestDatabase) {
    let storage = database.storage();
    let mut expected = Decimal::ZERO;
    for chunk in 0..20_usize {
        let records: Vec<_> = (0..5_000_usize)
            .map(|i| {
                let n = chunk * 5_000 + i;
                let at = NOW + Duration::minutes(i64::try_from(n % 40_000).unwrap());
                let mut record = usage(n, at, ["openai", "groq", "xai"][n % 3], ["a", "b"][n % 2]);
                record.cost = Some(Decimal::new(i64::try_from(n).unwrap(), 13));
                record
            })
            .collect();
        expected += records.iter().filter_map(|record| record.cost).sum::<Decimal>();
        storage.add(&records, Trail::default()).await.unwrap();
    }
    for group in [UsageGroup::Day, UsageGroup::Provider, UsageGroup::Model, UsageGroup::Token] {
        let started = Instant::now();
        let sums = storage.sums(&all_time(), group).await.unwrap();
        let took = started.elapsed();
        assert_eq!(sums.iter().map(|bucket| bucket.cost).sum::<Decimal>(), expected);
        assert_eq!(sums.iter().map(|bucket| bucket.requests).sum::<u64>(), 100_000);
        assert!(took.as_secs() < 10, "{group:?} took {took:?}");
    }
}

both!(rows_are_written_once_and_read_back, sums_are_exact_and_in_order, a_hundred_thousand_rows_are_summed_quickly);
