//! What is judged of use beyond an allowance, and of a contract as a whole.

use super::examples_tests::{judgement, measured, usd};
use super::signals::{closing, judge_budget, judge_price, judge_source};
use super::*;
use crate::finance::fixtures::dec;
use crate::finance::money::Money;
use vocab::finance::WorkItemType::OverageRisk;
use vocab::finance::{AutoResolution, Severity, UsageSource};

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
    let facts = SourceFacts { strategy: UsageSource::ProviderPortal, calls_routed: true, silent_days: 2, period_without_report: false };
    assert_eq!(judge_source(&facts).judgement, Judgement::Hold);
    assert_eq!(judge_source(&SourceFacts { silent_days: 3, ..facts }).judgement, Judgement::Raise(Severity::High));
    assert_eq!(judge_source(&SourceFacts { silent_days: 3, calls_routed: false, ..facts }).judgement, Judgement::Hold);
    assert_eq!(judge_source(&SourceFacts { silent_days: 0, ..facts }).judgement, Judgement::Clear(AutoResolution::UsageReceived));
    assert_eq!(
        judge_source(&SourceFacts { silent_days: 0, period_without_report: true, ..facts }).judgement,
        Judgement::Raise(Severity::High)
    );
}

#[test]
fn overage_opens_above_five_percent_and_closes_at_none() {
    let judge = |consumed: &str| judgement(&measured("1000", consumed, 15, 30), OverageRisk);
    assert_eq!(judge("525.0005"), Judgement::Raise(Severity::Medium));
    assert_eq!(judge("525"), Judgement::Hold);
    assert_eq!(judge("500"), Judgement::Clear(AutoResolution::ProjectionRecovered));
}
