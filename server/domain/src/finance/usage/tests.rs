//! Who pays, and what counts.

use super::*;
use crate::finance::allowance::Scope;
use crate::finance::fixtures::{dec, money};
use crate::finance::period::Span;
use crate::finance::price::{PriceFact, PriceOrigin, Seller};
use time::macros::{date, datetime};
use uuid::Uuid;
use vocab::finance::{Meter, MetricKey};
use vocab::{ConnectionId, UsageOutcome};

fn provider() -> ProviderId {
    "openai".parse().unwrap()
}

fn book() -> PriceBook {
    let fact = |id: u128, meter: Meter, dollars: &str| PriceFact {
        id: PriceFactId::new(Uuid::from_u128(id)),
        seller: Seller::Provider(provider()),
        model_id: "gpt".into(),
        meter,
        price: UnitPrice::new(dec(dollars), dec("1000000"), Currency::USD).unwrap(),
        tier_start: 0,
        variant: None,
        effective: Span::open(date!(2026 - 01 - 01)),
        origin: PriceOrigin::Organization,
    };
    PriceBook::new([fact(1, Meter::Input, "2.50"), fact(2, Meter::Output, "10")])
}

fn cost(payment: Payment, model_id: &str, tokens: Option<TokenCounts>) -> UsageCost {
    let provider = provider();
    let asked = Asked {
        provider_id: &provider,
        vendor: None,
        model_id,
        variant: None,
        day: date!(2026 - 11 - 20),
        input_tokens: 0,
        contract_id: None,
    };
    cost_of(payment, tokens.as_ref(), 60_000, &book(), &asked)
}

const TOKENS: TokenCounts = TokenCounts { input: 1_000_000, output: 100_000, cache_read: 0, cache_write: 0, reasoning: 0 };

#[test]
fn a_request_is_priced_included_computed_or_unknown() {
    let priced = cost(Payment::Metered, "gpt", Some(TOKENS));
    assert_eq!(priced, UsageCost::Priced { cost: money("3.50 USD"), fact: Some(PriceFactId::new(Uuid::from_u128(1))) });
    let included = cost(Payment::Plan, "gpt", Some(TOKENS));
    assert_eq!((included.basis(), included.value()), (CostBasis::Included, Some(money("3.50 USD"))));
    assert_eq!(cost(Payment::Plan, "unpriced", Some(TOKENS)), UsageCost::Included { list_value: None });
    assert_eq!(cost(Payment::Metered, "unpriced", Some(TOKENS)), UsageCost::Unknown);
    assert_eq!(cost(Payment::Metered, "gpt", None), UsageCost::Unknown);
    assert_eq!(UsageCost::Unknown.value(), None);
}

#[test]
fn our_own_machine_costs_its_energy() {
    let machine = Machine::assumed().unwrap();
    // An hour at 150 W is 0.15 kWh.
    assert_eq!(machine.cost(3_600_000).unwrap().amount(), dec("0.018"));
    assert_eq!(machine.cost(0).unwrap().amount(), dec("0"));
    let minute = cost(Payment::SelfHosted(machine), "gpt", None);
    assert_eq!((minute.basis(), minute.value().map(Money::amount)), (CostBasis::Compute, Some(dec("0.0003"))));
    assert!(machine.cost(u64::MAX).is_ok());
}

#[test]
fn a_gateway_row_becomes_a_finance_row() {
    let record = UsageRecord {
        request_id: "r1".into(),
        at: datetime!(2026-11-20 10:00 UTC),
        connection_id: ConnectionId::new(Uuid::nil()),
        provider_id: provider(),
        model_id: "gpt".into(),
        account: "openai:api".parse().ok(),
        token_id: None,
        user_id: None,
        tokens: Some(TOKENS),
        latency_ms: 900,
        first_byte_ms: 100,
        outcome: UsageOutcome::Completed,
        status: 200,
        cost: None,
        cost_basis: CostBasis::Unknown,
    };
    let usage = TokenUsage::new(&record, UsageCost::Unknown);
    assert_eq!((usage.request_id.as_str(), usage.inference_ms, usage.tokens), ("r1", 900, Some(TOKENS)));
    assert_eq!(usage.account.map(|account| account.to_string()).as_deref(), Some("openai:api"));
}

fn sum(model: &str, requests: u64, value: &[&str]) -> UsageSum {
    UsageSum {
        provider_id: provider(),
        model_id: model.into(),
        requests,
        tokens: TokenCounts { input: 10, output: 20, cache_read: 3, cache_write: 4, reasoning: 15 },
        value: value.iter().map(|value| money(value)).collect(),
        unpriced: 0,
    }
}

#[test]
fn an_allowance_counts_what_its_metric_says() {
    let sums = [sum("a", 2, &["0.50 USD", "9 EUR"]), sum("b", 3, &["0.25 USD"])];
    let count = |metric, scope: &Scope| measure(metric, scope, &sums, Currency::USD).map(|count| count.to_string());
    let all = Scope::default();
    let only_b = Scope { providers: vec![], models: vec!["b".into()] };
    for (metric, of_all, of_b) in [
        (MetricKey::TotalTokens, "74", "37"),
        (MetricKey::InputTokens, "34", "17"),
        (MetricKey::OutputTokens, "40", "20"),
        (MetricKey::Requests, "5", "3"),
        (MetricKey::Spend, "0.75", "0.25"),
    ] {
        assert_eq!(count(metric, &all).as_deref(), Some(of_all), "{metric}");
        assert_eq!(count(metric, &only_b).as_deref(), Some(of_b), "{metric}");
    }
    for metric in [MetricKey::Credits, MetricKey::Seats, MetricKey::Undisclosed] {
        assert_eq!(count(metric, &all), None);
        assert_eq!(measure(metric, &all, &[], Currency::USD), None);
    }
    assert_eq!(measure(MetricKey::Requests, &all, &[], Currency::USD), Some(dec("0")), "no request is zero requests");
}
