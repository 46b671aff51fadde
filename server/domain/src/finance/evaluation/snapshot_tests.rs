//! One row a day, whatever happens to it.

use super::*;
use crate::finance::allowance::Allowance;
use crate::finance::fixtures::{agreed, allowance_terms, money};
use crate::finance::money::{Currency, Money};
use crate::finance::period::Span;
use rust_decimal::Decimal;
use time::Date;
use time::macros::date;
use uuid::Uuid;
use vocab::finance::{BillingCadence, Confidence, ResetInterval, UsageSource};
use vocab::{AllowanceId, ContractId, SnapshotId};

const TODAY: Date = date!(2026 - 05 - 10);

fn outcome(day: Date, consumed: i64, version: i64, is_final: bool) -> Outcome {
    let agreed = agreed(BillingCadence::Monthly, money("500.00 USD"), Span::open(date!(2026 - 04 - 01)), date!(2026 - 04 - 01));
    let allowance = Allowance {
        id: AllowanceId::new(Uuid::from_u128(2)),
        contract_id: ContractId::new(Uuid::from_u128(1)),
        terms: allowance_terms(ResetInterval::Monthly),
        effective: Span::open(date!(2026 - 04 - 01)),
    };
    let window = Window::on(agreed.billing_cycle(), agreed.span, day).unwrap();
    let readings = [Reading { source: UsageSource::InternalObserved, quantity: consumed.into() }];
    let contract_day = ContractDay {
        contract_id: allowance.contract_id,
        contract_version: version,
        currency: Currency::USD,
        window,
        readings: &readings,
        usage_cost: Money::new(Decimal::new(consumed, 6), Currency::USD).ok(),
        is_final,
    };
    let day = AllowanceDay { day: contract_day, allowance: &allowance, agreed: &agreed, carried_in: Decimal::ZERO };
    day.evaluate().unwrap().unwrap()
}

fn evaluation(day: Date, consumed: i64) -> Evaluation {
    outcome(day, consumed, 1, false).evaluation
}

fn kept(evaluation: Evaluation, revision: u32) -> Snapshot {
    Snapshot { id: SnapshotId::new(Uuid::nil()), evaluation, revision, notes: Vec::new() }
}

#[test]
fn a_row_says_what_was_measured() {
    let outcome = outcome(date!(2026 - 04 - 20), 100_000, 1, false);
    let row = &outcome.evaluation;
    assert_eq!((row.days_elapsed, row.days_in_period, row.confidence), (20, 30, Confidence::Medium));
    assert_eq!((row.consumed, row.included), (100_000.into(), Some(1_000_000.into())));
    assert_eq!(row.figures.unwrap().projected_unused_value.unwrap().to_string(), "425.00 USD");
    assert_eq!(row.usage_cost_estimate.unwrap().to_string(), "0.10 USD");
    assert_eq!(row.input_hash.len(), 64);
}

#[test]
fn without_any_reading_there_is_no_row() {
    let window =
        Window::on(crate::finance::period::Cycle::new(date!(2026 - 04 - 01), 1), Span::open(date!(2026 - 04 - 01)), date!(2026 - 04 - 02));
    let day = ContractDay {
        contract_id: ContractId::new(Uuid::nil()),
        contract_version: 1,
        currency: Currency::USD,
        window: window.unwrap(),
        readings: &[],
        usage_cost: None,
        is_final: false,
    };
    assert_eq!(day.evaluate(), Ok(None));
    let below_zero = [Reading { source: UsageSource::Manual, quantity: Decimal::NEGATIVE_ONE }];
    assert_eq!(ContractDay { readings: &below_zero, ..day }.evaluate(), Err(FiguresError::NegativeUsage));
    let some = [Reading { source: UsageSource::Manual, quantity: Decimal::TEN }];
    let row = ContractDay { readings: &some, ..day }.evaluate().unwrap().unwrap();
    assert_eq!((row.subject, row.included, row.figures), (Subject::Contract, None, None));
}

#[test]
fn three_runs_leave_one_row_of_revision_1() {
    let day = date!(2026 - 04 - 20);
    assert_eq!(write_for(None, None, evaluation(day, 5), TODAY), Write::Insert(evaluation(day, 5), vec![]));
    let row = kept(evaluation(day, 5), 1);
    for _ in 0..2 {
        assert_eq!(write_for(Some(&row), None, evaluation(day, 5), TODAY), Write::Nothing);
    }
}

#[test]
fn late_use_revises_and_a_new_version_with_the_same_numbers_does_not() {
    let day = date!(2026 - 04 - 20);
    let row = kept(evaluation(day, 5), 3);
    assert_eq!(write_for(Some(&row), None, evaluation(day, 6), TODAY), Write::Revise(evaluation(day, 6), 4, vec![]));
    let newer = outcome(day, 5, 2, false).evaluation;
    assert_ne!(newer.input_hash, row.evaluation.input_hash);
    assert_eq!(write_for(Some(&row), None, newer.clone(), TODAY), Write::Refresh(newer));
    let closed = outcome(day, 5, 1, true).evaluation;
    assert_eq!(write_for(Some(&row), None, closed.clone(), TODAY), Write::Refresh(closed));
}

#[test]
fn a_closed_row_is_corrected_beside_itself_and_once() {
    let day = date!(2026 - 04 - 30);
    let mut row = kept(outcome(day, 500, 1, true).evaluation, 1);
    let late = outcome(day, 520, 1, true).evaluation;
    let note = Note::Correction { recorded: 500.into(), found: 520.into(), on: TODAY };
    assert_eq!(write_for(Some(&row), None, late.clone(), TODAY), Write::Correct(note));
    row.notes.push(note);
    assert_eq!(row.corrected_consumption(), 520.into());
    assert_eq!(write_for(Some(&row), None, late, TODAY), Write::Nothing);
    assert_eq!(write_for(Some(&row), None, outcome(day, 500, 1, true).evaluation, TODAY), Write::Nothing);
}

#[test]
fn a_sum_that_falls_is_noted_within_its_period_only() {
    let before = evaluation(date!(2026 - 04 - 19), 500);
    let Write::Insert(_, notes) = write_for(None, Some(&before), evaluation(date!(2026 - 04 - 20), 400), TODAY) else {
        panic!("no insert")
    };
    assert_eq!(notes, [Note::Fell { before: 500.into(), after: 400.into() }]);
    let Write::Insert(_, notes) = write_for(None, Some(&before), evaluation(date!(2026 - 05 - 01), 1), TODAY) else { panic!("no insert") };
    assert_eq!(notes, []);
}

#[test]
fn notes_survive_text() {
    let note = Note::Correction { recorded: 500.into(), found: 520.into(), on: TODAY };
    assert_eq!(serde_json::from_str::<Note>(&serde_json::to_string(&note).unwrap()).unwrap(), note);
}

#[test]
fn a_final_day_closes_its_items() {
    let rules =
        AllowanceRules { thresholds: crate::finance::allowance::Thresholds::default(), allows_overage: false, is_unmeasured: false };
    let open = outcome(date!(2026 - 04 - 20), 100_000, 1, false).signals(&rules).unwrap();
    assert!(matches!(open[0].judgement, Judgement::Raise(_)));
    let closed = outcome(date!(2026 - 04 - 30), 100_000, 1, true).signals(&rules).unwrap();
    assert!(closed.iter().all(|signal| matches!(signal.judgement, Judgement::Clear(_))));
}
