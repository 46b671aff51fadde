//! The editor's save, prices for a provider, and what people change of a provider: all of it or nothing.

use crate::finance_world::*;
use crate::support::{House, id};
use domain::finance::UnitPrice;
use domain::finance::contract::ContractTerms;
use domain::finance::price::PriceOrigin;
use domain::finance::profile::ProfileSettings;
use services::ServiceError;
use services::finance::{AllowanceEdit, ContractSave, PriceEdit};
use time::macros::{date, datetime};
use vocab::finance::{ContractStatus, Meter, WorkItemType};
use vocab::{AuthMethod, Role};

#[tokio::test]
async fn terms_allowances_and_activation_are_one_step() {
    for house in House::each().await {
        seeded(&house, "codex", AuthMethod::OAuth).await;
        let (plan, chief) = (contract(&house, "openai:subscription").await, person(&house, Role::Finance).await);
        let save = |terms: ContractTerms, allowances: Vec<AllowanceEdit>, activate: bool| ContractSave { terms, allowances, activate };
        let full = subscription(&plan, chief.actor.user_id().unwrap());

        let half = ContractTerms { currency: None, ..full.clone() };
        let lacks = wrong(finance(&house).save_contract(&chief, plan.id, plan.version, save(half.clone(), vec![tokens()], true)).await);
        assert_eq!(lacks, ["currency"]);
        assert_eq!(contract(&house, "openai:subscription").await, plan, "nothing is half saved");
        assert!(house.ports.finance.allowances(&[plan.id]).await.unwrap().is_empty());

        let draft = finance(&house).save_contract(&chief, plan.id, plan.version, save(half, Vec::new(), false)).await.unwrap();
        assert_eq!(draft.status(), ContractStatus::Draft);
        let unchanged = save(draft.terms.clone(), Vec::new(), false);
        assert_eq!(
            finance(&house).save_contract(&chief, plan.id, draft.version, unchanged).await.unwrap(),
            draft,
            "nothing to save, no new version"
        );
        let stale = finance(&house).save_contract(&chief, plan.id, plan.version, save(full.clone(), vec![tokens()], true)).await;
        assert!(matches!(stale, Err(ServiceError::Conflict(_))), "{stale:?}");

        let active = finance(&house).save_contract(&chief, plan.id, draft.version, save(full, vec![tokens()], true)).await.unwrap();
        assert_eq!(active.status(), ContractStatus::Active);
        assert_eq!(house.ports.finance.allowances(&[plan.id]).await.unwrap().len(), 1);
        assert!(open(&house, WorkItemType::PlanDetailsNeeded).await.is_empty());
        let viewer = person(&house, Role::Viewer).await;
        let again = save(active.terms.clone(), vec![tokens()], false);
        assert!(is_forbidden(&finance(&house).save_contract(&viewer, plan.id, active.version, again).await));
    }
}

#[tokio::test]
async fn the_history_names_people() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        let history = finance(&house).contract(&chief, plan.id).await.unwrap().history;
        let said: Vec<&str> = history.iter().map(|line| line.detail.as_str()).collect();
        assert!(said.iter().any(|said| said.contains("Budget owner: — → finance 1")), "{said:?}");
    }
}

fn price(from: time::Date, dollars: i64) -> PriceEdit {
    let price = UnitPrice::new(dollars.into(), 1_000_000.into(), domain::finance::Currency::USD).unwrap();
    PriceEdit { model_id: " gpt-5.2 ".into(), meter: Meter::Input, variant: None, price, from }
}

#[tokio::test]
async fn a_providers_price_goes_before_the_list_and_a_new_one_takes_its_place() {
    for house in House::each().await {
        let (plan, chief) = active_metered(&house).await;
        let (finance, openai) = (finance(&house), id("openai"));
        finance.set_provider_price(&chief, &openai, price(date!(2026 - 11 - 01), 7)).await.unwrap();
        used(&house, &[request("a", "openai", datetime!(2026-11-23 11:00 UTC), 1_000_000)]).await;
        until(&house, datetime!(2026-11-24 02:00 UTC));
        finance.evaluate_due(house.environment.now()).await.unwrap();
        let cost = snapshots(&house, plan.id).await[0].evaluation.usage_cost_estimate.unwrap();
        assert_eq!(cost.to_minor().to_string(), "7.00 USD", "the list says 2");

        finance.set_provider_price(&chief, &openai, price(date!(2026 - 12 - 01), 8)).await.unwrap();
        let known = finance.provider_prices(&chief, &openai).await.unwrap();
        let mut days: Vec<_> = known.iter().map(|fact| (fact.effective.from(), fact.effective.until())).collect();
        days.sort();
        assert_eq!(days, [(date!(2026 - 11 - 01), Some(date!(2026 - 12 - 01))), (date!(2026 - 12 - 01), None)]);
        assert!(known.iter().all(|fact| fact.origin == PriceOrigin::Organization && fact.model_id == "gpt-5.2"));
        let newest = known.iter().find(|fact| fact.effective.until().is_none()).unwrap();
        finance.end_provider_price(&chief, &openai, newest.id, date!(2026 - 12 - 01)).await.unwrap();
        assert_eq!(finance.provider_prices(&chief, &openai).await.unwrap().len(), 1, "one that never held goes");

        let viewer = person(&house, Role::Viewer).await;
        assert!(is_forbidden(&finance.provider_prices(&viewer, &openai).await));
        assert!(is_forbidden(&finance.set_provider_price(&viewer, &openai, price(date!(2026 - 11 - 01), 1)).await));
        let nameless = PriceEdit { model_id: " ".into(), ..price(date!(2026 - 11 - 01), 1) };
        assert_eq!(wrong(finance.set_provider_price(&chief, &openai, nameless).await), ["model_id"]);
        let unknown = finance.set_provider_price(&chief, &id("nobody"), price(date!(2026 - 11 - 01), 1)).await;
        assert!(matches!(unknown, Err(ServiceError::NotFound(_))), "{unknown:?}");
    }
}

#[tokio::test]
async fn settings_of_a_provider_close_the_item_about_its_link() {
    for house in House::each().await {
        seeded(&house, "groq", AuthMethod::ApiKey).await;
        let (chief, groq) = (person(&house, Role::Finance).await, id("groq"));
        let before = profile(&house, "groq").await;
        let settings = ProfileSettings { billing_url: Some("https://example.com/bills".parse().unwrap()), ..before.settings.clone() };
        let after = finance(&house).edit_profile(&chief, &groq, before.version, settings.clone()).await.unwrap();
        assert_eq!(after.settings, settings);
        assert!(open(&house, WorkItemType::BillingUrlMissing).await.is_empty());
        let stale = finance(&house).edit_profile(&chief, &groq, before.version, settings).await;
        assert!(matches!(stale, Err(ServiceError::Conflict(_))), "{stale:?}");
        let insecure = ProfileSettings { billing_url: Some("http://example.com".parse().unwrap()), ..before.settings };
        assert_eq!(wrong(finance(&house).edit_profile(&chief, &groq, after.version, insecure).await), ["billing_url"]);
    }
}

#[tokio::test]
async fn nothing_negative_endless_or_too_fine_is_kept_and_free_has_to_be_said() {
    for house in House::each().await {
        seeded(&house, "codex", AuthMethod::OAuth).await;
        let (plan, chief) = (contract(&house, "openai:subscription").await, person(&house, Role::Finance).await);
        for text in ["0", "-1", "1.123456789", "99999999999999999999999"] {
            let mut edit = tokens();
            edit.terms.included = Some(text.parse().unwrap());
            let refused = finance(&house).edit_allowances(&chief, plan.id, plan.version, vec![edit]).await;
            assert_eq!(wrong(refused), ["allowances.0.included_quantity"], "{text}");
        }
        let full = subscription(&plan, chief.actor.user_id().unwrap());
        let nothing = ContractTerms { commitment_amount: Some(0.into()), ..full };
        let save = |terms: &ContractTerms| ContractSave { terms: terms.clone(), allowances: vec![tokens()], activate: true };
        let refused = finance(&house).save_contract(&chief, plan.id, plan.version, save(&nothing)).await;
        assert_eq!(wrong(refused), ["commitment_amount"]);
        let backwards = ContractTerms { end_date: nothing.start_date, ..nothing.clone() };
        assert!(
            wrong(finance(&house).save_contract(&chief, plan.id, plan.version, save(&backwards)).await).contains(&"end_date".to_owned())
        );
        assert_eq!(contract(&house, "openai:subscription").await, plan);
        let free = ContractTerms { free_plan: true, ..nothing };
        let active = finance(&house).save_contract(&chief, plan.id, plan.version, save(&free)).await.unwrap();
        assert_eq!(active.status(), ContractStatus::Active);
    }
}

#[tokio::test]
async fn zone_currency_and_days_of_a_contract_in_force_change_with_a_new_version_only() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        let berlin = domain::finance::zone::Zone::named("Europe/Berlin").unwrap();
        let cases = [
            (ContractTerms { time_zone: berlin, ..plan.terms.clone() }, "time_zone"),
            (ContractTerms { currency: Some("EUR".parse().unwrap()), ..plan.terms.clone() }, "currency"),
            (ContractTerms { anchor_date: Some(date!(2026 - 11 - 15)), ..plan.terms.clone() }, "anchor_date"),
            (ContractTerms { start_date: Some(date!(2026 - 10 - 01)), ..plan.terms.clone() }, "start_date"),
        ];
        for (terms, field) in cases {
            assert_eq!(wrong(finance(&house).edit_contract(&chief, plan.id, plan.version, terms).await), [field]);
        }
        assert_eq!(contract(&house, "openai:subscription").await, plan);
    }
}
