//! What Finance does by itself as time goes on, and what it never does: nothing is written because somebody looks.

use crate::finance_export::NOVEMBER;
use crate::finance_world::*;
use crate::support::{House, NEWER_LIST, id};
use domain::audit::AuditFilter;
use domain::finance::contract::ContractTerms;
use domain::people::Caller;
use rust_decimal::Decimal;
use services::finance::{BillQuery, ItemQuery};
use services::ports::PricesOf;
use time::Duration;
use time::macros::{date, datetime};
use vocab::finance::{FinanceJob, Meter, ProfileStatus, Severity, WorkItemType};
use vocab::{AuthMethod, Role};

#[tokio::test]
async fn a_renewal_is_announced_becomes_urgent_and_closes_when_the_date_moves() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        let renewing = ContractTerms { renewal_date: Some(date!(2027 - 01 - 15)), notice_days: Some(14), ..plan.terms.clone() };
        let plan = finance(&house).edit_contract(&chief, plan.id, plan.version, renewing.clone()).await.unwrap();
        assert_eq!(open(&house, WorkItemType::ContractRenewalDue).await.len(), 0, "53 days ahead");
        until(&house, datetime!(2026-12-17 10:00 UTC));
        assert_eq!(upkept(&house).await, 1);
        let item = open(&house, WorkItemType::ContractRenewalDue).await.remove(0);
        assert_eq!((item.severity, item.owner), (Severity::Medium, chief.actor.user_id()));
        until(&house, datetime!(2027-01-02 10:00 UTC));
        upkept(&house).await;
        let urgent = open(&house, WorkItemType::ContractRenewalDue).await;
        assert_eq!(urgent.iter().map(|item| (item.id, item.severity)).collect::<Vec<_>>(), [(item.id, Severity::High)], "notice is due");
        let renewed = ContractTerms { renewal_date: Some(date!(2028 - 01 - 15)), ..renewing };
        finance(&house).edit_contract(&chief, plan.id, plan.version, renewed).await.unwrap();
        assert_eq!(open(&house, WorkItemType::ContractRenewalDue).await.len(), 0);
        let closed = items(&house, WorkItemType::ContractRenewalDue).await.remove(0);
        assert!(closed.state.facts().resolution.is_some_and(|why| why.starts_with("auto:")));
    }
}

#[tokio::test]
async fn a_new_price_list_ends_what_changed_that_day_and_leaves_the_past() {
    for house in House::each().await {
        openai_by_key(&house).await;
        used(&house, &[request("old", "openai", datetime!(2026-11-20 10:00 UTC), 1)]).await;
        let known = || async {
            let mut facts = house.ports.finance.prices(PricesOf::All).await.unwrap();
            facts.retain(|fact| fact.model_id == "gpt-5.2" && fact.meter == Meter::Input);
            facts.sort_by_key(|fact| fact.effective.from());
            facts.into_iter().map(|fact| (fact.price.price(), fact.effective.until(), fact.origin.version().to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(known().await, [(Decimal::TWO, None, "test".to_owned())]);
        assert_eq!(finance(&house).renew_prices(house.environment.now()).await.unwrap(), 0, "the same list again");
        let written = finance(&house).renew_prices(NEWER_LIST).await.unwrap();
        assert_eq!(written, 4, "input of two models ends and begins; output stays");
        let expected = [(Decimal::TWO, Some(NEWER_LIST.date()), "test".to_owned()), (Decimal::from(3), None, "test 2".to_owned())];
        assert_eq!(known().await, expected);
        assert_eq!(finance(&house).renew_prices(NEWER_LIST).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn details_that_stay_missing_while_it_is_used_become_urgent() {
    for house in House::each().await {
        seeded(&house, "codex", AuthMethod::OAuth).await;
        used(&house, &[request("a", "codex", datetime!(2026-11-24 10:00 UTC), 5)]).await;
        let severity = || async { open(&house, WorkItemType::PlanDetailsNeeded).await[0].severity };
        house.clock.advance(Duration::days(13));
        upkept(&house).await;
        assert_eq!(severity().await, Severity::Medium);
        house.clock.advance(Duration::days(2));
        upkept(&house).await;
        assert_eq!(severity().await, Severity::High);
        assert_eq!(profile(&house, "codex").await.status, ProfileStatus::NeedsPlanDetails);
        assert_eq!(upkept(&house).await, 0, "nothing new, nothing written");
    }
}

/// A second contract beside the plan's, both renewing in January.
async fn renewing_twice(house: &House) -> ([domain::finance::contract::Contract; 2], Caller) {
    let (plan, chief) = active_plan(house).await;
    let (metered, _) = active_metered(house).await;
    let renews = |terms: ContractTerms| ContractTerms { renewal_date: Some(date!(2027 - 01 - 15)), ..terms };
    let mut both = Vec::new();
    for contract in [plan, metered] {
        let terms = renews(contract.terms.clone());
        both.push(finance(house).edit_contract(&chief, contract.id, contract.version, terms).await.unwrap());
    }
    (both.try_into().unwrap(), chief)
}

#[tokio::test]
async fn one_contract_that_fails_keeps_no_other_from_its_renewal() {
    for broken in [0, 1] {
        for house in House::each().await {
            let (both, chief) = renewing_twice(&house).await;
            let own = format!("contract_id = (SELECT id FROM supplier_contract WHERE number = '{}')", both[broken].number);
            house.database.execute(&format!("UPDATE finance_work_item SET severity = 'unreadable' WHERE {own}")).await;
            let row = finance(&house).run_job(&chief, FinanceJob::Upkeep, Some(datetime!(2026-12-20 10:00 UTC))).await.unwrap();
            assert_eq!(row.succeeded, Some(false));
            let said = row.result.unwrap();
            assert!(said.starts_with("1 contract brought up to date; 1 failed") && said.contains(&both[broken].number), "{said}");
            house.database.execute("UPDATE finance_work_item SET severity = 'medium' WHERE severity = 'unreadable'").await;
            let renewing: Vec<_> =
                open(&house, WorkItemType::ContractRenewalDue).await.into_iter().map(|item| item.links.contract_id).collect();
            assert_eq!(renewing, [Some(both[1 - broken].id)]);
        }
    }
}

#[tokio::test]
async fn upkeep_goes_by_the_instant_it_is_given() {
    for house in House::each().await {
        seeded(&house, "codex", AuthMethod::OAuth).await;
        let (plan, chief) = (contract(&house, "openai:subscription").await, person(&house, Role::Finance).await);
        let terms = ContractTerms { end_date: Some(date!(2027 - 01 - 01)), ..subscription(&plan, chief.actor.user_id().unwrap()) };
        let save = services::finance::ContractSave { terms, allowances: vec![tokens()], activate: true };
        finance(&house).save_contract(&chief, plan.id, plan.version, save).await.unwrap();
        let later = datetime!(2027-01-01 00:00 UTC);
        finance(&house).upkeep(later - Duration::days(10)).await.unwrap();
        let item = open(&house, WorkItemType::ContractRenewalDue).await.remove(0);
        assert_eq!(item.first_seen_at, later - Duration::days(10));
        assert_eq!(finance(&house).upkeep(later).await.unwrap().contracts, 1);
        let ended = house.ports.finance.contracts(&services::ports::ContractsOf::Ids(vec![plan.id])).await.unwrap().remove(0);
        assert_eq!((ended.status(), ended.updated_at), (vocab::finance::ContractStatus::Expired, later));
    }
}

/// Everything that a page or the machine API reads.
async fn look_at_everything(house: &House, caller: &Caller) {
    let (books, now) = (finance(house), house.environment.now());
    books.spend(caller, 30, now).await.unwrap();
    books.spend_card(caller, now).await.unwrap();
    books.panel(caller, &id("codex")).await.unwrap();
    for supplier in books.suppliers(caller).await.unwrap() {
        books.supplier(caller, supplier.supplier.id).await.unwrap();
    }
    for row in books.contracts(caller, None).await.unwrap() {
        books.contract(caller, row.contract.id).await.unwrap();
        books.contract_figures(caller, row.contract.id, now).await.unwrap();
        books.evaluations(caller, row.contract.id, date!(2026 - 11 - 01)).await.unwrap();
        books.reported(caller, row.contract.id).await.unwrap();
    }
    for row in books.bills(caller, &BillQuery::default()).await.unwrap() {
        books.bill(caller, row.bill.id).await.unwrap();
    }
    books.work_items(caller, &ItemQuery::default()).await.unwrap();
    books.profile(caller, &id("codex")).await.unwrap();
    books.provider_prices(caller, &id("codex")).await.unwrap();
    books.jobs(caller).await.unwrap();
}

#[tokio::test]
async fn looking_writes_nothing() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        used(&house, &[request("a", "codex", datetime!(2026-11-23 11:00 UTC), 100_000)]).await;
        // Days are due, a bill is due, an item would open: looking does none of it.
        until(&house, datetime!(2026-11-27 12:00 UTC));
        let all = || async {
            (
                house.ports.finance.revision().await.unwrap(),
                counts(&house).await,
                snapshots(&house, plan.id).await,
                house.ports.figures.bills(&services::ports::BillsOf::default()).await.unwrap(),
                house.ports.audit.page(&AuditFilter::default(), 100).await.unwrap().len(),
                house.ports.jobs.jobs().await.unwrap(),
            )
        };
        let before = all().await;
        look_at_everything(&house, &chief).await;
        assert_eq!(all().await, before);
        assert!(finance(&house).spend(&chief, 30, house.environment.now()).await.unwrap().is_overdue, "it only says so");
        finance(&house).export(&chief, &NOVEMBER).await.unwrap();
        let after = all().await;
        assert_eq!((after.0, after.1, after.4), (before.0, before.1, before.4 + 1), "an export is in the log, and nowhere else");
    }
}

#[tokio::test]
async fn a_check_and_a_sync_of_models_change_nothing_at_finance() {
    for house in House::each().await {
        openai_by_key(&house).await;
        let rows = || async { (house.ports.finance.revision().await.unwrap(), counts(&house).await) };
        let before = rows().await;
        let caller = Caller::system();
        house.services.connections.test(&caller, &id("openai")).await.unwrap();
        house.services.models.sync(&caller, &id("openai")).await.unwrap();
        hand_over(&house).await;
        assert_eq!(rows().await, before);
    }
}

#[tokio::test]
async fn every_job_runs_when_it_is_due_and_says_what_it_did() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        for job in FinanceJob::ALL {
            finance(&house).run_due(*job).await.unwrap();
        }
        let rows = finance(&house).jobs(&chief).await.unwrap();
        assert_eq!(rows.len(), FinanceJob::ALL.len());
        for row in &rows {
            assert_eq!((row.succeeded, row.is_running), (Some(true), false), "{row:?}");
            assert!(row.result.as_ref().is_some_and(|words| !words.is_empty()) && row.next_run > row.last_run, "{row:?}");
        }
        let viewer = person(&house, Role::Viewer).await;
        assert!(is_forbidden(&finance(&house).jobs(&viewer).await));
    }
}
