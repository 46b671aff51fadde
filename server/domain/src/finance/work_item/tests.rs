//! One item for one thing: opened once, updated, escalated, dismissed, closed by itself.

use super::*;
use crate::finance::contract::{Contract, ContractTerms, Stamp};
use crate::finance::evaluation::{Judgement, Signal};
use crate::finance::zone::Zone;
use proptest::prelude::*;
use serde_json::Map;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vocab::finance::{AutoResolution, BillingCadence, ContractField, ContractType, Severity, WorkItemStatus, WorkItemType as Kind};
use vocab::{AllowanceId, ContractId, SupplierId, UserId, WorkItemId};

pub(super) const NOW: OffsetDateTime = datetime!(2026-04-10 09:00 UTC);

pub(super) fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

pub(super) fn draft() -> Contract {
    let terms = ContractTerms {
        contract_type: Some(ContractType::Metered),
        budget_owner: Some(user(1)),
        currency: "USD".parse().ok(),
        cadence: Some(BillingCadence::Monthly),
        start_date: Some(date!(2026 - 04 - 01)),
        ..ContractTerms::unknown(Zone::named("Europe/Berlin").unwrap())
    };
    let account = "openai:subscription".parse().unwrap();
    Contract::draft(ContractId::new(Uuid::from_u128(1)), "AIC-1".into(), SupplierId::new(Uuid::from_u128(2)), account, terms, NOW)
}

pub(super) fn active(change: impl FnOnce(&mut ContractTerms)) -> Contract {
    let around =
        crate::finance::contract::Surroundings { owner_active: true, supplier: vocab::finance::SupplierStatus::Active, prices_known: true };
    let mut contract = draft().activate(0, &[], around, Stamp { at: NOW, by: None }).unwrap();
    change(&mut contract.terms);
    contract
}

pub(super) fn subject(contract: &Contract) -> ContractSubject<'_> {
    ContractSubject { contract, sole_profile: None, about: "OpenAI Codex" }
}

fn underuse(judgement: Judgement, start: time::Date) -> Finding {
    let place = Place { allowance_id: Some(AllowanceId::new(Uuid::from_u128(5))), period_start: Some(start) };
    subject(&draft()).evaluated(Signal { kind: Kind::UnderuseAttention, judgement }, place, (Some("figures".into()), Map::new()))
}

fn april(judgement: Judgement) -> Finding {
    underuse(judgement, date!(2026 - 04 - 01))
}

/// Writes what was decided, as the store would.
fn apply(items: &mut Vec<WorkItem>, changes: Vec<Change>) {
    for change in changes {
        match change {
            Change::Open(new) => {
                let number = items.len() + 1;
                items.push(new.with(WorkItemId::new(Uuid::from_u128(number as u128)), format!("FWI-{number}")));
            }
            Change::Seen(item) | Change::Update(item) => {
                let stored = items.iter_mut().find(|stored| stored.id == item.id).unwrap();
                *stored = item;
            }
        }
    }
}

fn run(items: &mut Vec<WorkItem>, finding: Finding, at: OffsetDateTime) {
    let changes = reconcile(vec![finding], items, at);
    apply(items, changes);
}

#[test]
fn thirty_days_of_the_same_are_one_item() {
    let mut items = Vec::new();
    for day in 0..30 {
        run(&mut items, april(Judgement::Raise(Severity::Medium)), NOW + Duration::days(day));
    }
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].occurrences, items[0].first_seen_at, items[0].last_seen_at), (30, NOW, NOW + Duration::days(29)));
    assert_eq!(items[0].due_at, Some(NOW + Duration::days(14)));
    assert_eq!(items[0].key.as_str(), "underuse_attention:00000000-0000-0000-0000-000000000005:2026-04-01");
    run(&mut items, underuse(Judgement::Raise(Severity::Medium), date!(2026 - 05 - 01)), NOW);
    assert_eq!(items.len(), 2);
}

#[test]
fn a_recurrence_with_nothing_new_is_only_counted() {
    let mut items = Vec::new();
    run(&mut items, april(Judgement::Raise(Severity::High)), NOW);
    let again = reconcile(vec![april(Judgement::Raise(Severity::Medium))], &items, NOW + Duration::HOUR);
    assert!(matches!(again.as_slice(), [Change::Seen(item)] if item.severity == Severity::High));
    let reworded = Finding { description: Some("other figures".into()), ..april(Judgement::Raise(Severity::High)) };
    assert!(matches!(reconcile(vec![reworded], &items, NOW).as_slice(), [Change::Update(_)]));
}

#[test]
fn due_dates_follow_severity_and_only_come_nearer() {
    for (severity, days) in [(Severity::Low, None), (Severity::Medium, Some(14)), (Severity::High, Some(5)), (Severity::Critical, Some(1))]
    {
        let mut items = Vec::new();
        run(&mut items, april(Judgement::Raise(severity)), NOW);
        assert_eq!(items[0].due_at, days.map(|days| NOW + Duration::days(days)));
    }
    let mut items = Vec::new();
    run(&mut items, april(Judgement::Raise(Severity::Medium)), NOW);
    items[0] = items[0].clone().snooze(NOW + Duration::days(60), NOW).unwrap();
    run(&mut items, april(Judgement::Raise(Severity::Critical)), NOW + Duration::days(3));
    assert_eq!((items[0].severity, items[0].due_at, items[0].snoozed_until), (Severity::Critical, Some(NOW + Duration::days(4)), None));
    run(&mut items, april(Judgement::Raise(Severity::Low)), NOW + Duration::days(4));
    assert_eq!((items[0].severity, items[0].due_at), (Severity::Critical, Some(NOW + Duration::days(4))));
}

#[test]
fn items_close_by_themselves_and_hold_between() {
    let mut items = Vec::new();
    run(&mut items, april(Judgement::Clear(AutoResolution::PeriodClosed)), NOW);
    run(&mut items, april(Judgement::Hold), NOW);
    assert!(items.is_empty());
    run(&mut items, april(Judgement::Raise(Severity::Medium)), NOW);
    items[0] = items[0].clone().start(NOW).unwrap();
    run(&mut items, april(Judgement::Hold), NOW);
    assert_eq!(items[0].state, ItemState::InProgress);
    run(&mut items, april(Judgement::Clear(AutoResolution::ProjectionRecovered)), NOW);
    let facts = items[0].state.facts();
    assert_eq!(
        (facts.status, facts.resolution.as_deref(), facts.resolved_by),
        (WorkItemStatus::Done, Some("auto:projection_recovered"), None)
    );
    run(&mut items, april(Judgement::Raise(Severity::Medium)), NOW + Duration::DAY);
    assert_eq!(items.len(), 2, "done does not suppress");
}

#[test]
fn a_dismissal_holds_until_it_gets_worse() {
    let mut items = Vec::new();
    run(&mut items, april(Judgement::Raise(Severity::Medium)), NOW);
    items[0] = items[0].clone().dismiss(user(9), "known", NOW).unwrap();
    run(&mut items, april(Judgement::Raise(Severity::Medium)), NOW + Duration::DAY);
    run(&mut items, april(Judgement::Clear(AutoResolution::PeriodClosed)), NOW + Duration::DAY);
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].state.status(), WorkItemStatus::Dismissed);
    run(&mut items, april(Judgement::Raise(Severity::High)), NOW + Duration::days(2));
    assert_eq!(items.len(), 2);
    run(&mut items, underuse(Judgement::Raise(Severity::Medium), date!(2026 - 05 - 01)), NOW + Duration::days(30));
    assert_eq!(items.len(), 3, "another period is another matter");
}

#[test]
fn what_was_dismissed_by_itself_is_taken_up_again() {
    let mut items = Vec::new();
    let contract = draft();
    let details = PlanDetails { missing: &[ContractField::Currency], open_since: None, is_used: false };
    run(&mut items, subject(&contract).plan_details(details, NOW), NOW);
    let put_aside = settled(&items, contract.id, Ending::NeverUsed, NOW);
    apply(&mut items, put_aside.into_iter().map(Change::Update).collect());
    assert_eq!(items[0].state.facts().resolution.as_deref(), Some("auto:never_used"));
    run(&mut items, subject(&contract).plan_details(details, NOW), NOW + Duration::days(3));
    assert_eq!((items.len(), &items[0].state, items[0].due_at), (1, &ItemState::Open, Some(NOW + Duration::days(17))));
}

#[test]
fn an_ended_contract_leaves_only_what_its_last_invoice_needs() {
    let contract = active(|_| ());
    let mut items = Vec::new();
    for kind in [Kind::UnderuseAttention, Kind::ReconciliationReview, Kind::BillBlocked, Kind::PriceMissing] {
        let signal = Signal { kind, judgement: Judgement::Raise(Severity::Medium) };
        let place = Place { allowance_id: Some(AllowanceId::new(Uuid::from_u128(5))), period_start: Some(date!(2026 - 04 - 01)) };
        run(&mut items, subject(&contract).evaluated(signal, place, (None, Map::new())), NOW);
    }
    let closed = settled(&items, contract.id, Ending::Ended, NOW);
    assert_eq!(closed.iter().map(|item| item.kind).collect::<Vec<_>>(), [Kind::UnderuseAttention, Kind::PriceMissing]);
    assert!(settled(&items, ContractId::new(Uuid::from_u128(99)), Ending::Superseded, NOW).is_empty());
}

#[test]
fn a_new_budget_owner_takes_over_what_nobody_else_was_given() {
    let mut items = Vec::new();
    run(&mut items, april(Judgement::Raise(Severity::Medium)), NOW);
    run(&mut items, underuse(Judgement::Raise(Severity::Medium), date!(2026 - 05 - 01)), NOW);
    items[1] = items[1].clone().assign(Some(user(7)), NOW).unwrap();
    let moved = reassigned(&items, draft().id, Some(user(1)), Some(user(2)), NOW);
    assert_eq!(moved.iter().map(|item| (item.id, item.owner)).collect::<Vec<_>>(), [(items[0].id, Some(user(2)))]);
    assert!(reassigned(&items, draft().id, Some(user(1)), Some(user(1)), NOW).is_empty());
}

#[test]
fn people_work_on_items() {
    let mut items = Vec::new();
    run(&mut items, april(Judgement::Raise(Severity::Medium)), NOW);
    let item = items.remove(0);
    assert!(item.workable_by(user(1), false) && item.workable_by(user(2), true) && !item.workable_by(user(2), false));
    let started = item.clone().start(NOW).unwrap();
    assert_eq!(started.clone().start(NOW).map_err(ItemRefused::code), Err("wrong_status"));
    assert_eq!(started.clone().finish(user(1), " ", NOW).map_err(ItemRefused::code), Err("reason_missing"));
    assert_eq!(started.clone().dismiss(user(1), &"x".repeat(1_001), NOW).map_err(ItemRefused::code), Err("reason_too_long"));
    let done = started.finish(user(1), "bought fewer seats", NOW).unwrap();
    assert_eq!(ItemState::from_facts(done.state.facts()), Some(done.state.clone()));
    for refused in [done.clone().assign(None, NOW), done.clone().set_due(None, NOW), done.clone().dismiss(user(1), "x", NOW)] {
        assert_eq!(refused.map_err(ItemRefused::code), Err("wrong_status"));
    }
    assert_eq!(done.reopen(NOW).unwrap().state, ItemState::Open);
    assert_eq!(item.clone().reopen(NOW).map_err(ItemRefused::code), Err("wrong_status"));
    for bad in [NOW, NOW - Duration::DAY, NOW + Duration::days(91)] {
        assert_eq!(item.clone().snooze(bad, NOW).map_err(ItemRefused::code), Err("bad_snooze"));
    }
    let asleep = item.clone().snooze(NOW + Duration::DAY, NOW).unwrap();
    assert!(asleep.is_snoozed(NOW) && !asleep.is_snoozed(NOW + Duration::days(2)) && asleep.state.is_open());
    assert!(!item.is_overdue(NOW) && item.is_overdue(NOW + Duration::days(15)));
}

#[test]
fn contradicting_facts_are_no_state() {
    let facts =
        ItemStateFacts { status: WorkItemStatus::Done, resolved_at: Some(NOW), resolution: Some("auto:magic".into()), resolved_by: None };
    assert_eq!(ItemState::from_facts(facts.clone()), None);
    assert_eq!(ItemState::from_facts(ItemStateFacts { resolved_at: None, ..facts }), None);
}

fn judgement() -> impl Strategy<Value = Judgement> {
    prop_oneof![
        prop::sample::select(Severity::ALL.to_vec()).prop_map(Judgement::Raise),
        Just(Judgement::Hold),
        Just(Judgement::Clear(AutoResolution::ProjectionRecovered)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_key_never_has_two_open_items(steps in prop::collection::vec((judgement(), 0_u8..6), 1..10)) {
        let mut items: Vec<WorkItem> = Vec::new();
        for (hour, (judgement, person)) in (0_i64..).zip(steps) {
            let at = NOW + Duration::hours(hour);
            run(&mut items, april(judgement), at);
            let open = items.iter().filter(|item| item.state.is_open()).count();
            prop_assert!(open <= 1);
            if let (Judgement::Clear(_), true) = (judgement, open > 0) {
                prop_assert!(false, "cleared, yet open");
            }
            if let Some(item) = items.iter_mut().find(|item| item.state.is_open()) {
                *item = match person {
                    0 => item.clone().dismiss(user(9), "no", at).unwrap(),
                    1 => item.clone().finish(user(9), "yes", at).unwrap(),
                    _ => item.clone(),
                };
            }
        }
    }
}
