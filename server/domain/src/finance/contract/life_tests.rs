//! Transitions, versions and edits.

use super::tests::{GOOD, NOW, active, allowance, dec, draft, owner, stamp, terms};
use super::*;
use crate::finance::allowance::AllowanceTerms;
use crate::finance::money::Currency;
use crate::finance::zone::Zone;
use time::Duration;
use time::macros::date;
use uuid::Uuid;
use vocab::UserId;
use vocab::finance::{ContractField as Field, ContractStatus};

fn code<T: std::fmt::Debug>(result: Result<T, ContractRefused>) -> &'static str {
    result.unwrap_err().code()
}

fn suspended() -> Contract {
    active().suspend(1, "disputed invoice", stamp()).unwrap()
}

fn expired() -> Contract {
    let short = ContractTerms { end_date: Some(date!(2026 - 05 - 01)), ..terms() };
    draft(short).activate(0, &[allowance()], GOOD, stamp()).unwrap().expire(date!(2026 - 05 - 01), NOW).unwrap()
}

fn terminated() -> Contract {
    active().terminate(1, date!(2026 - 06 - 15), " moved to another vendor ", stamp()).unwrap()
}

fn succession(start: Date) -> Result<Succession, ContractRefused> {
    let terms = ContractTerms { commitment_amount: Some(dec("800")), start_date: Some(start), ..terms() };
    let successor = Successor { id: ContractId::new(Uuid::from_u128(9)), number: "AIC-9".into(), terms };
    let ends = ContractTerms { end_date: Some(date!(2027 - 04 - 01)), ..self::terms() };
    let old = draft(ends).activate(0, &[allowance()], GOOD, stamp()).unwrap();
    old.supersede(1, successor, &[allowance()], GOOD, stamp())
}

#[test]
fn the_allowed_steps_are_taken() {
    assert_eq!(active().status(), ContractStatus::Active);
    assert_eq!(active().version, 1);
    assert_eq!(suspended().resume(2, NOW).unwrap().standing, active().standing);
    assert_eq!(expired().status(), ContractStatus::Expired);
    assert_eq!(terminated().terms.end_date, Some(date!(2026 - 06 - 15)));
    let dropped = draft(terms()).terminate(0, date!(2026 - 04 - 01), "never used", Stamp { at: NOW, by: None }).unwrap();
    assert!(!dropped.standing.was_activated() && dropped.status().is_terminal());
    assert!(suspended().terminate(2, date!(2026 - 06 - 15), "over", stamp()).is_ok());
}

#[test]
fn every_other_step_is_refused() {
    let superseded = succession(date!(2026 - 07 - 01)).unwrap().old;
    for ended in [expired(), terminated(), superseded] {
        let version = ended.version;
        assert_eq!(code(ended.clone().activate(version, &[allowance()], GOOD, stamp())), "wrong_status");
        assert_eq!(code(ended.clone().suspend(version, "x", stamp())), "wrong_status");
        assert_eq!(code(ended.clone().resume(version, NOW)), "wrong_status");
        assert_eq!(code(ended.clone().terminate(version, date!(2026 - 06 - 15), "x", stamp())), "wrong_status");
        assert_eq!(code(ended.clone().expire(date!(2099 - 01 - 01), NOW)), "wrong_status");
        assert_eq!(code(ended.edit(version, terms(), &[], GOOD, History::default(), NOW)), "contract_ended");
    }
    assert_eq!(code(active().activate(1, &[allowance()], GOOD, stamp())), "wrong_status");
    assert_eq!(code(draft(terms()).suspend(0, "x", stamp())), "wrong_status");
    assert_eq!(code(active().resume(1, NOW)), "wrong_status");
    assert_eq!(code(draft(terms()).expire(date!(2099 - 01 - 01), NOW)), "wrong_status");
    assert_eq!(code(active().expire(date!(2099 - 01 - 01), NOW)), "contract_not_ended");
}

#[test]
fn a_stale_page_changes_nothing() {
    assert_eq!(code(draft(terms()).activate(3, &[allowance()], GOOD, stamp())), "stale_version");
    assert_eq!(code(active().suspend(0, "x", stamp())), "stale_version");
    assert_eq!(code(suspended().resume(1, NOW)), "stale_version");
    assert_eq!(code(active().terminate(0, date!(2026 - 06 - 15), "x", stamp())), "stale_version");
    assert_eq!(code(active().edit(0, terms(), &[], GOOD, History::default(), NOW)), "stale_version");
}

#[test]
fn suspending_and_ending_need_a_reason() {
    assert_eq!(code(active().suspend(1, "  ", stamp())), "reason_missing");
    assert_eq!(code(active().terminate(1, date!(2026 - 06 - 15), "", stamp())), "reason_missing");
    assert_eq!(code(active().suspend(1, &"x".repeat(1_001), stamp())), "reason_too_long");
    let Standing::Terminated { reason, .. } = terminated().standing else { panic!() };
    assert_eq!(reason, "moved to another vendor");
}

#[test]
fn an_incomplete_draft_names_every_gap() {
    let refused = draft(ContractTerms::unknown(Zone::utc())).activate(0, &[], GOOD, stamp());
    let Err(ContractRefused::Fields(problems)) = refused else { panic!() };
    assert!(problems.iter().map(|problem| problem.field).any(|field| field == Field::ContractType));
    assert_eq!(problems.len(), 5);
}

#[test]
fn a_contract_holds_from_its_start_to_its_end() {
    let days = |contract: &Contract| {
        [date!(2026 - 03 - 31), date!(2026 - 04 - 01), date!(2026 - 06 - 14), date!(2026 - 06 - 15)].map(|day| contract.in_force_on(day))
    };
    assert_eq!(days(&active()), [false, true, true, true]);
    assert_eq!(days(&terminated()), [false, true, true, false]);
    assert_eq!(days(&draft(terms())), [false; 4]);
    assert_eq!(days(&suspended()), [false; 4]);
    assert_eq!(days(&expired()), [false, true, false, false]);
    assert_eq!(active().status_label(date!(2026 - 03 - 31)), "Pending");
    assert_eq!(active().status_label(date!(2026 - 04 - 01)), "Active");
}

#[test]
fn a_contract_ended_before_its_start_never_held() {
    let pending = active().terminate(1, date!(2026 - 03 - 15), "mistake", stamp()).unwrap();
    assert_eq!(pending.terms.end_date, None);
    assert!(!pending.in_force_on(date!(2026 - 03 - 20)) && !pending.in_force_on(date!(2026 - 04 - 01)));
    assert!(pending.terms.problems().is_empty());
    assert_eq!(pending.agreed(), None);
    assert_eq!(draft(terms()).agreed(), None);
    assert_eq!(terminated().agreed().map(|agreed| agreed.span.until()), Some(Some(date!(2026 - 06 - 15))));
}

#[test]
fn an_agreed_earlier_end_is_not_put_off_by_terminating() {
    let short = ContractTerms { end_date: Some(date!(2026 - 05 - 01)), ..terms() };
    let contract = draft(short).activate(0, &[allowance()], GOOD, stamp()).unwrap();
    let ended = contract.terminate(1, date!(2026 - 06 - 15), "over", stamp()).unwrap();
    assert_eq!((ended.terms.end_date, ended.last_end()), (Some(date!(2026 - 05 - 01)), Some(date!(2026 - 05 - 01))));
}

#[test]
fn a_new_version_takes_over_without_a_gap() {
    let Succession { old, new } = succession(date!(2026 - 07 - 01)).unwrap();
    assert_eq!((old.status(), new.status()), (ContractStatus::Superseded, ContractStatus::Active));
    assert_eq!((old.terms.end_date, new.supersedes), (new.terms.start_date, Some(old.id)));
    assert_eq!((&old.account, old.supplier_id), (&new.account, new.supplier_id));
    for day in [date!(2026 - 04 - 01), date!(2026 - 06 - 30), date!(2026 - 07 - 01), date!(2026 - 12 - 31)] {
        assert_ne!(old.in_force_on(day), new.in_force_on(day), "{day}");
    }
    let corrected = succession(date!(2026 - 04 - 01)).unwrap();
    assert!(!corrected.old.in_force_on(date!(2026 - 04 - 01)) && corrected.new.in_force_on(date!(2026 - 04 - 01)));
    assert_eq!(code(succession(date!(2026 - 03 - 31))), "start_outside");
    assert_eq!(code(succession(date!(2027 - 04 - 02))), "start_outside");
    let successor = |terms| Successor { id: ContractId::new(Uuid::from_u128(9)), number: "AIC-9".into(), terms };
    assert_eq!(code(active().supersede(1, successor(terms()), &[], GOOD, stamp())), "fields");
    assert_eq!(code(active().supersede(0, successor(terms()), &[allowance()], GOOD, stamp())), "stale_version");
    assert_eq!(code(draft(terms()).supersede(0, successor(terms()), &[allowance()], GOOD, stamp())), "wrong_status");
}

#[test]
fn every_standing_survives_storage() {
    let superseded = succession(date!(2026 - 07 - 01)).unwrap().old;
    for contract in [draft(terms()), active(), suspended(), expired(), terminated(), superseded] {
        assert_eq!(Standing::from_facts(contract.standing.facts()), Some(contract.standing));
    }
    let broken = StandingFacts { activated: None, ..active().standing.facts() };
    assert_eq!(Standing::from_facts(broken), None);
}

fn edit(contract: Contract, change: impl FnOnce(&mut ContractTerms), history: History) -> Result<Edited, ContractRefused> {
    let mut terms = contract.terms.clone();
    change(&mut terms);
    let version = contract.version;
    contract.edit(version, terms, &[allowance()], GOOD, history, NOW + Duration::HOUR)
}

#[test]
fn a_draft_takes_any_valid_edit_and_says_what_changed() {
    let edited = edit(draft(terms()), |terms| terms.commitment_amount = Some(dec("800")), History::default()).unwrap();
    assert_eq!(edited.contract.version, 1);
    assert!(!edited.contract.is_untouched());
    let change = FieldChange { field: Field::CommitmentAmount, before: Some("500".into()), after: Some("800".into()) };
    assert_eq!(edited.changes, [change]);
    let same = edit(draft(terms()), |terms| terms.commitment_amount = Some(dec("500.0000")), History::default()).unwrap();
    assert!(same.changes.is_empty() && same.contract.is_untouched());
    assert_eq!(code(edit(draft(terms()), |terms| terms.budget_amount = Some(dec("-1")), History::default())), "fields");
}

#[test]
fn what_was_agreed_changes_only_with_a_new_version() {
    let refused = edit(
        active(),
        |terms| {
            terms.commitment_amount = Some(dec("800"));
            terms.time_zone = Zone::named("Asia/Tokyo").unwrap();
            terms.notes = Some("x".into());
        },
        History::default(),
    );
    assert_eq!(refused.unwrap_err(), ContractRefused::NeedsNewVersion(vec![Field::CommitmentAmount, Field::TimeZone]));
    let other = UserId::new(Uuid::from_u128(78));
    let edited = edit(suspended(), |terms| terms.budget_owner = Some(other), History { bills: 2, snapshots: 9 }).unwrap();
    assert_eq!((edited.contract.terms.budget_owner, edited.changes.len()), (Some(other), 1));
    assert_ne!(owner(), other);
    assert_eq!(code(edit(active(), |terms| terms.budget_owner = None, History::default())), "fields");
}

#[test]
fn the_currency_is_fixed_once_there_are_figures() {
    let euros = |terms: &mut ContractTerms| terms.currency = Currency::parse("EUR").ok();
    assert!(edit(draft(terms()), euros, History::default()).is_ok());
    for history in [History { bills: 1, snapshots: 0 }, History { bills: 0, snapshots: 1 }] {
        assert_eq!(code(edit(draft(terms()), euros, history)), "currency_fixed");
        let unknown = ContractTerms { currency: None, ..terms() };
        assert!(edit(draft(unknown), euros, history).is_ok());
    }
}

#[test]
fn allowances_of_a_draft_are_edited_one_by_one_right() {
    let edited = draft(terms()).edit_allowances(0, &[allowance(), allowance()], NOW).unwrap();
    assert!(edited.version == 1 && !edited.is_untouched());
    let nothing = AllowanceTerms { included: Some(dec("0")), ..allowance() };
    assert_eq!(code(draft(terms()).edit_allowances(0, &[nothing], NOW)), "fields");
    assert_eq!(code(draft(terms()).edit_allowances(4, &[], NOW)), "stale_version");
    assert_eq!(code(active().edit_allowances(1, &[], NOW)), "needs_new_version");
    assert_eq!(code(terminated().edit_allowances(2, &[], NOW)), "contract_ended");
}
