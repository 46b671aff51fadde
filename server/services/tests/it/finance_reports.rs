//! Vendors' figures, entered by hand: they count before ours, a difference becomes a work item, and they can be taken back.

use crate::finance_world::*;
use crate::support::{House, id};
use domain::finance::evaluation::Snapshot;
use domain::people::Caller;
use rust_decimal::Decimal;
use services::ServiceError;
use services::finance::{AllowanceEdit, ReportEdit};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};
use vocab::finance::{Confidence, MetricKey, Severity, UsageSource, WorkItemType};
use vocab::{AllowanceId, ContractId, Role};

async fn allowance(house: &House, plan: ContractId) -> AllowanceId {
    house.ports.finance.allowances(&[plan]).await.unwrap()[0].id
}

fn edit(allowance_id: AllowanceId, date: Date, quantity: i64) -> ReportEdit {
    ReportEdit { allowance_id, date, quantity: quantity.into(), note: " usage page ".into() }
}

async fn evaluate(house: &House, at: OffsetDateTime) {
    until(house, at);
    finance(house).evaluate_due(house.environment.now()).await.unwrap();
}

/// A plan with 100,000 tokens on the 23rd, evaluated through the 25th.
async fn measured(house: &House) -> (ContractId, AllowanceId, Caller) {
    let (plan, chief) = active_plan(house).await;
    used(house, &[request("a", "codex", datetime!(2026-11-23 11:00 UTC), 100_000)]).await;
    evaluate(house, datetime!(2026-11-26 02:00 UTC)).await;
    (plan.id, allowance(house, plan.id).await, chief)
}

fn figures(rows: &[Snapshot]) -> Vec<(u8, i64, UsageSource, u32)> {
    let row = |row: &Snapshot| {
        let evaluation = &row.evaluation;
        (evaluation.date.day(), i64::try_from(evaluation.consumed).unwrap(), evaluation.source, row.revision)
    };
    rows.iter().map(row).collect()
}

#[tokio::test]
async fn the_vendors_figure_counts_from_its_day_on_and_a_difference_is_an_item() {
    for house in House::each().await {
        let (plan, tokens, chief) = measured(&house).await;
        finance(&house).report_usage(&chief, plan, edit(tokens, date!(2026 - 11 - 24), 800_000)).await.unwrap();
        let (ours, theirs) = (UsageSource::InternalObserved, UsageSource::ProviderPortal);
        let expected = [(23, 100_000, ours, 1), (24, 800_000, theirs, 2), (25, 800_000, theirs, 2)];
        assert_eq!(figures(&snapshots(&house, plan).await), expected);
        let item = open(&house, WorkItemType::ReconciliationReview).await.remove(0);
        assert_eq!((item.severity, item.links.allowance_id), (Severity::High, Some(tokens)));
        assert!(item.description.unwrap().contains("The vendor says 800000 Tokens through 2026-11-24, we counted 100000 (700 % apart)"));
        assert_eq!(open(&house, WorkItemType::UnderuseAttention).await.len(), 0, "by the vendor's figure it is on plan");

        used(&house, &[request("b", "codex", datetime!(2026-11-26 11:00 UTC), 5_000)]).await;
        evaluate(&house, datetime!(2026-11-27 02:00 UTC)).await;
        let newest = snapshots(&house, plan).await.pop().unwrap().evaluation;
        assert_eq!((newest.consumed, newest.confidence), (Decimal::from(805_000), Confidence::High), "and what went through us since");

        let row = finance(&house).reported(&chief, plan).await.unwrap().remove(0);
        assert_eq!((row.reported.quantity, row.ours, row.reported.note.as_str()), (800_000.into(), Some(100_000.into()), "usage page"));
        assert_eq!(row.entered_by.as_deref(), Some("finance 1"));
    }
}

#[tokio::test]
async fn entered_again_it_takes_its_place_and_taken_back_ours_counts() {
    for house in House::each().await {
        let (plan, tokens, chief) = measured(&house).await;
        let day = date!(2026 - 11 - 25);
        finance(&house).report_usage(&chief, plan, edit(tokens, day, 800_000)).await.unwrap();
        finance(&house).report_usage(&chief, plan, edit(tokens, day, 101_000)).await.unwrap();
        assert_eq!(finance(&house).reported(&chief, plan).await.unwrap().len(), 1);
        assert_eq!(open(&house, WorkItemType::ReconciliationReview).await.len(), 0, "one percent is nothing");
        finance(&house).report_usage(&chief, plan, edit(tokens, day, 300_000)).await.unwrap();
        finance(&house).remove_report(&chief, plan, tokens, day).await.unwrap();
        assert_eq!(snapshots(&house, plan).await.pop().unwrap().evaluation.consumed, Decimal::from(100_000));
        assert_eq!(open(&house, WorkItemType::ReconciliationReview).await.len(), 0);
        let again = finance(&house).remove_report(&chief, plan, tokens, day).await;
        assert!(matches!(again, Err(ServiceError::NotFound(_))), "{again:?}");
    }
}

#[tokio::test]
async fn what_only_the_vendor_counts_has_figures_from_the_first_one_on() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        // Of a plan in force, other allowances are a new version.
        let credits =
            AllowanceEdit { id: None, terms: domain::finance::allowance::AllowanceTerms { metric: MetricKey::Credits, ..tokens().terms } };
        let terms = domain::finance::contract::ContractTerms { start_date: Some(date!(2026 - 11 - 24)), ..plan.terms.clone() };
        until(&house, datetime!(2026-11-24 09:00 UTC));
        let plan = finance(&house).supersede_contract(&chief, plan.id, plan.version, terms, vec![credits]).await.unwrap();
        evaluate(&house, datetime!(2026-11-27 02:00 UTC)).await;
        assert!(snapshots(&house, plan.id).await.is_empty(), "no data is not zero");
        let credits = allowance(&house, plan.id).await;
        finance(&house).report_usage(&chief, plan.id, edit(credits, date!(2026 - 11 - 25), 40_000)).await.unwrap();
        finance(&house).evaluate_due(house.environment.now()).await.unwrap();
        let theirs = UsageSource::ProviderPortal;
        assert_eq!(figures(&snapshots(&house, plan.id).await), [(25, 40_000, theirs, 1), (26, 40_000, theirs, 1)]);
        assert_eq!(finance(&house).reported(&chief, plan.id).await.unwrap()[0].ours, None);
        assert_eq!(open(&house, WorkItemType::ReconciliationReview).await.len(), 0, "there is nothing to compare it with");
    }
}

#[tokio::test]
async fn a_whole_period_without_the_vendors_figure_is_an_item_where_somebody_waits_for_it() {
    for house in House::each().await {
        let (plan, tokens, chief) = measured(&house).await;
        let missing = || async { open(&house, WorkItemType::UsageSourceMissing).await.len() };
        evaluate(&house, datetime!(2027-01-02 02:00 UTC)).await;
        assert_eq!(missing().await, 0, "nobody has chosen the strategy of the hand-off");
        let codex = profile(&house, "codex").await;
        finance(&house).edit_profile(&chief, &id("codex"), codex.version, codex.settings).await.unwrap();
        evaluate(&house, datetime!(2027-01-03 02:00 UTC)).await;
        assert_eq!(missing().await, 1, "December had none");
        finance(&house).report_usage(&chief, plan, edit(tokens, date!(2027 - 01 - 01), 5)).await.unwrap();
        assert_eq!(missing().await, 0, "closed at once");
        evaluate(&house, datetime!(2027-02-02 02:00 UTC)).await;
        assert_eq!(missing().await, 0, "January had one");
        evaluate(&house, datetime!(2027-03-02 02:00 UTC)).await;
        assert_eq!(missing().await, 1, "February had none");
    }
}

#[tokio::test]
async fn wrong_figures_and_strangers_are_refused() {
    for house in House::each().await {
        let (plan, tokens, chief) = measured(&house).await;
        let finance = finance(&house);
        assert_eq!(wrong(finance.report_usage(&chief, plan, edit(tokens, date!(2026 - 11 - 26), 1)).await), ["date"], "today is not over");
        assert_eq!(wrong(finance.report_usage(&chief, plan, edit(tokens, date!(2026 - 10 - 31), 1)).await), ["date"]);
        assert_eq!(wrong(finance.report_usage(&chief, plan, edit(tokens, date!(2026 - 11 - 25), -1)).await), ["quantity"]);
        let nobodys = AllowanceId::new(uuid::Uuid::nil());
        let unknown = finance.report_usage(&chief, plan, edit(nobodys, date!(2026 - 11 - 25), 1)).await;
        assert!(matches!(unknown, Err(ServiceError::NotFound(_))), "{unknown:?}");
        let viewer = person(&house, Role::Viewer).await;
        assert!(is_forbidden(&finance.report_usage(&viewer, plan, edit(tokens, date!(2026 - 11 - 25), 1)).await));
        assert!(is_forbidden(&finance.remove_report(&viewer, plan, tokens, date!(2026 - 11 - 25)).await));
        assert!(is_forbidden(&finance.reported(&viewer, plan).await));
        evaluate(&house, datetime!(2026-12-01 02:00 UTC)).await;
        assert_eq!(wrong(finance.report_usage(&chief, plan, edit(tokens, date!(2026 - 11 - 25), 1)).await), ["date"], "November is closed");
    }
}
