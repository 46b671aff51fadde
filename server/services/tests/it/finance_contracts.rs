//! Contracts from draft to end, edited by people who do not wait for one another.

use crate::finance_world::*;
use crate::support::{House, id};
use domain::audit::AuditFilter;
use domain::finance::contract::{Contract, ContractTerms};
use domain::finance::supplier::SupplierDetails;
use domain::people::Caller;
use rust_decimal::Decimal;
use services::ServiceError;
use services::finance::PriceEdit;
use services::ports::{ContractsOf, CoverageOf};
use time::macros::date;
use vocab::finance::{ContractStatus, ContractType, Meter, ProfileStatus, SupplierStatus, WorkItemStatus, WorkItemType};
use vocab::{AuthMethod, Role};

/// A draft for openai's plan, and who completes it.
async fn draft(house: &House) -> (Contract, Caller) {
    seeded(house, "codex", AuthMethod::OAuth).await;
    (contract(house, "openai:subscription").await, person(house, Role::Finance).await)
}

async fn activated(house: &House) -> (Contract, Caller) {
    let (plan, chief) = draft(house).await;
    let terms = subscription(&plan, chief.actor.user_id().unwrap());
    let plan = finance(house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
    let plan = finance(house).edit_allowances(&chief, plan.id, plan.version, vec![tokens()]).await.unwrap();
    (finance(house).activate_contract(&chief, plan.id, plan.version).await.unwrap(), chief)
}

#[tokio::test]
async fn activation_names_everything_that_lacks_and_then_closes_the_item() {
    for house in House::each().await {
        let (plan, chief) = draft(&house).await;
        let lacks = wrong(finance(&house).activate_contract(&chief, plan.id, plan.version).await);
        for field in ["contract_type", "budget_owner", "currency", "billing_cadence", "start_date", "commitment_amount", "allowances"] {
            assert!(lacks.contains(&field.to_owned()), "{field}: {lacks:?}");
        }
        assert_eq!(contract(&house, "openai:subscription").await, plan, "nothing is half done");
        let terms = subscription(&plan, chief.actor.user_id().unwrap());
        let edited = finance(&house).edit_contract(&chief, plan.id, 0, terms).await.unwrap();
        let lacks = wrong(finance(&house).activate_contract(&chief, plan.id, edited.version).await);
        assert_eq!(lacks, ["allowances"]);
        let item = open(&house, WorkItemType::PlanDetailsNeeded).await.remove(0);
        assert_eq!(item.metadata["missing_fields"], serde_json::json!(["allowances"]));
        assert_eq!(item.owner, chief.actor.user_id(), "items follow the budget owner");
        let edited = finance(&house).edit_allowances(&chief, plan.id, edited.version, vec![tokens()]).await.unwrap();
        let active = finance(&house).activate_contract(&chief, plan.id, edited.version).await.unwrap();
        assert_eq!(active.status(), ContractStatus::Active);
        assert_eq!(items(&house, WorkItemType::PlanDetailsNeeded).await[0].state.status(), WorkItemStatus::Done);
        assert_eq!(profile(&house, "codex").await.status, ProfileStatus::Active);
        let again = finance(&house).activate_contract(&chief, plan.id, active.version).await;
        assert!(matches!(again, Err(ServiceError::Refused(_))), "{again:?}");
    }
}

#[tokio::test]
async fn a_metered_contract_needs_no_allowance() {
    for house in House::each().await {
        seeded(&house, "openai", AuthMethod::ApiKey).await;
        let (plan, chief) = (contract(&house, "openai:api").await, person(&house, Role::Finance).await);
        let terms = ContractTerms {
            contract_type: Some(ContractType::Metered),
            commitment_amount: None,
            ..subscription(&plan, chief.actor.user_id().unwrap())
        };
        let edited = finance(&house).edit_contract(&chief, plan.id, 0, terms).await.unwrap();
        finance(&house).activate_contract(&chief, plan.id, edited.version).await.unwrap();
    }
}

#[tokio::test]
async fn of_two_who_edit_one_wins_and_the_other_is_told() {
    for house in House::each().await {
        let (plan, ann) = draft(&house).await;
        let ben = person(&house, Role::Owner).await;
        let with = |notes: &str| ContractTerms { notes: Some(notes.into()), ..plan.terms.clone() };
        let edits =
            [(&ann, "ann's"), (&ben, "ben's")].map(|(who, notes)| finance(&house).edit_contract(who, plan.id, plan.version, with(notes)));
        let results = futures::future::join_all(edits).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| matches!(result, Err(ServiceError::Conflict(_)))).count(), 1, "{results:?}");
        let kept = results.into_iter().find_map(Result::ok).unwrap();
        assert_eq!(contract(&house, "openai:subscription").await, kept);
        let stale = finance(&house).edit_allowances(&ann, plan.id, plan.version, vec![tokens()]).await;
        assert!(matches!(stale, Err(ServiceError::Conflict(_))), "{stale:?}");
    }
}

#[tokio::test]
async fn wrong_values_are_named_and_nothing_is_saved() {
    for house in House::each().await {
        let (plan, chief) = draft(&house).await;
        let owner = chief.actor.user_id().unwrap();
        let good = subscription(&plan, owner);
        let amount = |text: &str, currency: &str| ContractTerms {
            commitment_amount: Some(text.parse().unwrap()),
            currency: Some(currency.parse().unwrap()),
            ..good.clone()
        };
        let cases = [
            (amount("-1", "USD"), "commitment_amount"),
            (amount("1.123456789", "USD"), "commitment_amount"),
            (amount("1.5", "JPY"), "commitment_amount"),
            (amount("9999999999999999", "USD"), "commitment_amount"),
            (ContractTerms { end_date: Some(date!(2026 - 10 - 01)), ..good.clone() }, "end_date"),
            (ContractTerms { billing_url: Some("http://example.com".parse().unwrap()), ..good.clone() }, "billing_url"),
            (ContractTerms { notes: Some("x".repeat(5_000)), ..good.clone() }, "notes"),
        ];
        for (terms, field) in cases {
            assert_eq!(wrong(finance(&house).edit_contract(&chief, plan.id, 0, terms).await), [field]);
        }
        let mut none = tokens();
        none.terms.included = Some(Decimal::ZERO);
        assert_eq!(
            wrong(finance(&house).edit_allowances(&chief, plan.id, 0, vec![tokens(), none]).await),
            ["allowances.1.included_quantity"]
        );
        assert_eq!(contract(&house, "openai:subscription").await, plan);
        finance(&house).edit_contract(&chief, plan.id, 0, amount("1.125", "KWD")).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_agreed_changes_with_a_new_version_only() {
    for house in House::each().await {
        let (plan, chief) = activated(&house).await;
        let dearer = ContractTerms { commitment_amount: Some(Decimal::from(600)), ..plan.terms.clone() };
        assert_eq!(wrong(finance(&house).edit_contract(&chief, plan.id, plan.version, dearer.clone()).await), ["commitment_amount"]);
        let budget = ContractTerms { budget_amount: Some(Decimal::from(700)), ..plan.terms.clone() };
        let plan = finance(&house).edit_contract(&chief, plan.id, plan.version, budget).await.unwrap();
        let next = ContractTerms { start_date: Some(date!(2026 - 12 - 01)), ..dearer };
        let new = finance(&house).supersede_contract(&chief, plan.id, plan.version, next, vec![tokens()]).await.unwrap();
        assert_eq!((new.status(), new.supersedes), (ContractStatus::Active, Some(plan.id)));
        let old = house.ports.finance.contracts(&ContractsOf::Ids(vec![plan.id])).await.unwrap().pop().unwrap();
        assert_eq!((old.status(), old.terms.end_date), (ContractStatus::Superseded, Some(date!(2026 - 12 - 01))));
        let coverage = house.ports.finance.coverage(&CoverageOf::All).await.unwrap();
        let own = profile(&house, "codex").await.id;
        let at = |at| domain::finance::contract::covering(&coverage, own, at);
        assert_eq!(at(time::macros::datetime!(2026-11-30 23:59 UTC)), Some(plan.id));
        assert_eq!(at(time::macros::datetime!(2026-12-01 00:00 UTC)), Some(new.id));
        let page = finance(&house).contract(&chief, new.id).await.unwrap();
        assert_eq!((page.versions.len(), page.allowances.len(), page.coverage.len()), (1, 1, 1));
        assert!(page.history.iter().any(|line| line.action == "contract_activate"));
        let older = finance(&house).contract(&chief, plan.id).await.unwrap().history;
        assert!(older.iter().any(|line| line.action == "contract_edit" && line.detail.contains("Budget: — → 700")), "{older:?}");
    }
}

#[tokio::test]
async fn suspended_resumed_terminated_and_never_again() {
    for house in House::each().await {
        let (plan, chief) = activated(&house).await;
        assert_eq!(wrong(finance(&house).suspend_contract(&chief, plan.id, plan.version, "  ").await), ["reason"]);
        let plan = finance(&house).suspend_contract(&chief, plan.id, plan.version, "a pause").await.unwrap();
        assert_eq!(profile(&house, "codex").await.status, ProfileStatus::Draft);
        let plan = finance(&house).resume_contract(&chief, plan.id, plan.version).await.unwrap();
        assert_eq!(profile(&house, "codex").await.status, ProfileStatus::Active);
        let plan = finance(&house).terminate_contract(&chief, plan.id, plan.version, None, "too dear").await.unwrap();
        assert_eq!((plan.status(), plan.last_end()), (ContractStatus::Terminated, Some(date!(2026 - 11 - 23))));
        let refused = [
            finance(&house).resume_contract(&chief, plan.id, plan.version).await,
            finance(&house).terminate_contract(&chief, plan.id, plan.version, None, "again").await,
            finance(&house).edit_contract(&chief, plan.id, plan.version, subscription(&plan, chief.actor.user_id().unwrap())).await,
        ];
        assert!(matches!(&refused[..2], [Err(ServiceError::Refused(_)), Err(ServiceError::Refused(_))]), "{refused:?}");
        assert!(refused[2].is_err());
        // A provider that is still connected gets a new draft when it is handed over again.
        finance(&house).seeding.hand_off(&chief, &id("codex")).await.unwrap();
        assert_eq!(contract(&house, "openai:subscription").await.status(), ContractStatus::Draft);
    }
}

#[tokio::test]
async fn a_contract_expires_by_itself() {
    for house in House::each().await {
        let (plan, chief) = draft(&house).await;
        let terms = ContractTerms { end_date: Some(date!(2026 - 12 - 01)), ..subscription(&plan, chief.actor.user_id().unwrap()) };
        let plan = finance(&house).edit_contract(&chief, plan.id, 0, terms).await.unwrap();
        let plan = finance(&house).edit_allowances(&chief, plan.id, plan.version, vec![tokens()]).await.unwrap();
        finance(&house).activate_contract(&chief, plan.id, plan.version).await.unwrap();
        assert_eq!(upkept(&house).await, 0, "activation has judged it already");
        assert_eq!(open(&house, WorkItemType::ContractRenewalDue).await.len(), 1);
        house.clock.advance(time::Duration::days(8));
        assert_eq!(upkept(&house).await, 1);
        let page = finance(&house).contract(&chief, plan.id).await.unwrap();
        assert_eq!(page.contract.status(), ContractStatus::Expired);
        assert_eq!(open(&house, WorkItemType::ContractRenewalDue).await.len(), 0);
        assert_eq!(upkept(&house).await, 0);
    }
}

#[tokio::test]
async fn a_price_of_its_own_ends_the_one_before() {
    for house in House::each().await {
        let (plan, chief) = draft(&house).await;
        let price = |amount: &str, from| PriceEdit {
            model_id: " gpt-5.2 ".into(),
            meter: Meter::Input,
            variant: None,
            price: domain::finance::UnitPrice::new(amount.parse().unwrap(), Decimal::from(1_000_000), domain::finance::Currency::USD)
                .unwrap(),
            from,
        };
        finance(&house).set_price(&chief, plan.id, price("2", date!(2026 - 01 - 01))).await.unwrap();
        finance(&house).set_price(&chief, plan.id, price("3", date!(2026 - 06 - 01))).await.unwrap();
        let mut prices = finance(&house).contract(&chief, plan.id).await.unwrap().prices;
        prices.sort_by_key(|fact| fact.effective.from());
        let until: Vec<_> = prices.iter().map(|fact| (fact.model_id.as_str(), fact.effective.until())).collect();
        assert_eq!(until, [("gpt-5.2", Some(date!(2026 - 06 - 01))), ("gpt-5.2", None)]);
        let last = prices[1].id;
        finance(&house).end_price(&chief, plan.id, last, date!(2026 - 06 - 01)).await.unwrap();
        assert_eq!(finance(&house).contract(&chief, plan.id).await.unwrap().prices.len(), 1);
        let nameless = PriceEdit { model_id: " ".into(), ..price("1", date!(2026 - 01 - 01)) };
        assert_eq!(wrong(finance(&house).set_price(&chief, plan.id, nameless).await), ["model_id"]);
    }
}

#[tokio::test]
async fn suppliers_are_kept_while_anything_hangs_on_them() {
    for house in House::each().await {
        let (plan, chief) = draft(&house).await;
        let refused = finance(&house).delete_supplier(&chief, plan.supplier_id).await;
        assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
        let named = |name: &str| SupplierDetails { name: name.into(), ..SupplierDetails::default() };
        assert_eq!(wrong(finance(&house).add_supplier(&chief, named("  ")).await), ["name"]);
        let other = finance(&house).add_supplier(&chief, named("Other")).await.unwrap();
        let edited = finance(&house).edit_supplier(&chief, other.id, 0, named("Another")).await.unwrap();
        assert!(matches!(finance(&house).edit_supplier(&chief, other.id, 0, named("Late")).await, Err(ServiceError::Conflict(_))));
        let blocked = finance(&house).set_supplier_status(&chief, other.id, edited.version, SupplierStatus::Blocked).await.unwrap();
        assert!(!blocked.is_billable());
        finance(&house).delete_supplier(&chief, other.id).await.unwrap();
        assert!(matches!(finance(&house).supplier(&chief, other.id).await, Err(ServiceError::NotFound(_))));
        let page = finance(&house).supplier(&chief, plan.supplier_id).await.unwrap();
        assert_eq!((page.providers.len(), page.contracts.len(), page.open_items.len()), (1, 1, 1));
        let row = &finance(&house).suppliers(&chief).await.unwrap()[0];
        assert_eq!((row.providers.len(), row.open_items), (1, 1));
    }
}

#[tokio::test]
async fn the_audit_log_keeps_amounts_from_who_may_not_see_them() {
    for house in House::each().await {
        activated(&house).await;
        let filter = AuditFilter { object_kind: Some("contract".into()), ..AuditFilter::default() };
        for role in [Role::Finance, Role::Operator] {
            let caller = person(&house, role).await;
            let page = house.services.audit.page(&caller, filter.clone()).await.unwrap();
            let told = page.lines.iter().any(|line| line.record.detail.contains("500"));
            assert_eq!((page.lines.len(), told), (3, role == Role::Finance));
        }
    }
}
