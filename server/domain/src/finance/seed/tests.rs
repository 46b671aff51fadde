//! What connecting a provider leaves behind.

use super::test_world::{NOW, Store};
use super::*;
use crate::finance::contract::{Stamp, Standing};
use crate::finance::profile::Payee;
use crate::finance::work_item::ItemState;
use SeedEvent::{Connected, Disconnected};
use rust_decimal::Decimal;
use time::Duration;
use time::macros::date;
use uuid::Uuid;
use vocab::AuthMethod::{ApiKey, DeviceCode, None as Local, OAuth};
use vocab::SupplierId;
use vocab::finance::{
    AutoResolution, BillingCadence, CommercialKind, ConnectionState, ContractStatus, ContractType, ProfileStatus, SupplierStatus,
    WorkItemType as Kind,
};

pub(super) fn later(hours: i64) -> OffsetDateTime {
    NOW + Duration::hours(hours)
}

/// As if Finance had completed and activated it.
pub(super) fn activate(store: &mut Store, account: &str, amount: i64) {
    let contract = store.contract_mut(account);
    contract.terms.commitment_amount = Some(Decimal::from(amount));
    contract.terms.budget_owner = Some(vocab::UserId::new(Uuid::from_u128(7)));
    contract.terms.currency = "USD".parse().ok();
    contract.terms.cadence = Some(BillingCadence::Monthly);
    contract.terms.start_date = Some(date!(2026 - 04 - 01));
    contract.terms.contract_type = Some(ContractType::Subscription);
    contract.standing = Standing::Active { activated: Stamp { at: NOW, by: None } };
    contract.version += 2;
    let id = contract.id;
    let closed = crate::finance::work_item::settled(&store.items, id, crate::finance::work_item::Ending::Ended, NOW);
    for item in closed {
        store.write(vec![Write::UpdateItem(item)]);
    }
}

#[test]
fn a_key_leaves_supplier_profile_draft_and_one_item() {
    let mut store = Store::new();
    store.happens(Connected, "anthropic", ApiKey, NOW);
    assert_eq!(store.counts(), (1, 1, 1, 1));
    let (supplier, profile, contract) = (&store.suppliers[0], &store.profiles[0], &store.contracts[0]);
    assert_eq!((supplier.details.name.as_str(), supplier.details.payment_terms.as_deref()), ("Anthropic, PBC", Some("Net 30")));
    assert_eq!((supplier.status, supplier.details.default_currency), (SupplierStatus::Active, None));
    assert_eq!((profile.payee.kind(), profile.payee.supplier_id()), (CommercialKind::Vendor, Some(supplier.id)));
    assert_eq!((profile.status, profile.connection), (ProfileStatus::NeedsPlanDetails, ConnectionState::Connected));
    assert_eq!(profile.settings.billing_url.as_ref().unwrap().as_str(), "https://console.anthropic.com/settings/billing");
    assert_eq!((profile.settings.plan_currency, profile.settings.monthly_budget), (None, None));
    assert_eq!((contract.account.to_string().as_str(), contract.status()), ("anthropic:api", ContractStatus::Draft));
    assert_eq!((contract.terms.contract_type, contract.suggested_type), (None, Some(ContractType::Metered)));
    assert!(!contract.terms.allows_overage && contract.terms.currency.is_none());
    assert_eq!(store.covering("anthropic", NOW).map(|contract| contract.id), Some(contract.id));
    let item = &store.items[0];
    assert_eq!((item.kind, item.title.as_str()), (Kind::PlanDetailsNeeded, "Complete the plan details of Anthropic, PBC (API)"));
    let expected = ["contract_type", "budget_owner", "currency", "billing_cadence", "start_date"];
    assert_eq!(item.metadata["missing_fields"], serde_json::json!(expected));
    let links = (item.links.profile_id, item.links.contract_id, item.links.supplier_id);
    assert_eq!(links, (Some(profile.id), Some(contract.id), Some(supplier.id)));
}

#[test]
fn every_way_to_connect_leads_to_its_account() {
    for (provider, method, account, suggested) in [
        ("anthropic", ApiKey, "anthropic:api", ContractType::Metered),
        ("anthropic-sub", OAuth, "anthropic:subscription", ContractType::Subscription),
        ("codex", OAuth, "openai:subscription", ContractType::Subscription),
        ("codex", DeviceCode, "openai:subscription", ContractType::Subscription),
        ("codex", ApiKey, "openai:api", ContractType::Metered),
        ("xai", DeviceCode, "xai:subscription", ContractType::Subscription),
        ("azure-openai", ApiKey, "microsoft:cloud", ContractType::Metered),
        ("openrouter", ApiKey, "openrouter:router", ContractType::Metered),
    ] {
        let mut store = Store::new();
        store.happens(Connected, provider, method, NOW);
        let contract = &store.contracts[0];
        assert_eq!((contract.account.to_string().as_str(), contract.suggested_type), (account, Some(suggested)), "{provider} {method}");
    }
}

#[test]
fn a_local_engine_has_a_profile_and_nothing_else() {
    let mut store = Store::new();
    for (count, (provider, method)) in (1..).zip([("ollama", Local), ("local", Local), ("litellm", ApiKey)]) {
        store.happens(Connected, provider, method, NOW);
        assert_eq!(store.counts(), (0, count, 0, 0));
        assert_eq!((&store.profile(provider).payee, store.profile(provider).status), (&Payee::Nobody, ProfileStatus::Active));
    }
    store.happens(Disconnected, "ollama", Local, later(1));
    store.happens(Connected, "ollama", Local, later(2));
    assert_eq!(store.counts(), (0, 3, 0, 0));
}

#[test]
fn one_vendor_is_one_supplier_and_one_plan_is_one_contract() {
    let mut store = Store::new();
    store.happens(Connected, "anthropic", ApiKey, NOW);
    store.happens(Connected, "anthropic-sub", OAuth, later(1));
    assert_eq!(store.counts(), (1, 2, 2, 2));
    store.happens(Connected, "codex", OAuth, later(2));
    store.happens(Connected, "chatgpt", OAuth, later(2));
    assert_eq!(store.counts(), (2, 4, 3, 3));
    assert_eq!(store.covering("codex", later(3)).unwrap().id, store.covering("chatgpt", later(3)).unwrap().id);
    store.happens(Connected, "openai", ApiKey, later(4));
    assert_eq!(store.counts(), (2, 5, 4, 4));
}

#[test]
fn two_keys_at_one_vendor_share_the_metered_contract() {
    let mut store = Store::new();
    store.happens(Connected, "openai", ApiKey, NOW);
    assert_eq!(store.items[0].links.profile_id, Some(store.profile("openai").id));
    store.happens(Connected, "codex", ApiKey, later(1));
    assert_eq!(store.counts(), (1, 2, 1, 1));
    assert_eq!(store.items[0].links.profile_id, None, "the contract is no longer of one profile alone");
}

#[test]
fn what_finance_entered_is_never_changed() {
    let mut store = Store::new();
    store.happens(Connected, "anthropic", ApiKey, NOW);
    let other = SupplierId::new(Uuid::from_u128(99));
    let settings = {
        let profile = store.profile_mut("anthropic");
        profile.settings.plan_currency = "EUR".parse().ok();
        profile.settings.monthly_budget = Some(Decimal::from(300));
        profile.settings.billing_url = "https://billing.example/ours".parse().ok();
        if let Payee::Supplier { id, resold, .. } = &mut profile.payee {
            *id = Some(other);
            *resold = true;
        }
        profile.settings.clone()
    };
    store.suppliers[0].details.name = "Renamed by Finance".into();
    store.contract_mut("anthropic:api").terms.currency = "EUR".parse().ok();
    let before = (store.suppliers.clone(), store.contracts.clone());
    for (hour, event) in [(1, Connected), (2, Disconnected), (3, Connected), (4, Connected)] {
        store.happens(event, "anthropic", ApiKey, later(hour));
    }
    let profile = store.profile("anthropic");
    assert_eq!((&profile.settings, profile.payee.supplier_id(), profile.payee.kind()), (&settings, Some(other), CommercialKind::Reseller));
    assert_eq!(store.suppliers, before.0);
    let terminated = store.contracts.iter().find(|contract| contract.id == before.1[0].id).unwrap();
    assert_eq!(terminated.terms.currency, before.1[0].terms.currency);
}

#[test]
fn only_gaps_are_filled() {
    let mut store = Store::new();
    store.happens(Connected, "anthropic", ApiKey, NOW);
    store.profile_mut("anthropic").settings.usage_url = None;
    let version = store.profile("anthropic").version;
    store.happens(Connected, "anthropic", ApiKey, later(1));
    let profile = store.profile("anthropic");
    assert!(profile.settings.usage_url.is_some());
    assert_eq!(profile.version, version + 1);
}

#[test]
fn an_active_contract_is_not_asked_for_details_again() {
    let mut store = Store::new();
    store.happens(Connected, "codex", OAuth, NOW);
    activate(&mut store, "openai:subscription", 200);
    store.happens(Connected, "codex", OAuth, later(1));
    assert_eq!(store.profile("codex").status, ProfileStatus::Active);
    assert!(store.items.iter().all(|item| !item.state.is_open()));
    store.happens(Connected, "chatgpt", OAuth, later(2));
    assert_eq!((store.contracts.len(), store.profile("chatgpt").status), (1, ProfileStatus::Active));
}

#[test]
fn an_existing_supplier_is_recognised_or_reviewed() {
    let mut store = Store::new();
    store.happens(Connected, "anthropic", ApiKey, NOW);
    let mut known = store.suppliers[0].clone();
    known.vendor_key = None;
    known.details.name = "anthropic".into();
    for (status, reviews) in [(SupplierStatus::Active, 0), (SupplierStatus::Inactive, 1), (SupplierStatus::Blocked, 1)] {
        let mut store = Store::new();
        store.suppliers.push(Supplier { status, ..known.clone() });
        store.happens(Connected, "anthropic", ApiKey, NOW);
        assert_eq!((store.suppliers.len(), store.open(Kind::SupplierLinkReview).len()), (1, reviews), "{status}");
        assert_eq!(store.suppliers[0].vendor_key, Some("anthropic".parse().unwrap()));
        assert_eq!((store.suppliers[0].status, store.profile("anthropic").payee.supplier_id()), (status, Some(known.id)));
    }
}

#[test]
fn without_a_known_link_somebody_is_asked_for_it() {
    let catalogue = crate::provider::Catalogue::built_in().unwrap();
    let openai = catalogue.get(&"openai".parse().unwrap()).unwrap();
    let links = Links { docs: openai.links.docs.clone(), ..Links::default() };
    let commercial = Commercial::of(&openai.method(ApiKey).unwrap().finance).unwrap();
    let seeded = SeededProvider { id: &openai.id, name: &openai.name, commercial, links: &links };
    let zone = Zone::utc();
    let nothing = World {
        profiles: &[],
        suppliers: &[],
        contracts: &[],
        allowances: &[],
        coverage: &[],
        used: &[],
        items: &[],
        owner_active: true,
        prices_known: true,
        time_zone: &zone,
    };
    let mut store = Store::new();
    store.write(plan(Connected, &seeded, &nothing, NOW, &super::test_world::Counting::default()));
    assert_eq!(store.open(Kind::BillingUrlMissing).len(), 1);
    assert_eq!(store.profiles[0].settings.usage_url, None, "documentation is no usage page");
    store.happens(Connected, "openai", ApiKey, later(1));
    let item = store.items.iter().find(|item| item.kind == Kind::BillingUrlMissing).unwrap();
    let how = crate::finance::work_item::Resolution::Auto(AutoResolution::LinkSet);
    assert_eq!(item.state, ItemState::Done { at: later(1), how });
}
