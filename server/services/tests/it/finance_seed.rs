//! What connecting a provider leaves at Finance, on every way in and out.

use crate::finance_world::*;
use crate::support::{House, id};
use domain::finance::contract::ContractTerms;
use domain::finance::profile::{Payee, ProfileSettings};
use domain::people::Caller;
use rust_decimal::Decimal;
use services::connections::KeyForm;
use services::finance::HandOffProgress;
use services::ports::{ContractsOf, CoverageOf};
use time::Duration;
use vocab::finance::{ConnectionState, ContractStatus, ContractType, ProfileStatus, SeedStatus, Severity, WorkItemStatus, WorkItemType};
use vocab::{AuthMethod, Role};

async fn paste_a_key(house: &House, version: i64) {
    let form = KeyForm::new("sk-good-key-000011112222", None, version);
    house.services.connections.connect_with_key(&Caller::system(), &id("openai"), form).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pasted_key_is_handed_over_at_once_and_each_role_sees_its_part() {
    for house in House::each().await {
        let roles = [Role::Owner, Role::Finance, Role::Operator, Role::Viewer];
        let mut people = Vec::new();
        for role in roles {
            people.push(person(&house, role).await);
        }
        let before = finance(&house).panel(&people[1], &id("openai")).await.unwrap().unwrap();
        assert_eq!((before.hand_off, before.may_hand_off, before.facts), (HandOffProgress::None, false, None));
        paste_a_key(&house, 0).await;
        assert_eq!(handled(&house, "openai").await, SeedStatus::Done);
        assert_eq!(counts(&house).await, (1, 1, 1, 1));
        let plan = contract(&house, "openai:api").await;
        assert_eq!(
            (plan.status(), plan.suggested_type, plan.terms.contract_type),
            (ContractStatus::Draft, Some(ContractType::Metered), None)
        );
        assert_eq!(profile(&house, "openai").await.status, ProfileStatus::NeedsPlanDetails);
        assert_eq!(open(&house, WorkItemType::PlanDetailsNeeded).await.len(), 1);
        for (caller, role) in people.iter().zip(roles) {
            let panel = finance(&house).panel(caller, &id("openai")).await.unwrap();
            let Some(panel) = panel else {
                assert_eq!(role, Role::Viewer);
                continue;
            };
            let facts = panel.facts.unwrap();
            assert_eq!(facts.amounts.is_some(), role != Role::Operator, "{role}");
            assert_eq!((panel.hand_off, facts.open_items, facts.supplier.unwrap().1.as_str()), (HandOffProgress::Done, 1, "OpenAI, LLC"));
            assert_eq!(facts.contract.unwrap().status_label, "Draft");
        }
    }
}

/// A transaction that keeps everybody from Finance's tables, or the same by other means where tables cannot be locked.
async fn while_finance_is_away(house: &House, work: impl Future<Output = ()>) {
    if house.database.file().is_none() {
        let tables = "LOCK TABLE finance_revision, supplier, ai_provider_finance_profile, supplier_contract, contract_coverage, \
                      finance_work_item IN ACCESS EXCLUSIVE MODE";
        let lock = house.database.obstacle(tables).await;
        work.await;
        lock.go().await;
    } else {
        house.database.execute("ALTER TABLE supplier RENAME TO supplier_away").await;
        work.await;
        house.database.execute("ALTER TABLE supplier_away RENAME TO supplier").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn setup_succeeds_while_finance_is_locked_and_is_handed_over_later() {
    for house in House::each().await {
        while_finance_is_away(&house, async {
            let in_time = std::time::Duration::from_millis(1_900);
            tokio::time::timeout(in_time, paste_a_key(&house, 0)).await.expect("connecting waits for nobody");
            handled(&house, "openai").await;
        })
        .await;
        let newest = house.ports.hand_offs.newest(&id("openai")).await.unwrap().unwrap();
        assert_eq!((newest.status, newest.attempts), (SeedStatus::Pending, 1));
        let owner = person(&house, Role::Owner).await;
        let panel = finance(&house).panel(&owner, &id("openai")).await.unwrap().unwrap();
        assert_eq!((panel.hand_off, panel.facts), (HandOffProgress::Pending, None));
        assert_eq!(finance(&house).seeding.handle_due().await.unwrap(), 0, "not before its time");
        make_due(&house).await;
        assert_eq!(finance(&house).seeding.handle_due().await.unwrap(), 1);
        assert_eq!(counts(&house).await, (1, 1, 1, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_failures_are_said_and_a_person_can_try_again() {
    for house in House::each().await {
        connect(&house, "openai", AuthMethod::ApiKey).await;
        // A row that nobody can read stands in the way.
        house
            .database
            .execute(
                "INSERT INTO supplier (id, number, name, aliases, status, created_at, updated_at, version) VALUES \
            ('00000000-0000-0000-0000-0000000000aa', 'SUP-X', 'X', 'no list', 'active', 0, 0, 0)",
            )
            .await;
        for _ in 0..5 {
            make_due(&house).await;
            assert_eq!(finance(&house).seeding.handle_due().await.unwrap(), 0);
        }
        let newest = house.ports.hand_offs.newest(&id("openai")).await.unwrap().unwrap();
        assert_eq!((newest.status, newest.attempts), (SeedStatus::Failed, 5));
        let chief = person(&house, Role::Finance).await;
        let panel = finance(&house).panel(&chief, &id("openai")).await.unwrap().unwrap();
        assert_eq!((panel.hand_off, panel.may_hand_off), (HandOffProgress::Failed, true));
        house.database.execute("DELETE FROM supplier").await;
        finance(&house).seeding.hand_off(&chief, &id("openai")).await.unwrap();
        assert_eq!(counts(&house).await, (1, 1, 1, 1));
        let operator = person(&house, Role::Operator).await;
        assert!(is_forbidden(&finance(&house).seeding.hand_off(&operator, &id("openai")).await));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_seeds_at_once_leave_one_of_each() {
    for house in House::each().await {
        connect(&house, "openai", AuthMethod::ApiKey).await;
        let chief = person(&house, Role::Finance).await;
        let beside = House::beside(&house, domain::provider::Catalogue::built_in().unwrap());
        let provider = id("openai");
        let seeds = (0..10).map(|n| {
            let by = if n % 2 == 0 { finance(&house) } else { &beside.finance };
            by.seeding.hand_off(&chief, &provider)
        });
        for result in futures::future::join_all(seeds).await {
            result.unwrap();
        }
        hand_over(&house).await;
        assert_eq!(counts(&house).await, (1, 1, 1, 1));
        assert_eq!(house.ports.finance.coverage(&CoverageOf::All).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_finance_entered_stays() {
    for house in House::each().await {
        seeded(&house, "openai", AuthMethod::ApiKey).await;
        let chief = person(&house, Role::Finance).await;
        let (plan, known) = (contract(&house, "openai:api").await, profile(&house, "openai").await);
        let terms = ContractTerms { currency: Some("EUR".parse().unwrap()), budget_amount: Some(Decimal::TEN), ..plan.terms.clone() };
        finance(&house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
        let settings = ProfileSettings { billing_url: Some("https://example.com/ours".parse().unwrap()), ..known.settings.clone() };
        let known = finance(&house).edit_profile(&chief, &id("openai"), known.version, settings).await.unwrap();
        let details = domain::finance::supplier::SupplierDetails { name: "Reseller GmbH".into(), ..Default::default() };
        let other = finance(&house).add_supplier(&chief, details).await.unwrap();
        finance(&house).relink(&chief, &id("openai"), known.version, other.id).await.unwrap();
        let before = (contract(&house, "openai:api").await, profile(&house, "openai").await, counts(&house).await);
        seeded(&house, "openai", AuthMethod::ApiKey).await;
        finance(&house).seeding.hand_off(&chief, &id("openai")).await.unwrap();
        assert_eq!((contract(&house, "openai:api").await, profile(&house, "openai").await, counts(&house).await), before);
    }
}

#[tokio::test]
async fn two_channels_are_one_supplier_and_a_shared_plan_is_one_contract() {
    for house in House::each().await {
        seeded(&house, "anthropic", AuthMethod::ApiKey).await;
        seeded(&house, "anthropic-sub", AuthMethod::OAuth).await;
        assert_eq!(counts(&house).await, (1, 2, 2, 2));
        seeded(&house, "codex", AuthMethod::OAuth).await;
        seeded(&house, "chatgpt", AuthMethod::OAuth).await;
        assert_eq!(counts(&house).await, (2, 4, 3, 3));
        let covering =
            house.ports.finance.coverage(&CoverageOf::Either(vec![], vec![contract(&house, "openai:subscription").await.id])).await;
        assert_eq!(covering.unwrap().len(), 2);
        let owner = person(&house, Role::Owner).await;
        let panel = finance(&house).panel(&owner, &id("codex")).await.unwrap().unwrap();
        assert_eq!(panel.facts.unwrap().shared_with.len(), 1);
    }
}

#[tokio::test]
async fn a_device_code_and_a_local_engine() {
    for house in House::each().await {
        seeded(&house, "xai", AuthMethod::DeviceCode).await;
        assert_eq!(contract(&house, "xai:subscription").await.suggested_type, Some(ContractType::Subscription));
        seeded(&house, "ollama", AuthMethod::None).await;
        let local = profile(&house, "ollama").await;
        assert_eq!((local.payee, local.status), (Payee::Nobody, ProfileStatus::Active));
        assert_eq!(counts(&house).await, (1, 2, 1, 1));
    }
}

#[tokio::test]
async fn a_switch_of_the_method_moves_the_coverage() {
    for house in House::each().await {
        seeded(&house, "codex", AuthMethod::ApiKey).await;
        let old = contract(&house, "openai:api").await;
        house.clock.advance(Duration::hours(1));
        seeded(&house, "codex", AuthMethod::OAuth).await;
        let new = contract(&house, "openai:subscription").await;
        let own = profile(&house, "codex").await;
        let coverage = house.ports.finance.coverage(&CoverageOf::Either(vec![own.id], vec![])).await.unwrap();
        let at = |at| domain::finance::contract::covering(&coverage, own.id, at);
        let now = house.environment.now();
        assert_eq!((at(now - Duration::minutes(1)), at(now)), (Some(old.id), Some(new.id)), "use before the switch stays where it was");
        assert_eq!(counts(&house).await.0, 1);
    }
}

#[tokio::test]
async fn switching_away_from_a_paid_plan_is_pointed_out_until_it_comes_back() {
    for house in House::each().await {
        let (plan, _) = active_plan(&house).await;
        house.clock.advance(Duration::hours(1));
        seeded(&house, "codex", AuthMethod::ApiKey).await;
        let owed = open(&house, WorkItemType::CommitmentWithoutProvider).await;
        assert_eq!(owed.iter().map(|item| (item.severity, item.links.contract_id)).collect::<Vec<_>>(), [(Severity::High, Some(plan.id))]);
        assert_eq!(open(&house, WorkItemType::PlanDetailsNeeded).await.len(), 1, "of the account it is on now");
        house.clock.advance(Duration::hours(1));
        seeded(&house, "codex", AuthMethod::OAuth).await;
        assert_eq!(open(&house, WorkItemType::CommitmentWithoutProvider).await.len(), 0);
        assert_eq!(contract(&house, "openai:subscription").await.id, plan.id);
    }
}

#[tokio::test]
async fn disconnected_unused_and_connected_again() {
    for house in House::each().await {
        seeded(&house, "openai", AuthMethod::ApiKey).await;
        let first = contract(&house, "openai:api").await;
        house.clock.advance(Duration::hours(1));
        let caller = Caller::system();
        house.services.connections.disconnect(&caller, &id("openai")).await.unwrap();
        assert_eq!(handled(&house, "openai").await, SeedStatus::Done);
        let gone = profile(&house, "openai").await;
        assert_eq!((gone.connection, gone.status), (ConnectionState::Disconnected, ProfileStatus::Archived));
        let ended = house.ports.finance.contracts(&ContractsOf::Ids(vec![first.id])).await.unwrap().pop().unwrap();
        assert_eq!(ended.status(), ContractStatus::Terminated);
        assert_eq!(items(&house, WorkItemType::PlanDetailsNeeded).await[0].state.status(), WorkItemStatus::Dismissed);
        house.clock.advance(Duration::hours(1));
        seeded(&house, "openai", AuthMethod::ApiKey).await;
        assert_eq!(counts(&house).await, (1, 1, 2, 1), "no new supplier, a new draft, the same item");
        let item = items(&house, WorkItemType::PlanDetailsNeeded).await.remove(0);
        assert_eq!((item.state.status(), item.links.contract_id), (WorkItemStatus::Open, Some(contract(&house, "openai:api").await.id)));
        assert_eq!(profile(&house, "openai").await.status, ProfileStatus::NeedsPlanDetails);
    }
}

#[tokio::test]
async fn switched_off_money_is_still_owed_and_switched_on_it_is_well() {
    for house in House::each().await {
        seeded(&house, "openai", AuthMethod::ApiKey).await;
        let chief = person(&house, Role::Finance).await;
        let plan = contract(&house, "openai:api").await;
        let edited = finance(&house).edit_contract(&chief, plan.id, 0, subscription(&plan, chief.actor.user_id().unwrap())).await.unwrap();
        let edited = finance(&house).edit_allowances(&chief, plan.id, edited.version, vec![tokens()]).await.unwrap();
        finance(&house).activate_contract(&chief, plan.id, edited.version).await.unwrap();
        let system = Caller::system();
        house.services.connections.set_enabled(&system, &id("openai"), false).await.unwrap();
        assert_eq!(handled(&house, "openai").await, SeedStatus::Done);
        assert_eq!(profile(&house, "openai").await.connection, ConnectionState::Disconnected);
        assert_eq!(profile(&house, "openai").await.status, ProfileStatus::AttentionNeeded);
        assert_eq!(open(&house, WorkItemType::CommitmentWithoutProvider).await.len(), 1);
        house.services.connections.set_enabled(&system, &id("openai"), true).await.unwrap();
        assert_eq!(handled(&house, "openai").await, SeedStatus::Done);
        assert_eq!(open(&house, WorkItemType::CommitmentWithoutProvider).await.len(), 0);
        assert_eq!(profile(&house, "openai").await.status, ProfileStatus::Active);
        assert_eq!(contract(&house, "openai:api").await.status(), ContractStatus::Active);
    }
}
