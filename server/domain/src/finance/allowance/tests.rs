//! What people enter, right and wrong.

use super::*;
use crate::finance::fixtures::{allowance_terms, dec};
use crate::finance::money::Currency;
use time::macros::date;

fn terms() -> AllowanceTerms {
    allowance_terms(ResetInterval::Monthly)
}

fn codes(terms: &AllowanceTerms) -> Vec<&'static str> {
    terms.problems(Some(Currency::USD)).into_iter().map(AllowanceProblem::code).collect()
}

#[test]
fn a_plain_allowance_is_fine() {
    assert!(codes(&terms()).is_empty());
    let undisclosed = AllowanceTerms { metric: MetricKey::Undisclosed, included: None, ..terms() };
    assert!(codes(&undisclosed).is_empty());
}

#[test]
fn quantities_are_positive_and_within_what_is_kept() {
    for (included, expected) in [
        (None, "allowance_quantity_missing"),
        (Some("0"), "allowance_quantity_not_positive"),
        (Some("-5"), "allowance_quantity_not_positive"),
        (Some("0.123456789"), "allowance_quantity_out_of_range"),
        (Some("10000000000000000000000"), "allowance_quantity_out_of_range"),
    ] {
        let included = included.map(dec);
        assert_eq!(codes(&AllowanceTerms { included, ..terms() }), [expected], "{included:?}");
    }
    assert!(codes(&AllowanceTerms { included: Some(dec("9999999999999999999999.123456")), ..terms() }).is_empty());
    let contradiction = AllowanceTerms { metric: MetricKey::Undisclosed, ..terms() };
    assert_eq!(codes(&contradiction), ["allowance_quantity_undisclosed"]);
}

#[test]
fn every_problem_of_one_allowance_is_named_at_once() {
    let wrong = AllowanceTerms {
        name: " ".into(),
        unit: String::new(),
        included: None,
        rollover_cap: Some(dec("-1")),
        overage: UnitPrice::new(dec("1"), dec("1"), "EUR".parse().unwrap()).ok(),
        valuation: Valuation::UnitValue(dec("-0.01")),
        weight: Some(dec("1.5")),
        thresholds: Thresholds { low: dec("5"), critical: dec("10"), underuse: dec("75") },
        ..terms()
    };
    assert_eq!(
        codes(&wrong),
        [
            "allowance_name_missing",
            "allowance_unit_missing",
            "allowance_quantity_missing",
            "allowance_rollover_out_of_range",
            "allowance_unit_value_out_of_range",
            "allowance_overage_currency",
            "allowance_weight_out_of_range",
            "allowance_threshold_out_of_range",
        ]
    );
    assert!(wrong.problems(None).iter().all(|problem| problem.code() != "allowance_overage_currency"));
}

#[test]
fn thresholds_are_percentages() {
    for (low, critical, underuse) in [("101", "10", "75"), ("25", "-1", "75"), ("25", "10", "75.00001")] {
        let thresholds = Thresholds { low: dec(low), critical: dec(critical), underuse: dec(underuse) };
        assert_eq!(codes(&AllowanceTerms { thresholds, ..terms() }), ["allowance_threshold_out_of_range"]);
    }
}

#[test]
fn weights_of_several_add_up_to_one() {
    let with = |weight: Option<&str>| AllowanceTerms { weight: weight.map(dec), ..terms() };
    let problem = |weights: &[Option<&str>]| {
        let all: Vec<_> = weights.iter().map(|weight| with(*weight)).collect();
        weight_problem(&all).map(AllowanceProblem::code)
    };
    assert_eq!(problem(&[]), None);
    assert_eq!(problem(&[None]), None);
    assert_eq!(problem(&[Some("1")]), None);
    assert_eq!(problem(&[Some("0.75"), Some("0.25")]), None);
    assert_eq!(problem(&[Some("0.5")]), Some("allowance_weight_sum"));
    assert_eq!(problem(&[Some("0.75"), Some("0.24")]), Some("allowance_weight_sum"));
    assert_eq!(problem(&[Some("0.75"), None]), Some("allowance_weight_missing"));
    assert_eq!(problem(&[Some("0.333333333"), Some("0.333333333"), Some("0.333333334")]), None);
}

#[test]
fn a_scope_names_providers_models_or_nothing() {
    let (anthropic, openai): (ProviderId, ProviderId) = ("anthropic".parse().unwrap(), "openai".parse().unwrap());
    assert!(Scope::default().covers(&anthropic, "any"));
    let scope = Scope { providers: vec![anthropic.clone()], models: vec!["claude".into()] };
    assert!(scope.covers(&anthropic, "claude") && !scope.covers(&anthropic, "other") && !scope.covers(&openai, "claude"));
}

#[test]
fn a_reset_with_the_billing_period_follows_the_cadence() {
    let terms = AllowanceTerms { reset: ResetInterval::BillingPeriod, ..terms() };
    assert_eq!(terms.reset_months(BillingCadence::Quarterly), 3);
    assert_eq!(terms.cycle(date!(2026 - 04 - 01), BillingCadence::Annual).months(), 12);
}

#[test]
fn a_valuation_survives_being_laid_flat() {
    for valuation in [Valuation::CommitmentFirst, Valuation::UnitValue(dec("0.5")), Valuation::ListPrice] {
        assert_eq!(Valuation::from_parts(valuation.method(), valuation.unit_value()), Some(valuation));
    }
    assert_eq!(Valuation::from_parts(ValuationMethod::UnitValue, None), None);
}
