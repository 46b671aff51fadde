//! What is drafted when, and never twice.

use super::*;
use crate::finance::contract::Agreed;
use crate::finance::fixtures::{agreed, money};
use crate::finance::period::Span;
use BillingPeriodKind::{Fixed, Usage};
use time::Date;
use time::macros::date;
use uuid::Uuid;
use vocab::finance::{BillingCadence, BillingPeriodKind, BillingPeriodStatus, BillingTiming, ContractType, SkipReason};
use vocab::{BillId, ContractId};

const START: Date = date!(2026 - 01 - 01);

fn terms(cadence: BillingCadence) -> Agreed {
    agreed(cadence, money("500.00 USD"), Span::open(START), START)
}

fn contract() -> ContractId {
    ContractId::new(Uuid::from_u128(1))
}

fn progress<'a>(agreed: &'a Agreed, final_through: Option<Date>, rows: &'a [BillingPeriod]) -> BillingProgress<'a> {
    BillingProgress { contract_id: contract(), agreed, billed_from: agreed.span.from(), final_through, rows }
}

fn listed(due: &[DueDraft]) -> Vec<(BillingPeriodKind, Date, Date)> {
    due.iter().map(|draft| (draft.key.kind, draft.key.period_start, draft.issue_date)).collect()
}

fn row(draft: &DueDraft, state: PeriodState) -> BillingPeriod {
    BillingPeriod { key: draft.key, period: draft.active, state }
}

fn bill(number: u128) -> BillId {
    BillId::new(Uuid::from_u128(number))
}

#[test]
fn the_fee_is_due_at_the_start_and_use_once_it_is_final() {
    let terms = terms(BillingCadence::Monthly);
    assert_eq!(listed(&progress(&terms, None, &[]).due(START)), [(Fixed, START, START)]);
    let february = date!(2026 - 02 - 01);
    let waiting = progress(&terms, Some(date!(2026 - 01 - 30)), &[]).due(february);
    assert_eq!(listed(&waiting), [(Fixed, START, START), (Fixed, february, february)]);
    let ready = progress(&terms, Some(date!(2026 - 01 - 31)), &[]).due(february);
    assert_eq!(listed(&ready), [(Fixed, START, START), (Usage, START, february), (Fixed, february, february)]);
    assert_eq!(progress(&terms, None, &[]).due(date!(2025 - 12 - 31)), []);
}

#[test]
fn a_fee_in_arrears_is_due_the_day_after() {
    let terms = Agreed { timing: BillingTiming::Arrears, ..terms(BillingCadence::Quarterly) };
    assert_eq!(progress(&terms, None, &[]).due(date!(2026 - 03 - 31)), []);
    let april = date!(2026 - 04 - 01);
    assert_eq!(listed(&progress(&terms, None, &[]).due(april)), [(Fixed, START, april)]);
}

#[test]
fn each_type_is_billed_for_what_it_sells() {
    let kinds = |agreed: Agreed| {
        let due = progress(&agreed, Some(date!(2026 - 01 - 31)), &[]).due(date!(2026 - 02 - 01));
        due.iter().filter(|draft| draft.key.period_start == START).map(|draft| draft.key.kind).collect::<Vec<_>>()
    };
    let hybrid = terms(BillingCadence::Monthly);
    assert_eq!(kinds(Agreed { contract_type: ContractType::Metered, ..hybrid.clone() }), [Usage]);
    assert_eq!(kinds(Agreed { contract_type: ContractType::Subscription, ..hybrid.clone() }), [Fixed]);
    assert_eq!(kinds(Agreed { contract_type: ContractType::Subscription, allows_overage: true, ..hybrid.clone() }), [Fixed, Usage]);
    assert_eq!(kinds(hybrid), [Fixed, Usage]);
}

#[test]
fn a_drafted_period_is_never_drafted_again_whatever_becomes_of_its_bill() {
    let terms = Agreed { contract_type: ContractType::Subscription, ..terms(BillingCadence::Monthly) };
    let first = progress(&terms, None, &[]).due(START)[0];
    for state in [PeriodState::Drafted(bill(1)), PeriodState::Voided(bill(1)), PeriodState::Skipped(SkipReason::ZeroAmount)] {
        assert_eq!(progress(&terms, None, &[row(&first, state)]).due(START), [], "{state:?}");
    }
}

#[test]
fn what_was_blocked_is_tried_again_under_the_same_key() {
    let terms = Agreed { contract_type: ContractType::Subscription, ..terms(BillingCadence::Monthly) };
    let first = progress(&terms, None, &[]).due(START)[0];
    for reason in [SkipReason::BlockedSupplier, SkipReason::PriceMissing] {
        let blocked = [row(&first, PeriodState::Skipped(reason))];
        assert_eq!(progress(&terms, None, &blocked).due(START), [first], "{reason:?}");
    }
}

#[test]
fn only_a_voided_bill_is_replaced_and_only_on_request() {
    let terms = Agreed { contract_type: ContractType::Subscription, ..terms(BillingCadence::Monthly) };
    let first = progress(&terms, None, &[]).due(START)[0];
    assert_eq!(redraft(&[], START, Fixed), Err(RedraftRefused::NeverDrafted));
    assert_eq!(redraft(&[row(&first, PeriodState::Drafted(bill(1)))], START, Fixed), Err(RedraftRefused::BillStands));
    let mut rows = vec![row(&first, PeriodState::Voided(bill(1)))];
    let again = redraft(&rows, START, Fixed).unwrap();
    assert_eq!(again.revision, 2);
    assert_eq!(again.to_string(), "00000000-0000-0000-0000-000000000001:2026-01-01:fixed:2");
    rows.push(BillingPeriod { key: again, period: first.active, state: PeriodState::Drafted(bill(2)) });
    assert_eq!(redraft(&rows, START, Fixed).map_err(RedraftRefused::code), Err("bill_stands"));
    assert_eq!(progress(&terms, None, &rows).due(START), []);
}

#[test]
fn fourteen_missed_months_take_two_runs_in_order() {
    let terms = Agreed { contract_type: ContractType::Subscription, ..terms(BillingCadence::Monthly) };
    let today = date!(2027 - 02 - 10);
    let mut rows = Vec::new();
    let first = progress(&terms, None, &rows).due(today);
    assert_eq!(first.len(), 12);
    assert!(first.is_sorted_by_key(|draft| draft.issue_date) && first[0].issue_date == START);
    rows.extend(first.iter().map(|draft| row(draft, PeriodState::Drafted(bill(9)))));
    let second = progress(&terms, None, &rows).due(today);
    assert_eq!(
        listed(&second),
        [(Fixed, date!(2027 - 01 - 01), date!(2027 - 01 - 01)), (Fixed, date!(2027 - 02 - 01), date!(2027 - 02 - 01))]
    );
    rows.extend(second.iter().map(|draft| row(draft, PeriodState::Drafted(bill(9)))));
    assert_eq!(progress(&terms, None, &rows).due(today), []);
}

#[test]
fn periods_that_were_over_at_activation_are_not_ours() {
    let terms = Agreed { contract_type: ContractType::Subscription, ..terms(BillingCadence::Monthly) };
    let late = BillingProgress { billed_from: date!(2026 - 03 - 20), ..progress(&terms, None, &[]) };
    let march = date!(2026 - 03 - 01);
    assert_eq!(listed(&late.due(date!(2026 - 03 - 25))), [(Fixed, march, march)]);
}

#[test]
fn an_end_stops_the_bills_and_a_later_start_begins_with_its_day() {
    let span = Span::new(date!(2026 - 01 - 10), Some(date!(2026 - 02 - 10))).unwrap();
    let terms = Agreed { span, ..terms(BillingCadence::Monthly) };
    let due = progress(&terms, Some(date!(2026 - 02 - 09)), &[]).due(date!(2026 - 06 - 01));
    let (january, february) = (date!(2026 - 01 - 10), date!(2026 - 02 - 01));
    assert_eq!(
        listed(&due),
        [(Fixed, january, january), (Usage, january, february), (Fixed, february, february), (Usage, february, date!(2026 - 02 - 10))]
    );
}

#[test]
fn a_period_row_survives_being_laid_flat() {
    let all =
        [PeriodState::Pending, PeriodState::Drafted(bill(1)), PeriodState::Skipped(SkipReason::NotActive), PeriodState::Voided(bill(1))];
    for state in all {
        assert_eq!(PeriodState::from_parts(state.status(), state.bill_id(), state.skip_reason()), Some(state));
    }
    assert_eq!(PeriodState::from_parts(BillingPeriodStatus::Drafted, None, None), None);
    assert_eq!(PeriodState::from_parts(BillingPeriodStatus::Pending, Some(bill(1)), None), None);
}
