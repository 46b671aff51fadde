//! When each kind of item is open, and what it says.

use super::tests::{NOW, active, draft, subject, user};
use super::*;
use crate::finance::allowance::Valuation;
use crate::finance::contract::Stamp;
use crate::finance::evaluation::{Evaluation, Judgement, Measured, Subject};
use crate::finance::fixtures::money;
use crate::finance::money::Currency;
use crate::finance::period::Period;
use crate::finance::supplier::{ReviewReason, SupplierReview};
use rust_decimal::Decimal;
use time::Duration;
use time::macros::{date, datetime};
use uuid::Uuid;
use vocab::finance::{AutoResolution, Confidence, ContractField, Severity, SkipReason, UsageSource, WorkItemType as Kind};
use vocab::{FinanceProfileId, SupplierId};

#[test]
fn missing_details_are_listed_and_become_urgent_when_used() {
    let contract = draft();
    let judged = |missing: &[ContractField], open_days: i64, is_used| {
        let open_since = Some(NOW - Duration::days(open_days));
        subject(&contract).plan_details(PlanDetails { missing, open_since, is_used }, NOW)
    };
    let finding = judged(&[ContractField::Currency, ContractField::StartDate], 1, true);
    assert_eq!(finding.judgement, Judgement::Raise(Severity::Medium));
    assert_eq!(finding.description.as_deref(), Some("Missing: Currency, Start date"));
    assert_eq!(finding.metadata["missing_fields"], serde_json::json!(["currency", "start_date"]));
    assert_eq!((finding.owner, finding.links.supplier_id), (Some(user(1)), Some(contract.supplier_id)));
    assert_eq!(judged(&[ContractField::Currency], 14, true).judgement, Judgement::Raise(Severity::High));
    assert_eq!(judged(&[ContractField::Currency], 14, false).judgement, Judgement::Raise(Severity::Medium));
    assert_eq!(judged(&[], 14, true).judgement, Judgement::Clear(AutoResolution::DetailsComplete));
    let running = active(|_| ());
    let details = PlanDetails { missing: &[ContractField::BudgetOwner], open_since: None, is_used: true };
    assert_eq!(subject(&running).plan_details(details, NOW).judgement, Judgement::Clear(AutoResolution::ContractActivated));
}

#[test]
fn a_commitment_nobody_can_use_is_due_with_its_next_amount() {
    let today = date!(2026 - 04 - 10);
    let fixed = active(|terms| terms.commitment_amount = Some(Decimal::from(500)));
    let finding = subject(&fixed).commitment_without_provider(false, today);
    assert_eq!(finding.judgement, Judgement::Raise(Severity::High));
    assert_eq!(finding.due_at, Some(datetime!(2026-04-30 22:00 UTC)), "1 May in Berlin");
    let renewing = active(|terms| {
        terms.commitment_amount = Some(Decimal::from(500));
        terms.renewal_date = Some(date!(2026 - 04 - 20));
    });
    assert_eq!(subject(&renewing).commitment_without_provider(false, today).due_at, Some(datetime!(2026-04-19 22:00 UTC)));
    let cleared = Judgement::Clear(AutoResolution::Reconnected);
    assert_eq!(subject(&fixed).commitment_without_provider(true, today).judgement, cleared);
    assert_eq!(subject(&active(|_| ())).commitment_without_provider(false, today).judgement, cleared);
    let ended = fixed.terminate(1, today, "over", Stamp { at: NOW, by: None }).unwrap();
    let judgement = subject(&ended).commitment_without_provider(false, today).judgement;
    assert_eq!(judgement, Judgement::Clear(AutoResolution::ContractEnded));
}

#[test]
fn renewals_are_announced_a_month_or_the_notice_ahead() {
    let today = date!(2026 - 04 - 10);
    let judged = |renewal: Option<time::Date>, end: Option<time::Date>, notice: Option<u16>| {
        let contract = active(|terms| {
            terms.renewal_date = renewal;
            terms.end_date = end;
            terms.notice_days = notice;
        });
        subject(&contract).renewal_due(today).judgement
    };
    let (quiet, medium, high) =
        (Judgement::Clear(AutoResolution::ContractRenewed), Judgement::Raise(Severity::Medium), Judgement::Raise(Severity::High));
    assert_eq!(judged(None, None, Some(90)), quiet);
    assert_eq!(judged(Some(date!(2026 - 05 - 11)), None, None), quiet);
    assert_eq!(judged(Some(date!(2026 - 05 - 10)), None, None), medium);
    assert_eq!(judged(Some(date!(2026 - 05 - 10)), None, Some(14)), medium);
    assert_eq!(judged(Some(date!(2026 - 04 - 24)), None, Some(14)), high);
    assert_eq!(judged(Some(date!(2026 - 07 - 09)), None, Some(90)), high);
    assert_eq!(judged(Some(date!(2027 - 01 - 01)), Some(date!(2026 - 04 - 12)), None), medium);
    assert_eq!(judged(Some(date!(2026 - 04 - 01)), None, None), medium, "a date that passed waits for the next one");
    let dropped = draft().terminate(0, today, "never used", Stamp { at: NOW, by: None }).unwrap();
    assert_eq!(subject(&dropped).renewal_due(today).judgement, Judgement::Clear(AutoResolution::ContractEnded));
}

#[test]
fn a_refused_bill_is_one_item_a_period() {
    let contract = active(|_| ());
    let first = date!(2026 - 04 - 01);
    let judged = |reason| subject(&contract).bill_blocked(first, reason, None);
    assert_eq!(judged(Some(SkipReason::BlockedSupplier)).judgement, Judgement::Raise(Severity::High));
    for fine in [None, Some(SkipReason::ZeroAmount)] {
        assert_eq!(judged(fine).judgement, Judgement::Clear(AutoResolution::BillDrafted));
    }
    assert_ne!(judged(None).key, subject(&contract).bill_blocked(date!(2026 - 05 - 01), None, None).key);
}

#[test]
fn profile_items_name_the_provider() {
    let profile = ProfileSubject { id: FinanceProfileId::new(Uuid::from_u128(3)), supplier_id: None, about: "Anthropic" };
    assert_eq!(profile.billing_url_missing(false).judgement, Judgement::Raise(Severity::Low));
    assert_eq!(profile.billing_url_missing(true).judgement, Judgement::Clear(AutoResolution::LinkSet));
    let review = SupplierReview { reason: ReviewReason::Blocked, others: vec![SupplierId::new(Uuid::from_u128(8))] };
    let finding = profile.supplier_review(Some(&review));
    assert_eq!((finding.judgement, finding.title.as_str()), (Judgement::Raise(Severity::High), "Confirm the supplier of Anthropic"));
    assert_eq!(finding.metadata["other_suppliers"][0], "00000000-0000-0000-0000-000000000008");
    assert_eq!(profile.supplier_review(None).judgement, Judgement::Clear(AutoResolution::SupplierSettled));
}

#[test]
fn every_kind_has_its_own_title() {
    let titles: std::collections::BTreeSet<String> = Kind::ALL.iter().map(|kind| title(*kind, "OpenAI")).collect();
    assert_eq!(titles.len(), Kind::ALL.len());
    assert!(titles.iter().all(|title| title.contains("OpenAI")));
}

#[test]
fn a_days_figures_are_told_in_a_sentence() {
    let measured = Measured {
        included: Some(Decimal::from(1_000)),
        consumed: Decimal::from(100),
        elapsed: 20,
        days: 30,
        commitment: money("500.00 USD"),
        valuation: Valuation::CommitmentFirst,
        list_price: None,
        overage: None,
    };
    let evaluation = Evaluation {
        contract_id: draft().id,
        subject: Subject::Contract,
        date: date!(2026 - 04 - 20),
        period: Period::new(date!(2026 - 04 - 01), date!(2026 - 05 - 01)).unwrap(),
        days_elapsed: 20,
        days_in_period: 30,
        source: UsageSource::InternalObserved,
        confidence: Confidence::Medium,
        consumed: measured.consumed,
        included: measured.included,
        figures: measured.figures().unwrap(),
        currency: Currency::USD,
        usage_cost_estimate: None,
        input_hash: String::new(),
        is_final: false,
    };
    let (sentence, figures) = evaluation_words(&evaluation);
    assert_eq!(sentence.as_deref(), Some("10.0 % used on day 20 of 30; 15.0 % projected; 425.00 USD of the commitment would be lost"));
    assert_eq!((&figures["consumed"], &figures["projected"], &figures["currency"]), (&"100".into(), &"150".into(), &"USD".into()));
    assert_eq!(evaluation_words(&Evaluation { figures: None, ..evaluation }), (None, serde_json::Map::new()));
}
