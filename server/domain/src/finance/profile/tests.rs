//! The derived status, rule by rule, and edits people get wrong.

use super::*;
use crate::finance::contract::{Contract, ContractTerms, Stamp, Standing};
use crate::finance::evaluation::{Judgement, Signal};
use crate::finance::work_item::{Change, ContractSubject, Place, WorkItem, reconcile};
use crate::finance::zone::Zone;
use serde_json::Map;
use time::macros::datetime;
use uuid::Uuid;
use vocab::finance::{Severity, WorkItemType};
use vocab::{ContractId, UserId, WorkItemId};

const NOW: OffsetDateTime = datetime!(2026-04-10 09:00 UTC);

fn profile() -> FinanceProfile {
    let account = "openai:api".parse().unwrap();
    FinanceProfile {
        id: FinanceProfileId::new(Uuid::from_u128(1)),
        provider_id: "openai".parse().unwrap(),
        payee: Payee::Supplier { resold: false, account, id: Some(SupplierId::new(Uuid::from_u128(2))) },
        status: ProfileStatus::Draft,
        connection: ConnectionState::Connected,
        settings: ProfileSettings::default(),
        last_evaluated_at: None,
        last_snapshot_at: None,
        seeded_at: NOW,
        archived: None,
        updated_at: NOW,
        version: 3,
    }
}

fn contract(standing: Standing) -> Contract {
    let (id, supplier) = (ContractId::new(Uuid::from_u128(3)), SupplierId::new(Uuid::from_u128(2)));
    let draft = Contract::draft(id, "AIC-1".into(), supplier, "openai:api".parse().unwrap(), ContractTerms::unknown(Zone::utc()), NOW);
    Contract { standing, ..draft }
}

fn active() -> Contract {
    contract(Standing::Active { activated: Stamp { at: NOW, by: None } })
}

fn suspended() -> Contract {
    let stamp = Stamp { at: NOW, by: None };
    contract(Standing::Suspended { activated: stamp, suspended: stamp, reason: "x".into() })
}

fn item(kind: WorkItemType, severity: Severity) -> WorkItem {
    let contract = active();
    let subject = ContractSubject { contract: &contract, sole_profile: None, about: "OpenAI" };
    let finding = subject.evaluated(Signal { kind, judgement: Judgement::Raise(severity) }, Place::default(), (None, Map::new()));
    let Some(Change::Open(new)) = reconcile(vec![finding], &[], NOW).pop() else { panic!() };
    new.with(WorkItemId::new(Uuid::from_u128(4)), "FWI-1".into())
}

fn done(item: WorkItem) -> WorkItem {
    item.finish(UserId::new(Uuid::from_u128(9)), "done", NOW).unwrap()
}

#[test]
fn the_first_rule_that_holds_decides() {
    use ProfileStatus::{Active, Archived as PutAway, AttentionNeeded, Draft, NeedsPlanDetails};
    let details = || item(WorkItemType::PlanDetailsNeeded, Severity::Medium);
    let urgent = || item(WorkItemType::OverageRisk, Severity::High);
    let mild = || item(WorkItemType::LowRemaining, Severity::Medium);
    let archived = FinanceProfile { archived: Some(Archived { at: NOW, why: ArchiveReason::ByFinance }), ..profile() };
    let local = FinanceProfile { payee: Payee::Nobody, ..profile() };
    let put_away_local = FinanceProfile { payee: Payee::Nobody, ..archived.clone() };
    let rows: Vec<(FinanceProfile, Option<Contract>, Vec<WorkItem>, ProfileStatus)> = vec![
        (archived, Some(active()), vec![urgent()], PutAway),
        (put_away_local, None, vec![], PutAway),
        (local, None, vec![urgent()], Active),
        (profile(), Some(contract(Standing::Draft)), vec![details()], NeedsPlanDetails),
        (profile(), Some(contract(Standing::Draft)), vec![done(details())], Draft),
        (profile(), Some(contract(Standing::Draft)), vec![urgent()], Draft),
        (profile(), Some(suspended()), vec![urgent()], Draft),
        (profile(), None, vec![], Draft),
        (profile(), Some(active()), vec![urgent()], AttentionNeeded),
        (profile(), Some(active()), vec![item(WorkItemType::CriticalLowRemaining, Severity::Critical)], AttentionNeeded),
        (profile(), Some(active()), vec![urgent().start(NOW).unwrap()], AttentionNeeded),
        (profile(), Some(active()), vec![done(urgent()), mild()], Active),
        (profile(), Some(active()), vec![details()], Active),
    ];
    for (profile, contract, items, expected) in rows {
        assert_eq!(profile_status(&profile, contract.as_ref().as_slice(), &items), expected, "{contract:?} {items:?}");
    }
}

#[test]
fn items_of_others_do_not_count() {
    let mut other = item(WorkItemType::OverageRisk, Severity::High);
    other.links.contract_id = Some(ContractId::new(Uuid::from_u128(50)));
    assert_eq!(profile_status(&profile(), &[&active()], &[other]), ProfileStatus::Active);
}

#[test]
fn settings_are_checked() {
    let wrong = |settings: ProfileSettings| {
        let problems = settings.problems();
        problems.iter().map(|problem| format!("{}:{}", problem.field, problem.problem.code())).collect::<Vec<_>>().join(" ")
    };
    let budget = |amount: &str, code: &str| ProfileSettings {
        monthly_budget: amount.parse().ok(),
        plan_currency: code.parse().ok(),
        ..ProfileSettings::default()
    };
    assert_eq!(wrong(budget("300.00", "EUR")), "");
    assert_eq!(budget("300.00", "EUR").budget().unwrap().to_string(), "300.00 EUR");
    assert_eq!(budget("300.00", "?").budget(), None);
    assert_eq!(wrong(budget("-1", "EUR")), "budget_amount:negative");
    assert_eq!(wrong(budget("1.5", "JPY")), "budget_amount:amount_too_precise");
    let link = ProfileSettings { usage_url: "http://x.example".parse().ok(), ..ProfileSettings::default() };
    assert_eq!(wrong(link.clone()), "usage_url:unsafe_link");
    assert_eq!(profile().edit(3, link, NOW).map_err(|refused| refused.code()), Err("fields"));
    assert_eq!(profile().edit(2, budget("1", "EUR"), NOW).map_err(|refused| refused.code()), Err("stale_version"));
    assert_eq!(profile().edit(3, budget("1", "EUR"), NOW).unwrap().version, 4);
}

#[test]
fn the_vendor_is_waited_for_where_somebody_chose_that() {
    let waits = |reconciliation, version| {
        let settings = ProfileSettings { reconciliation, ..ProfileSettings::default() };
        FinanceProfile { settings, version, ..profile() }.awaits_vendor()
    };
    assert!(!waits(ProfileSettings::default().reconciliation, 0), "as the hand-off wrote it");
    assert!(waits(UsageSource::ProviderPortal, 1) && waits(UsageSource::ProviderApi, 0));
    assert!(!waits(UsageSource::InternalObserved, 1) && !waits(UsageSource::Manual, 1));
}

#[test]
fn people_relink_and_archive() {
    let other = SupplierId::new(Uuid::from_u128(8));
    assert_eq!(profile().relink(3, other, NOW).unwrap().payee.supplier_id(), Some(other));
    let local = FinanceProfile { payee: Payee::Nobody, ..profile() };
    assert_eq!(local.relink(3, other, NOW).map_err(|refused| refused.code()), Err("self_hosted"));
    assert_eq!(profile().archive(3, NOW).unwrap().status, ProfileStatus::Archived);
    for reason in [ArchiveReason::ByFinance, ArchiveReason::ProviderRemoved, ArchiveReason::NeverUsed] {
        assert_eq!(ArchiveReason::parse(reason.as_str()), Some(reason));
    }
}

#[test]
fn payees_survive_storage() {
    for payee in [Payee::Nobody, profile().payee] {
        assert_eq!(Payee::from_parts(payee.kind(), payee.account().cloned(), payee.supplier_id()), Some(payee));
    }
    assert_eq!(Payee::from_parts(CommercialKind::Reseller, None, None), None);
}
