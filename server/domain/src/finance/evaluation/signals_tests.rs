//! When items open, stay and close, and what must hold for any figures at all.

use super::examples_tests::{RULES, figures, judgement, measured, raised, usd};
use super::signals::{closing, judge_budget, judge_price, judge_source};
use super::*;
use crate::finance::allowance::Valuation;
use crate::finance::fixtures::dec;
use crate::finance::money::{Currency, Money, UnitPrice};
use proptest::prelude::*;
use rust_decimal::Decimal;
use vocab::finance::WorkItemType::{CriticalLowRemaining, LowRemaining, OverageRisk, UnderuseAttention};
use vocab::finance::{AutoResolution, Severity};

#[test]
fn underuse_waits_for_a_quarter_and_does_not_flicker() {
    let judge = |consumed: &str, elapsed, days| judgement(&measured("1000", consumed, elapsed, days), UnderuseAttention);
    assert_eq!(judge("0", 7, 30), Judgement::Hold);
    assert_eq!(judge("0", 8, 30), Judgement::Raise(Severity::Medium));
    assert_eq!(judge("0", 4, 8), Judgement::Hold);
    assert_eq!(judge("0", 5, 8), Judgement::Raise(Severity::High));
    assert_eq!(judge("374", 15, 30), Judgement::Raise(Severity::Medium));
    assert_eq!(judge("375", 15, 30), Judgement::Hold, "75 %");
    assert_eq!(judge("399", 15, 30), Judgement::Hold);
    assert_eq!(judge("400", 15, 30), Judgement::Clear(AutoResolution::ProjectionRecovered), "80 %");
}

#[test]
fn the_half_of_the_commitment_and_of_the_period_make_it_urgent() {
    let judge = |consumed: &str, elapsed| judgement(&measured("1000", consumed, elapsed, 30), UnderuseAttention);
    assert_eq!(judge("250", 15), Judgement::Raise(Severity::Medium), "half lost, but only half over");
    assert_eq!(judge("265", 16), Judgement::Raise(Severity::High));
    assert_eq!(judge("267", 16), Judgement::Raise(Severity::Medium), "less than half lost");
}

#[test]
fn small_rests_alarm_only_while_they_will_not_last() {
    let judge = |consumed: &str, elapsed| {
        let measured = measured("1000", consumed, elapsed, 30);
        (judgement(&measured, LowRemaining), judgement(&measured, CriticalLowRemaining))
    };
    let (recovered, raised) = (Judgement::Clear(AutoResolution::ProjectionRecovered), Judgement::Clear(AutoResolution::AllowanceRaised));
    assert_eq!(judge("750", 20), (Judgement::Raise(Severity::Medium), raised));
    assert_eq!(judge("749", 20), (Judgement::Hold, raised), "still too fast, but more than a quarter is left");
    assert_eq!(judge("750", 25), (recovered, raised));
    assert_eq!(judge("900", 29), (recovered, Judgement::Hold), "critical stays until the allowance is raised or the period ends");
    assert_eq!(judge("750", 2), (Judgement::Hold, raised), "two days are no evidence");
    let exhausted = (Judgement::Clear(AutoResolution::Escalated), Judgement::Raise(Severity::Critical));
    assert_eq!(judge("1000", 1), exhausted, "used up is a fact on any day");
    assert_eq!(judge("1200", 30), exhausted);
}

#[test]
fn overage_opens_above_five_percent_and_closes_at_none() {
    let judge = |consumed: &str| judgement(&measured("1000", consumed, 15, 30), OverageRisk);
    assert_eq!(judge("525.0005"), Judgement::Raise(Severity::Medium));
    assert_eq!(judge("525"), Judgement::Hold);
    assert_eq!(judge("500"), Judgement::Clear(AutoResolution::ProjectionRecovered));
}

#[test]
fn contract_level_rules() {
    assert!(closing().iter().all(|signal| signal.judgement == Judgement::Clear(AutoResolution::PeriodClosed)));
    let budget = |cost: &str| judge_budget(Some(usd(cost)), Some(usd("100"))).unwrap().unwrap().judgement;
    assert_eq!(budget("100"), Judgement::Clear(AutoResolution::WithinBudget));
    assert_eq!(budget("100.01"), Judgement::Raise(Severity::High));
    assert_eq!(judge_budget(None, Some(usd("100"))), Ok(None));
    let yen = Money::new(dec("1"), "JPY".parse().unwrap()).unwrap();
    assert!(judge_budget(Some(yen), Some(usd("100"))).is_err());
    assert_eq!(judge_price(true).judgement, Judgement::Raise(Severity::Medium));
    assert_eq!(judge_price(false).judgement, Judgement::Clear(AutoResolution::PriceAvailable));
    let facts = SourceFacts { calls_routed: true, silent_days: 2, vendor: VendorFigures::Pending };
    assert_eq!(judge_source(&facts).judgement, Judgement::Hold);
    assert_eq!(judge_source(&SourceFacts { silent_days: 3, ..facts }).judgement, Judgement::Raise(Severity::High));
    assert_eq!(judge_source(&SourceFacts { silent_days: 3, calls_routed: false, ..facts }).judgement, Judgement::Hold);
    assert_eq!(judge_source(&SourceFacts { silent_days: 0, ..facts }).judgement, Judgement::Clear(AutoResolution::UsageReceived));
    let of_vendor = |vendor| judge_source(&SourceFacts { silent_days: 0, vendor, ..facts }).judgement;
    assert_eq!(of_vendor(VendorFigures::Missing), Judgement::Raise(Severity::High), "our own count is not what was asked for");
    let quiet = SourceFacts { calls_routed: false, silent_days: 9, vendor: VendorFigures::Given };
    assert_eq!(judge_source(&quiet).judgement, Judgement::Clear(AutoResolution::UsageReceived));
}

prop_compose! {
    /// Anything within what is kept, in every size, with every way of valuing.
    fn any_measured()(
        included in 0_u64..1_000_000_000_000_000,
        consumed in 0_u64..2_000_000_000_000_000,
        scale in 0_u32..7,
        days in 1_u32..367,
        part in 0_u32..1_000,
        commitment in 0_i64..1_000_000_000_000,
        method in 0_u8..3,
        unit_price in 0_i64..1_000_000_000,
    ) -> Measured {
        Measured {
            included: Some(Decimal::from_i128_with_scale(included.into(), scale)),
            consumed: Decimal::from_i128_with_scale(consumed.into(), scale),
            elapsed: 1 + part * (days - 1) / 999,
            days,
            commitment: Money::new(Decimal::new(commitment, 2), Currency::USD).unwrap(),
            valuation: match method {
                0 => Valuation::CommitmentFirst,
                1 => Valuation::UnitValue(Decimal::new(unit_price, 9)),
                _ => Valuation::ListPrice,
            },
            list_price: UnitPrice::new(Decimal::new(unit_price, 4), Decimal::from(1_000_000), Currency::USD).ok(),
            overage: None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn what_may_be_lost_was_paid_for(measured in any_measured()) {
        let figures = figures(measured);
        if let Some(value) = figures.projected_unused_value {
            prop_assert!(value.amount() >= Decimal::ZERO);
            prop_assert!(value.amount() <= measured.commitment.amount(), "{value}");
        }
    }

    #[test]
    fn nothing_is_lost_and_exceeded_at_once(measured in any_measured()) {
        let figures = figures(measured);
        prop_assert!(figures.projected_unused >= Decimal::ZERO && figures.projected_overage >= Decimal::ZERO);
        prop_assert!(figures.projected_unused.is_zero() || figures.projected_overage.is_zero());
        prop_assert!(figures.projected >= measured.consumed);
        let raised = raised(&measured, RULES);
        let has = |kind| raised.iter().any(|(raised, _)| *raised == kind);
        prop_assert!(!(has(UnderuseAttention) && (has(OverageRisk) || has(LowRemaining) || has(CriticalLowRemaining))));
    }

    #[test]
    fn on_the_last_day_the_projection_is_the_fact(measured in any_measured()) {
        let last = Measured { elapsed: measured.days, ..measured };
        prop_assert_eq!(figures(last).projected, measured.consumed);
    }
}
