//! The worked examples, to the last digit.

use super::signals::{judge_allowance, judge_source};
use super::*;
use crate::finance::allowance::{Thresholds, Valuation};
use crate::finance::fixtures::dec;
use crate::finance::money::{Currency, Money, UnitPrice};
use WorkItemType::{CriticalLowRemaining, LowRemaining, OverageRisk, UnderuseAttention};
use rust_decimal::Decimal;
use vocab::finance::{AutoResolution, Severity, UsageSource, WorkItemType};

pub(super) fn usd(text: &str) -> Money {
    Money::new(dec(text), Currency::USD).unwrap()
}

fn price(price: &str, per: &str) -> UnitPrice {
    UnitPrice::new(dec(price), dec(per), Currency::USD).unwrap()
}

/// Included, consumed, elapsed, days; 500.00 USD are committed.
pub(super) fn measured(included: &str, consumed: &str, elapsed: u32, days: u32) -> Measured {
    Measured {
        included: Some(dec(included)),
        consumed: dec(consumed),
        elapsed,
        days,
        commitment: usd("500.00"),
        valuation: Valuation::CommitmentFirst,
        list_price: None,
        overage: None,
    }
}

pub(super) fn figures(measured: Measured) -> Figures {
    measured.figures().unwrap().unwrap()
}

pub(super) const RULES: AllowanceRules = AllowanceRules {
    thresholds: Thresholds {
        low: Decimal::from_parts(25, 0, 0, false, 0),
        critical: Decimal::TEN,
        underuse: Decimal::from_parts(75, 0, 0, false, 0),
    },
    allows_overage: true,
    is_unmeasured: false,
};

pub(super) fn raised(measured: &Measured, rules: AllowanceRules) -> Vec<(WorkItemType, Severity)> {
    let signals = judge_allowance(measured, &figures(*measured), &rules).unwrap();
    let raised = signals.iter().filter_map(|signal| match signal.judgement {
        Judgement::Raise(severity) => Some((signal.kind, severity)),
        Judgement::Hold | Judgement::Clear(_) => None,
    });
    raised.collect()
}

pub(super) fn judgement(measured: &Measured, kind: WorkItemType) -> Judgement {
    let signals = judge_allowance(measured, &figures(*measured), &RULES).unwrap();
    signals.iter().find(|signal| signal.kind == kind).unwrap().judgement
}

/// What an example expects; `value` and `cost` as shown, in minor units.
struct Expected {
    utilization: &'static str,
    projected: &'static str,
    unused: &'static str,
    value: Option<&'static str>,
    overage: &'static str,
    cost: Option<&'static str>,
    exhausted_after: Option<&'static str>,
    items: &'static [(WorkItemType, Severity)],
}

fn assert_example(name: &str, measured: Measured, expected: &Expected) {
    let stored = figures(measured).stored();
    let shown = |value: Option<Money>| value.map(|value| value.to_minor().amount().to_string());
    assert_eq!(stored.utilization_pct, Some(dec(expected.utilization)), "{name}: utilisation");
    assert_eq!(stored.projected, dec(expected.projected), "{name}: projected");
    assert_eq!(stored.projected_unused, dec(expected.unused), "{name}: unused");
    assert_eq!(shown(stored.projected_unused_value).as_deref(), expected.value, "{name}: value");
    assert_eq!(stored.projected_overage, dec(expected.overage), "{name}: overage");
    assert_eq!(shown(stored.projected_overage_cost).as_deref(), expected.cost, "{name}: cost");
    if let Some(days) = expected.exhausted_after {
        let exact = figures(measured).days_to_exhaustion.unwrap();
        assert_eq!(crate::finance::money::rounded(exact, 2), dec(days), "{name}: exhausted after");
    }
    assert_eq!(raised(&measured, RULES), expected.items, "{name}: items");
}

#[test]
fn example_1_behind_plan() {
    let measured = measured("1000", "100", 20, 30);
    let expected = Expected {
        utilization: "10.0",
        projected: "150",
        unused: "850",
        value: Some("425.00"),
        overage: "0",
        cost: None,
        exhausted_after: None,
        items: &[(UnderuseAttention, Severity::High)],
    };
    assert_example("behind plan", measured, &expected);
    assert_eq!(figures(measured).remaining, dec("900"));
}

#[test]
fn example_2_ahead_of_plan() {
    let measured = Measured { overage: Some(price("5.00", "1000000")), ..measured("1000000", "800000", 15, 30) };
    let expected = Expected {
        utilization: "80.0",
        projected: "1600000",
        unused: "0",
        value: Some("0.00"),
        overage: "600000",
        cost: Some("3.00"),
        exhausted_after: Some("18.75"),
        items: &[(LowRemaining, Severity::Medium), (OverageRisk, Severity::Medium)],
    };
    assert_example("ahead of plan", measured, &expected);
    let stops = raised(&measured, AllowanceRules { allows_overage: false, ..RULES });
    assert!(stops.contains(&(OverageRisk, Severity::High)));
}

#[test]
fn example_3_day_1() {
    let measured = measured("1000000", "40000", 1, 31);
    let expected = Expected {
        utilization: "4.0",
        projected: "1240000",
        unused: "0",
        value: Some("0.00"),
        overage: "240000",
        cost: None,
        exhausted_after: None,
        items: &[],
    };
    assert_example("day 1", measured, &expected);
    let readings = [Reading { source: UsageSource::ProviderApi, quantity: dec("40000") }];
    assert_eq!(choose(&readings, 1).unwrap().confidence, vocab::finance::Confidence::Low);
}

#[test]
fn example_4_nothing_used() {
    let measured = measured("1000000", "0", 8, 30);
    let expected = Expected {
        utilization: "0.0",
        projected: "0",
        unused: "1000000",
        value: Some("500.00"),
        overage: "0",
        cost: None,
        exhausted_after: None,
        items: &[(UnderuseAttention, Severity::Medium)],
    };
    assert_example("nothing used", measured, &expected);
    assert_eq!(figures(measured).days_to_exhaustion, None);
    assert_eq!(raised(&measured, AllowanceRules { is_unmeasured: true, ..RULES }), []);
    let silent = SourceFacts { calls_routed: true, silent_days: 8, vendor: VendorFigures::NotAwaited };
    assert_eq!(judge_source(&silent).judgement, Judgement::Raise(Severity::High));
}

#[test]
fn example_5_leap_february() {
    for (days, projected, value) in [(29, "932142.857143", "33.93"), (28, "900000", "50.00")] {
        let stored = figures(measured("1000000", "450000", 14, days)).stored();
        assert_eq!(stored.projected, dec(projected));
        assert_eq!(stored.projected_unused_value.unwrap().to_minor().amount().to_string(), value);
    }
}

#[test]
fn examples_6_and_7_partial_start() {
    for (included, commitment, utilization, value) in [("1000000", "500.00", "20.0", "350.00"), ("500000", "250.00", "40.0", "100.00")] {
        let measured = Measured { commitment: usd(commitment), ..measured(included, "200000", 10, 15) };
        let figures = figures(measured);
        assert_eq!(figures.utilization_pct, Some(dec(utilization)));
        assert_eq!(figures.projected, dec("300000"));
        assert_eq!(figures.projected_unused_value, Some(usd(value)));
    }
}

#[test]
fn example_8_last_day() {
    let measured = measured("1000000", "950000", 30, 30);
    let figures = figures(measured);
    assert_eq!(figures.projected, dec("950000"));
    assert_eq!(figures.remaining, dec("50000"));
    assert_eq!(figures.realized_unused_value, Some(usd("25.00")));
    assert_eq!(raised(&measured, RULES), []);
}

#[test]
fn example_9_really_critical() {
    let measured = Measured { overage: Some(price("4.00", "1000000")), ..measured("1000000", "910000", 20, 30) };
    let expected = Expected {
        utilization: "91.0",
        projected: "1365000",
        unused: "0",
        value: Some("0.00"),
        overage: "365000",
        cost: Some("1.46"),
        exhausted_after: Some("21.98"),
        items: &[(CriticalLowRemaining, Severity::Critical), (OverageRisk, Severity::Medium)],
    };
    assert_example("really critical", measured, &expected);
    assert_eq!(judgement(&measured, LowRemaining), Judgement::Clear(AutoResolution::Escalated));
}

#[test]
fn example_10_two_allowances() {
    let shared = |weight: &str| usd("600.00").times(dec(weight)).unwrap();
    let first = Measured { commitment: shared("0.75"), ..measured("10000000", "3000000", 10, 30) };
    assert_eq!(figures(first).projected_unused_value, Some(usd("45.00")));
    let second = figures(Measured { commitment: shared("0.25"), ..measured("2000", "1500", 10, 30) });
    assert_eq!(second.projected, dec("4500"));
    assert_eq!(second.projected_unused_value, Some(usd("0")));
    assert_eq!(second.projected_overage, dec("2500"));
}

#[test]
fn example_11_zero_allowance() {
    for consumed in ["5", "0"] {
        let measured = measured("0", consumed, 10, 30);
        let figures = figures(measured);
        assert_eq!((figures.utilization_pct, figures.projected_utilization_pct, figures.pace), (None, None, None));
        assert_eq!(figures.projected_unused_value, Some(usd("0")));
        assert_eq!(figures.projected_overage, figures.projected);
        let kinds: Vec<_> = raised(&measured, RULES).into_iter().map(|(kind, _)| kind).collect();
        assert!(!kinds.contains(&LowRemaining) && !kinds.contains(&CriticalLowRemaining) && !kinds.contains(&UnderuseAttention));
    }
}

#[test]
fn example_12_undisclosed() {
    assert_eq!(Measured { included: None, ..measured("1", "5", 10, 30) }.figures(), Ok(None));
}

#[test]
fn impossible_days_and_use_are_refused() {
    let code = |measured: Measured| measured.figures().unwrap_err().code();
    assert_eq!(code(measured("1", "-0.000001", 1, 30)), "negative_usage");
    assert_eq!(code(measured("1", "1", 0, 30)), "outside_period");
    assert_eq!(code(measured("1", "1", 31, 30)), "outside_period");
    let huge = Measured { consumed: Decimal::MAX, ..measured("0.000001", "1", 1, 31) };
    assert_eq!(code(huge), "amount_too_large");
}

#[test]
fn a_stated_unit_value_and_list_prices_count_up_to_the_commitment() {
    let value =
        |valuation, list_price| figures(Measured { valuation, list_price, ..measured("1000", "100", 20, 30) }).projected_unused_value;
    assert_eq!(value(Valuation::UnitValue(dec("0.10")), None), Some(usd("85")));
    assert_eq!(value(Valuation::UnitValue(dec("10")), None), Some(usd("500.00")));
    assert_eq!(value(Valuation::ListPrice, Some(price("200", "1000"))), Some(usd("170")));
    assert_eq!(value(Valuation::ListPrice, Some(price("9", "1"))), Some(usd("500.00")));
    assert_eq!(value(Valuation::ListPrice, None), None);
}
