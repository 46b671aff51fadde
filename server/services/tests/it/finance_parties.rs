//! Which supplier a provider gets, what a shared plan counts, what every screen says alike, and what is never deleted.

use crate::finance_world::*;
use crate::sign_in_world::World;
use crate::support::{House, id};
use domain::finance::contract::ContractTerms;
use domain::finance::supplier::{Supplier, SupplierDetails};
use domain::people::Caller;
use sea_orm::ConnectionTrait as _;
use services::finance::{ContractSave, ItemQuery};
use services::ports::CoverageOf;
use services::{Ports, ServiceError};
use testkit::issuer::Vendor;
use time::Duration;
use time::macros::{date, datetime};
use vocab::finance::{ConnectionState, SeedStatus, Severity, SupplierStatus, WorkItemType};
use vocab::{AuthMethod, Role, SupplierId};

async fn firm(house: &House, chief: &Caller, name: &str, status: SupplierStatus) -> Supplier {
    house.clock.advance(Duration::MINUTE);
    let details = SupplierDetails { name: name.into(), ..SupplierDetails::default() };
    let made = finance(house).add_supplier(chief, details).await.unwrap();
    if status == SupplierStatus::Active {
        return made;
    }
    finance(house).set_supplier_status(chief, made.id, made.version, status).await.unwrap()
}

async fn supplier_of(house: &House, provider: &str) -> Supplier {
    let own: SupplierId = profile(house, provider).await.payee.supplier_id().unwrap();
    house.ports.finance.supplier(own).await.unwrap().unwrap()
}

async fn reviews(house: &House) -> Vec<Severity> {
    open(house, WorkItemType::SupplierLinkReview).await.into_iter().map(|item| item.severity).collect()
}

#[tokio::test]
async fn a_link_and_the_vendors_key_come_before_any_name_and_nobody_is_made_twice() {
    for house in House::each().await {
        let chief = person(&house, Role::Finance).await;
        // Row 7: nobody matches. Row 2: the vendor's key, whatever the name is by now.
        seeded(&house, "openai", AuthMethod::ApiKey).await;
        let first = supplier_of(&house, "openai").await;
        assert_eq!((first.details.name.as_str(), first.status), ("OpenAI, LLC", SupplierStatus::Active));
        let renamed = SupplierDetails { name: "Something else".into(), ..first.details.clone() };
        finance(&house).edit_supplier(&chief, first.id, first.version, renamed).await.unwrap();
        firm(&house, &chief, "OpenAI", SupplierStatus::Active).await;
        seeded(&house, "codex", AuthMethod::OAuth).await;
        assert_eq!(supplier_of(&house, "codex").await.id, first.id);
        // Row 1: linked by a person.
        let other = firm(&house, &chief, "Reseller", SupplierStatus::Active).await;
        finance(&house).relink(&chief, &id("codex"), profile(&house, "codex").await.version, other.id).await.unwrap();
        seeded(&house, "codex", AuthMethod::OAuth).await;
        assert_eq!(supplier_of(&house, "codex").await.id, other.id);
        assert_eq!((counts(&house).await.0, reviews(&house).await), (3, vec![]));
    }
}

#[tokio::test]
async fn one_name_is_claimed_and_of_several_the_oldest_active_one_is_reviewed() {
    for house in House::each().await {
        let chief = person(&house, Role::Finance).await;
        // Row 3: exactly one, by another spelling.
        let known = firm(&house, &chief, "ANTHROPIC, P.B.C.", SupplierStatus::Active).await;
        seeded(&house, "anthropic", AuthMethod::ApiKey).await;
        let claimed = supplier_of(&house, "anthropic").await;
        assert_eq!((claimed.id, claimed.vendor_key.map(|key| key.to_string()).as_deref()), (known.id, Some("anthropic")));
        assert_eq!(reviews(&house).await, []);
        // Row 4: several.
        firm(&house, &chief, "OpenAI", SupplierStatus::Inactive).await;
        let oldest = firm(&house, &chief, "openai", SupplierStatus::Active).await;
        firm(&house, &chief, "Open-AI LLC", SupplierStatus::Active).await;
        seeded(&house, "openai", AuthMethod::ApiKey).await;
        let chosen = supplier_of(&house, "openai").await;
        assert_eq!((chosen.id, chosen.vendor_key), (oldest.id, None), "a person says which");
        assert_eq!(reviews(&house).await, [Severity::Medium]);
        let confirmed = profile(&house, "openai").await;
        finance(&house).relink(&chief, &id("openai"), confirmed.version, oldest.id).await.unwrap();
        assert_eq!(reviews(&house).await, []);
    }
}

#[tokio::test]
async fn inactive_and_blocked_suppliers_are_used_and_reviewed_but_not_changed() {
    for house in House::each().await {
        let chief = person(&house, Role::Finance).await;
        for (provider, name, status, severity) in [
            ("anthropic", "Anthropic", SupplierStatus::Inactive, Severity::Medium),
            ("openai", "OpenAI", SupplierStatus::Blocked, Severity::High),
        ] {
            let known = firm(&house, &chief, name, status).await;
            seeded(&house, provider, AuthMethod::ApiKey).await;
            let used = supplier_of(&house, provider).await;
            assert_eq!((used.id, used.status), (known.id, status));
            assert!(reviews(&house).await.contains(&severity), "{provider}");
        }
    }
}

#[tokio::test]
async fn a_shared_plan_is_committed_to_once() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        seeded(&house, "chatgpt", AuthMethod::OAuth).await;
        let card = finance(&house).spend_card(&chief, house.environment.now()).await.unwrap();
        let committed: Vec<String> = card.committed.confirmed.sums().map(|sum| sum.to_minor().to_string()).collect();
        assert_eq!((card.suppliers, committed), (1, vec!["500.00 USD".to_owned()]));
        used(
            &house,
            &[
                request("a", "codex", datetime!(2026-11-23 11:00 UTC), 1_000),
                request("b", "chatgpt", datetime!(2026-11-23 12:00 UTC), 20_000),
            ],
        )
        .await;
        until(&house, datetime!(2026-11-24 03:00 UTC));
        finance(&house).evaluate_due(house.environment.now()).await.unwrap();
        assert_eq!(snapshots(&house, plan.id).await[0].evaluation.consumed, 21_000.into(), "and its use is summed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_sign_in_hands_over_both_providers_that_share_it() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        for provider in ["codex", "chatgpt"] {
            assert_eq!(handled(&world.house, provider).await, SeedStatus::Done, "{provider}");
        }
        assert_eq!(counts(&world.house).await, (1, 2, 1, 1));
        let plan = contract(&world.house, "openai:subscription").await;
        let covered = world.house.ports.finance.coverage(&CoverageOf::Either(vec![], vec![plan.id])).await.unwrap();
        assert_eq!(covered.len(), 2, "one contract covers both");
    }
}

#[tokio::test]
async fn every_screen_counts_the_same_items() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        used(&house, &[request("a", "codex", datetime!(2026-11-23 11:00 UTC), 100_000)]).await;
        until(&house, datetime!(2026-11-24 03:00 UTC));
        finance(&house).evaluate_due(house.environment.now()).await.unwrap();
        let listed = finance(&house).work_items(&chief, &ItemQuery::default()).await.unwrap();
        assert!(!listed.is_empty());
        for row in &listed {
            let links = &row.item.links;
            assert!(links.contract_id == Some(plan.id) && links.supplier_id.is_some() && links.profile_id.is_some(), "{links:?}");
        }
        let count = u32::try_from(listed.len()).unwrap();
        let spend = finance(&house).spend(&chief, 30, house.environment.now()).await.unwrap();
        let panel = finance(&house).panel(&chief, &id("codex")).await.unwrap().unwrap().facts.unwrap();
        let supplier = finance(&house).supplier(&chief, plan.supplier_id).await.unwrap();
        let suppliers = finance(&house).suppliers(&chief).await.unwrap();
        let page = finance(&house).contract(&chief, plan.id).await.unwrap();
        let counts = [
            panel.open_items,
            u32::try_from(spend.card.open_items.total()).unwrap(),
            u32::try_from(spend.rows[0].row.open_items.len()).unwrap(),
            u32::try_from(supplier.open_items.len()).unwrap(),
            suppliers[0].open_items,
            u32::try_from(page.open_items.len()).unwrap(),
        ];
        assert_eq!(counts, [count; 6]);
        assert_eq!(panel.worst, listed.iter().map(|row| row.item.severity).max());
    }
}

#[tokio::test]
async fn what_has_a_history_cannot_be_deleted_not_even_by_the_database() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        let refused = finance(&house).delete_supplier(&chief, plan.supplier_id).await;
        assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
        let raw = house.database.raw().await;
        for table in ["supplier", "ai_provider_finance_profile", "supplier_contract"] {
            let deleted = raw.execute_unprepared(&format!("DELETE FROM {table}")).await;
            assert!(deleted.is_err(), "{table}: {deleted:?}");
        }
        // Disconnecting removes the account at the provider, and nothing of Finance.
        house.services.connections.disconnect(&Caller::system(), &id("codex")).await.unwrap();
        handled(&house, "codex").await;
        assert!(house.ports.connections.of_provider(&id("codex")).await.unwrap().is_none());
        let kept = profile(&house, "codex").await;
        assert_eq!((kept.connection, kept.archived.is_some()), (ConnectionState::Disconnected, false));
        assert_eq!(contract(&house, "openai:subscription").await.status(), plan.status());
    }
}

#[tokio::test]
async fn our_own_machine_has_no_supplier_and_an_estimate_of_its_energy_for_who_may_see_amounts() {
    for house in House::each().await {
        seeded(&house, "ollama", AuthMethod::None).await;
        let (chief, olga) = (person(&house, Role::Finance).await, person(&house, Role::Operator).await);
        let amounts = |caller: Caller| {
            let house = &house;
            async move {
                let facts = finance(house).panel(&caller, &id("ollama")).await.unwrap().unwrap().facts.unwrap();
                assert_eq!((facts.supplier, facts.contract), (None, None));
                facts.amounts
            }
        };
        assert_eq!(amounts(chief.clone()).await.unwrap().energy, None, "no data is not zero");
        let ten_hours =
            domain::inference::UsageRecord { latency_ms: 36_000_000, ..request("a", "ollama", datetime!(2026-11-20 11:00 UTC), 1_000) };
        used(&house, &[ten_hours]).await;
        let energy = amounts(chief).await.unwrap().energy.unwrap();
        assert_eq!(energy.to_string(), "0.18 USD", "1.5 kWh at 0.12");
        assert_eq!(amounts(olga).await, None);
    }
}

#[tokio::test]
async fn several_currencies_stay_apart_and_have_one_total_only_with_rates() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        seeded(&house, "anthropic-sub", AuthMethod::OAuth).await;
        let plan = contract(&house, "anthropic:subscription").await;
        let euros = ContractTerms { currency: Some("EUR".parse().unwrap()), ..subscription(&plan, chief.actor.user_id().unwrap()) };
        let save = ContractSave { terms: euros, allowances: vec![tokens()], activate: true };
        finance(&house).save_contract(&chief, plan.id, plan.version, save).await.unwrap();
        let now = house.environment.now();
        let card = finance(&house).spend_card(&chief, now).await.unwrap();
        let sums: Vec<String> = card.committed.confirmed.sums().map(|sum| sum.to_minor().to_string()).collect();
        assert_eq!((sums, card.committed_total), (vec!["500.00 EUR".to_owned(), "500.00 USD".to_owned()], None));
        let ports = Ports { rates: "USD EUR=1.10@2026-11-01".parse().ok(), ..house.ports.clone() };
        let with_rates = House::over_ports(&house, &ports);
        let total = with_rates.finance.spend_card(&chief, now).await.unwrap().committed_total.unwrap();
        assert_eq!((total.total.to_string(), total.rate_date), ("1050.00 USD".to_owned(), Some(date!(2026 - 11 - 01))));
    }
}
