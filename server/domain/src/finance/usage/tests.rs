//! What counts, and what energy costs.

use super::*;
use crate::finance::allowance::Scope;
use crate::finance::fixtures::{dec, money};
use crate::inference::TokenCounts;
use vocab::ProviderId;
use vocab::finance::MetricKey;

fn provider() -> ProviderId {
    "openai".parse().unwrap()
}

#[test]
fn our_own_machine_costs_its_energy() {
    let machine = Machine::assumed().unwrap();
    // An hour at 150 W is 0.15 kWh.
    assert_eq!(machine.cost(3_600_000).unwrap().amount(), dec("0.018"));
    assert_eq!(machine.cost(0).unwrap().amount(), dec("0"));
    assert_eq!(machine.cost(60_000).unwrap().amount(), dec("0.0003"));
    assert!(machine.cost(u64::MAX).is_ok());
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
