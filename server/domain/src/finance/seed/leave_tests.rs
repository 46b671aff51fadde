//! What switching, disconnecting, removing and coming back leave behind.

use super::SeedEvent::{Connected, Disconnected, Removed};
use super::test_world::{NOW, Store};
use super::tests::{activate, later};
use crate::finance::contract::Standing;
use crate::finance::profile::ArchiveReason;
use crate::finance::work_item::ItemState;
use vocab::AuthMethod::{ApiKey, OAuth};
use vocab::finance::{ConnectionState, ContractStatus, ProfileStatus, WorkItemStatus, WorkItemType as Kind};

#[test]
fn switching_the_method_moves_the_provider_and_keeps_the_past() {
    let mut store = Store::new();
    store.happens(Connected, "codex", ApiKey, NOW);
    store.used.push(store.contracts[0].id);
    store.happens(Connected, "codex", OAuth, later(10));
    assert_eq!(store.covering("codex", later(9)).unwrap().account.to_string(), "openai:api");
    assert_eq!(store.covering("codex", later(10)).unwrap().account.to_string(), "openai:subscription");
    assert_eq!(store.contracts.iter().filter(|contract| contract.status() == ContractStatus::Draft).count(), 2);
    assert_eq!(store.open(Kind::PlanDetailsNeeded).len(), 2);
    assert!(store.open(Kind::CommitmentWithoutProvider).is_empty(), "a draft bills nothing");
}

#[test]
fn switching_away_from_a_paid_plan_is_pointed_out() {
    let mut store = Store::new();
    store.happens(Connected, "codex", OAuth, NOW);
    activate(&mut store, "openai:subscription", 200);
    store.happens(Connected, "codex", ApiKey, later(10));
    assert_eq!(store.open(Kind::CommitmentWithoutProvider).len(), 1);
    store.happens(Connected, "codex", OAuth, later(20));
    assert!(store.open(Kind::CommitmentWithoutProvider).is_empty());
    let metered = store.contracts.iter().find(|contract| contract.account.to_string() == "openai:api").unwrap();
    assert_eq!(metered.status(), ContractStatus::Terminated, "an unused draft that nobody touched does not stay behind");
}

#[test]
fn disconnecting_a_paid_plan_keeps_the_contract_and_asks() {
    let mut store = Store::new();
    store.happens(Connected, "codex", OAuth, NOW);
    store.happens(Connected, "chatgpt", OAuth, NOW);
    activate(&mut store, "openai:subscription", 200);
    store.happens(Disconnected, "codex", OAuth, later(1));
    assert!(store.open(Kind::CommitmentWithoutProvider).is_empty(), "the other provider still uses the plan");
    store.happens(Disconnected, "chatgpt", OAuth, later(2));
    let item = store.open(Kind::CommitmentWithoutProvider)[0].clone();
    assert_eq!(item.due_at, Some(time::macros::datetime!(2026-05-01 00:00 UTC)));
    assert_eq!(store.contracts[0].status(), ContractStatus::Active);
    assert_eq!(store.profile("codex").connection, ConnectionState::Disconnected);
    assert_eq!(store.profile("codex").status, ProfileStatus::AttentionNeeded, "shown on both profiles");
    assert_eq!(store.covering("codex", later(5)).unwrap().id, store.contracts[0].id, "what is owed is still evaluated");
    store.happens(Connected, "chatgpt", OAuth, later(6));
    let closed = store.items.iter().find(|stored| stored.id == item.id).unwrap();
    assert_eq!(closed.state.facts().resolution.as_deref(), Some("auto:reconnected"));
    assert_eq!(store.profile("chatgpt").status, ProfileStatus::Active);
}

#[test]
fn a_draft_that_was_never_used_goes_and_comes_back() {
    let mut store = Store::new();
    store.happens(Connected, "anthropic", ApiKey, NOW);
    store.happens(Disconnected, "anthropic", ApiKey, later(1));
    assert_eq!(store.contracts[0].status(), ContractStatus::Terminated);
    let Standing::Terminated { reason, activated: None, .. } = &store.contracts[0].standing else { panic!() };
    assert_eq!(reason, "never used");
    assert_eq!(store.items[0].state.status(), WorkItemStatus::Dismissed);
    let profile = store.profile("anthropic");
    assert_eq!((profile.status, profile.archived.unwrap().why), (ProfileStatus::Archived, ArchiveReason::NeverUsed));
    store.happens(Connected, "anthropic", ApiKey, later(2));
    assert_eq!(store.counts(), (1, 1, 2, 1), "a new draft, but no second supplier, profile or item");
    let item = &store.items[0];
    assert_eq!((&item.state, item.links.contract_id), (&ItemState::Open, Some(store.contracts[1].id)));
    assert_eq!(store.profile("anthropic").status, ProfileStatus::NeedsPlanDetails);
    assert!(store.covering("anthropic", later(1)).is_none() && store.covering("anthropic", later(2)).is_some());
}

#[test]
fn a_draft_somebody_touched_or_used_stays() {
    for touched in [true, false] {
        let mut store = Store::new();
        store.happens(Connected, "anthropic", ApiKey, NOW);
        if touched {
            store.contracts[0].version = 1;
        } else {
            store.used.push(store.contracts[0].id);
        }
        store.happens(Disconnected, "anthropic", ApiKey, later(1));
        assert_eq!((store.contracts[0].status(), store.profile("anthropic").archived), (ContractStatus::Draft, None));
        store.happens(Connected, "anthropic", ApiKey, later(2));
        assert_eq!(store.counts(), (1, 1, 1, 1));
    }
}

#[test]
fn a_shared_draft_goes_only_with_the_last_provider() {
    let mut store = Store::new();
    store.happens(Connected, "codex", OAuth, NOW);
    store.happens(Connected, "chatgpt", OAuth, NOW);
    store.happens(Disconnected, "codex", OAuth, later(1));
    assert_eq!(store.contracts[0].status(), ContractStatus::Draft);
    store.happens(Disconnected, "chatgpt", OAuth, later(2));
    assert_eq!(store.contracts[0].status(), ContractStatus::Terminated);
    for provider in ["codex", "chatgpt"] {
        assert_eq!(store.profile(provider).status, ProfileStatus::Archived, "{provider}");
    }
}

#[test]
fn a_removed_provider_is_archived_with_its_history() {
    let mut store = Store::new();
    store.happens(Connected, "codex", OAuth, NOW);
    activate(&mut store, "openai:subscription", 200);
    store.happens(Removed, "codex", OAuth, later(1));
    let profile = store.profile("codex");
    assert_eq!((profile.status, profile.archived.unwrap().why), (ProfileStatus::Archived, ArchiveReason::ProviderRemoved));
    assert_eq!((store.contracts.len(), store.open(Kind::CommitmentWithoutProvider).len()), (1, 1));
    store.happens(Connected, "codex", OAuth, later(2));
    assert_eq!(store.profile("codex").status, ProfileStatus::Active);
}

#[test]
fn finance_archives_and_only_connecting_anew_brings_back() {
    let mut store = Store::new();
    store.happens(Connected, "anthropic", ApiKey, NOW);
    let archived = store.profile("anthropic").clone().archive(0, later(1)).unwrap();
    *store.profile_mut("anthropic") = archived;
    assert!(store.happens(Connected, "anthropic", ApiKey, later(2)).is_empty());
    store.used.push(store.contracts[0].id);
    store.happens(Disconnected, "anthropic", ApiKey, later(3));
    store.happens(Connected, "anthropic", ApiKey, later(4));
    assert_eq!(store.profile("anthropic").status, ProfileStatus::NeedsPlanDetails);
}

#[test]
fn a_provider_that_was_never_handed_over_leaves_nothing_when_it_goes() {
    let mut store = Store::new();
    assert!(store.happens(Disconnected, "openai", ApiKey, NOW).is_empty());
    assert!(store.happens(Removed, "openai", ApiKey, NOW).is_empty());
}
