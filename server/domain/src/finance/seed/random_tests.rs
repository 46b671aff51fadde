//! Any order of events: unique keys hold, seeding again writes nothing, what people entered stays.

use super::test_world::{NOW, Store};
use super::*;
use crate::finance::contract::{Stamp, Standing};
use proptest::prelude::*;
use rust_decimal::Decimal;
use time::Duration;
use time::macros::date;
use vocab::AuthMethod;
use vocab::finance::{BillingCadence, ContractStatus, ContractType};

#[derive(Debug, Clone, Copy)]
enum Step {
    Seed(SeedEvent, usize),
    ActivateAll,
    EnterBudget,
    Use,
}

const METHODS: [(&str, AuthMethod); 6] = [
    ("codex", AuthMethod::ApiKey),
    ("codex", AuthMethod::OAuth),
    ("chatgpt", AuthMethod::OAuth),
    ("openai", AuthMethod::ApiKey),
    ("anthropic", AuthMethod::ApiKey),
    ("ollama", AuthMethod::None),
];

fn step() -> impl Strategy<Value = Step> {
    let events = vec![SeedEvent::Connected, SeedEvent::Connected, SeedEvent::Disconnected, SeedEvent::Removed];
    prop_oneof![
        8 => (prop::sample::select(events), 0..METHODS.len()).prop_map(|(event, method)| Step::Seed(event, method)),
        1 => Just(Step::ActivateAll),
        1 => Just(Step::EnterBudget),
        1 => Just(Step::Use),
    ]
}

fn activate_all(store: &mut Store) {
    for contract in store.contracts.iter_mut().filter(|contract| contract.status() == ContractStatus::Draft) {
        contract.terms.contract_type = Some(ContractType::Subscription);
        contract.terms.commitment_amount = Some(Decimal::from(20));
        contract.terms.currency = "USD".parse().ok();
        contract.terms.cadence = Some(BillingCadence::Monthly);
        contract.terms.start_date = Some(date!(2026 - 04 - 01));
        contract.standing = Standing::Active { activated: Stamp { at: NOW, by: None } };
        contract.version += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn seeding_is_idempotent_and_keeps_what_people_entered(steps in prop::collection::vec(step(), 1..14)) {
        let mut store = Store::new();
        for (hour, step) in (0_i64..).zip(steps) {
            let at = NOW + Duration::hours(hour * 2);
            let entered: Vec<_> = store.profiles.iter().map(|profile| (profile.id, profile.settings.monthly_budget)).collect();
            let terms: Vec<_> = store.contracts.iter().map(|contract| (contract.id, contract.terms.clone())).collect();
            match step {
                Step::Seed(event, method) => {
                    let (provider, method) = METHODS[method];
                    store.happens(event, provider, method, at);
                }
                Step::ActivateAll => activate_all(&mut store),
                Step::EnterBudget => {
                    for profile in &mut store.profiles {
                        profile.settings.monthly_budget = Some(Decimal::from(hour));
                    }
                }
                Step::Use => store.used = store.contracts.iter().map(|contract| contract.id).collect(),
            }
            if let Step::Seed(..) = step {
                for (id, budget) in entered {
                    prop_assert_eq!(store.profiles.iter().find(|profile| profile.id == id).unwrap().settings.monthly_budget, budget);
                }
                for (id, before) in terms {
                    prop_assert_eq!(&store.contracts.iter().find(|contract| contract.id == id).unwrap().terms, &before);
                }
            }
            // One supplier a vendor, however often and in whatever order its providers come and go.
            prop_assert!(store.suppliers.len() <= 2);
        }
    }
}
