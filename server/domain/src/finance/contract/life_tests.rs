//! Transitions, versions, edits and coverage.

use super::tests::{GOOD, NOW, active, allowance, dec, draft, owner, stamp, terms};
use super::*;
use crate::finance::money::Currency;
use crate::finance::zone::Zone;
use proptest::prelude::*;
use time::macros::date;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vocab::finance::{ContractField as Field, ContractStatus};
use vocab::{FinanceProfileId, UserId};

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

fn profile(number: u128) -> FinanceProfileId {
    FinanceProfileId::new(Uuid::from_u128(number))
}

fn contract(number: u128) -> ContractId {
    ContractId::new(Uuid::from_u128(number))
}

fn apply(all: &mut Vec<Coverage>, changes: Vec<CoverageChange>) {
    for change in changes {
        match change {
            CoverageChange::Close { coverage, at } => {
                let stored = all.iter_mut().find(|stored| **stored == coverage).unwrap();
                stored.to = Some(at);
            }
            CoverageChange::Remove(coverage) => all.retain(|stored| *stored != coverage),
            CoverageChange::Open(coverage) => all.push(coverage),
        }
    }
}

#[test]
fn use_before_a_switch_stays_with_the_old_contract() {
    let hour = |n: i64| NOW + Duration::hours(n);
    let mut all = Vec::new();
    apply(&mut all, cover(&[], contract(1), profile(1), hour(0)));
    assert!(cover(&all, contract(1), profile(1), hour(5)).is_empty());
    let switch = cover(&all, contract(2), profile(1), hour(10));
    apply(&mut all, switch);
    let at = |n| covering(&all, profile(1), hour(n));
    assert_eq!((at(-1), at(9), at(10)), (None, Some(contract(1)), Some(contract(2))));
    assert_eq!(covering(&all, profile(2), hour(9)), None);
}

#[test]
fn a_new_version_takes_its_predecessors_profiles() {
    let hour = |n: i64| NOW + Duration::hours(n);
    let mut all = vec![
        Coverage { contract_id: contract(1), profile_id: profile(1), from: hour(0), to: None },
        Coverage { contract_id: contract(1), profile_id: profile(2), from: hour(20), to: None },
        Coverage { contract_id: contract(1), profile_id: profile(3), from: hour(0), to: Some(hour(5)) },
    ];
    let changes = hand_over(&all, contract(1), contract(2), hour(10));
    apply(&mut all, changes);
    assert_eq!(covering(&all, profile(1), hour(9)), Some(contract(1)));
    assert_eq!(covering(&all, profile(1), hour(10)), Some(contract(2)));
    assert_eq!((covering(&all, profile(2), hour(19)), covering(&all, profile(2), hour(20))), (None, Some(contract(2))));
    assert_eq!((covering(&all, profile(3), hour(4)), covering(&all, profile(3), hour(10))), (Some(contract(1)), None));
    assert!(all.iter().filter(|coverage| coverage.contract_id == contract(1)).all(|coverage| coverage.to.is_some()));
}

#[derive(Debug, Clone)]
enum Step {
    Cover(u128, u128),
    Uncover(u128),
    HandOver(u128, u128),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1_u128..4, 1_u128..4).prop_map(|(contract, profile)| Step::Cover(contract, profile)),
        (1_u128..4).prop_map(Step::Uncover),
        (1_u128..4, 4_u128..7).prop_map(|(old, new)| Step::HandOver(old, new)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_two_contracts_ever_cover_a_profile(steps in prop::collection::vec((step(), 0_i64..4), 1..12)) {
        let mut all: Vec<Coverage> = Vec::new();
        let mut at: OffsetDateTime = NOW;
        for (step, later) in steps {
            at += Duration::hours(later);
            let changes = match step {
                Step::Cover(c, p) => cover(&all, contract(c), profile(p), at),
                Step::Uncover(p) => uncover(&all, profile(p), at),
                Step::HandOver(old, new) => hand_over(&all, contract(old), contract(new), at),
            };
            apply(&mut all, changes);
            for (index, one) in all.iter().enumerate() {
                prop_assert!(one.to.is_none_or(|to| to > one.from));
                prop_assert!(all[index + 1..].iter().all(|other| !one.overlaps(other)), "{:?}", all);
            }
        }
    }
}
