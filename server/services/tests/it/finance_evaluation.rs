//! The daily evaluation: once a day, made good after an outage, never doubled; items that open and close by themselves.

use crate::finance_world::*;
use crate::support::House;
use domain::finance::contract::CoverageChange;
use domain::finance::evaluation::Note;
use domain::provider::Catalogue;
use rust_decimal::Decimal;
use services::finance::EvaluationRun;
use services::ports::FinanceWrite;
use services::ports::Trail;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use vocab::finance::{Confidence, Severity, WorkItemStatus, WorkItemType};
use vocab::{AuthMethod, Role};

async fn evaluate(house: &House) -> EvaluationRun {
    finance(house).evaluate_due(house.environment.now()).await.unwrap()
}

const fn run(contracts: u32, days: u32) -> EvaluationRun {
    EvaluationRun { contracts, days, failed: Vec::new() }
}

#[tokio::test]
async fn a_day_is_evaluated_once_however_often_it_is_asked_for() {
    for house in House::each().await {
        let (plan, _) = active_plan(&house).await;
        used(&house, &[request("a", "codex", datetime!(2026-11-23 11:00 UTC), 100_000)]).await;
        assert_eq!(evaluate(&house).await, run(0, 0), "the day is not over");
        until(&house, datetime!(2026-11-24 01:59 UTC));
        assert_eq!(evaluate(&house).await, run(0, 0), "not before two o'clock");
        until(&house, datetime!(2026-11-24 02:00 UTC));
        assert_eq!(evaluate(&house).await, run(1, 1));
        assert_eq!(evaluate(&house).await, run(0, 0));
        assert_eq!(evaluate(&house).await, run(0, 0));
        let rows = snapshots(&house, plan.id).await;
        assert_eq!((rows.len(), rows[0].revision), (1, 1));
        let day = &rows[0].evaluation;
        assert_eq!((day.date, day.consumed, day.days_elapsed), (date!(2026 - 11 - 23), Decimal::from(100_000), 23));
        assert_eq!(day.confidence, Confidence::Medium);
        let item = open(&house, WorkItemType::UnderuseAttention).await.remove(0);
        assert_eq!((item.severity, item.occurrences), (Severity::High, 1));
        assert!(item.links.allowance_id.is_some() && item.links.profile_id.is_some() && item.links.supplier_id.is_some());
        let page = finance(&house).spend(&person(&house, Role::Owner).await, 30, house.environment.now()).await.unwrap();
        assert_eq!(page.card.open_items.high, 1);
        assert!(!page.card.unused_at_risk.is_empty());
        assert_eq!((page.burn_downs.len(), page.rows.len(), page.is_overdue), (1, 1, false));
    }
}

#[tokio::test]
async fn underuse_closes_when_use_recovers_and_the_period_closes_the_rest() {
    for house in House::each().await {
        let (plan, _) = active_plan(&house).await;
        until(&house, datetime!(2026-11-24 02:00 UTC));
        evaluate(&house).await;
        assert_eq!(open(&house, WorkItemType::UnderuseAttention).await.len(), 1);
        used(&house, &[request("a", "codex", datetime!(2026-11-24 11:00 UTC), 790_000)]).await;
        until(&house, datetime!(2026-11-25 02:00 UTC));
        evaluate(&house).await;
        assert_eq!(open(&house, WorkItemType::UnderuseAttention).await.len(), 0, "on plan again");
        used(&house, &[request("b", "codex", datetime!(2026-11-25 11:00 UTC), 200_000)]).await;
        until(&house, datetime!(2026-11-26 02:00 UTC));
        evaluate(&house).await;
        assert_eq!(open(&house, WorkItemType::CriticalLowRemaining).await.len(), 1);
        until(&house, datetime!(2026-12-01 02:00 UTC));
        evaluate(&house).await;
        assert_eq!(open(&house, WorkItemType::CriticalLowRemaining).await.len(), 0);
        let closed = items(&house, WorkItemType::CriticalLowRemaining).await.remove(0);
        assert_eq!(closed.state.facts().resolution.as_deref(), Some("auto:period_closed"));
        let rows = snapshots(&house, plan.id).await;
        assert_eq!(rows.len(), 8);
        assert!(rows.iter().all(|row| row.evaluation.is_final && row.revision == 1));
        assert_eq!(rows[7].evaluation.figures.unwrap().realized_unused_value.unwrap().to_minor().to_string(), "5.00 USD");
    }
}

#[tokio::test]
async fn missed_days_are_made_good_and_late_use_revises_the_last_three() {
    for house in House::each().await {
        let (plan, _) = active_plan(&house).await;
        used(&house, &[request("a", "codex", datetime!(2026-11-24 11:00 UTC), 600_000)]).await;
        until(&house, datetime!(2026-11-27 12:00 UTC));
        assert_eq!(evaluate(&house).await, run(1, 4), "four days at once");
        assert_eq!(items(&house, WorkItemType::UnderuseAttention).await.len(), 1, "judged on the newest day only");
        let late = datetime!(2026-11-24 23:59:59 UTC);
        used(&house, &[request("late", "codex", late, 1_000), request("same", "codex", late, 0)]).await;
        assert_eq!(evaluate(&house).await, run(0, 0), "yesterday is done");
        until(&house, datetime!(2026-11-28 02:30 UTC));
        assert_eq!(evaluate(&house).await, run(1, 3), "the new day, and two that changed");
        let rows = snapshots(&house, plan.id).await;
        let revisions: Vec<_> = rows.iter().map(|row| (row.evaluation.date.day(), row.revision)).collect();
        assert_eq!(revisions, [(23, 1), (24, 1), (25, 2), (26, 2), (27, 1)], "the 24th is too long ago: its sum is found at the close");
        until(&house, datetime!(2026-12-01 02:30 UTC));
        evaluate(&house).await;
        let rows = snapshots(&house, plan.id).await;
        assert_eq!((rows[1].evaluation.consumed, rows[1].revision), (Decimal::from(601_000), 2));
        used(&house, &[request("later", "codex", late, 500)]).await;
        until(&house, datetime!(2026-12-02 02:30 UTC));
        evaluate(&house).await;
        let last = snapshots(&house, plan.id).await.into_iter().find(|row| row.evaluation.date == date!(2026 - 11 - 30)).unwrap();
        assert_eq!(last.evaluation.consumed, Decimal::from(601_000), "a closed row stays");
        assert!(matches!(last.notes[..], [Note::Correction { found, .. }] if found == Decimal::from(601_500)), "{:?}", last.notes);
    }
}

#[tokio::test]
async fn of_two_workers_one_writes() {
    for house in House::each().await {
        let (plan, _) = active_plan(&house).await;
        until(&house, datetime!(2026-11-25 02:00 UTC));
        let other = House::beside(&house, Catalogue::built_in().unwrap());
        let now = house.environment.now();
        let (one, two) = tokio::join!(finance(&house).evaluate_due(now), other.finance.evaluate_due(now));
        assert_eq!(one.unwrap().days + two.unwrap().days, 2);
        let rows = snapshots(&house, plan.id).await;
        assert_eq!(rows.iter().map(|row| row.revision).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(items(&house, WorkItemType::UnderuseAttention).await.len(), 1);
    }
}

#[tokio::test]
async fn thirty_days_of_the_same_make_no_second_item() {
    for house in House::each().await {
        active_plan(&house).await;
        until(&house, datetime!(2026-11-24 03:00 UTC));
        for _ in 0..30 {
            evaluate(&house).await;
            house.clock.advance(Duration::days(1));
        }
        let found = items(&house, WorkItemType::UnderuseAttention).await;
        assert_eq!(found.len(), 2, "one a period");
        assert_eq!(found.iter().filter(|item| item.state.is_open()).count(), 1);
        assert!(found.iter().all(|item| item.number.starts_with("FWI-")));
    }
}

#[tokio::test]
async fn what_a_person_put_aside_stays_aside_for_the_period() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        until(&house, datetime!(2026-11-24 03:00 UTC));
        evaluate(&house).await;
        let item = open(&house, WorkItemType::UnderuseAttention).await.remove(0);
        let dismiss = services::finance::ItemChange::Dismiss("known".into());
        finance(&house).change_item(&chief, item.id, dismiss).await.unwrap();
        house.clock.advance(Duration::days(1));
        evaluate(&house).await;
        assert_eq!(items(&house, WorkItemType::UnderuseAttention).await[0].state.status(), WorkItemStatus::Dismissed);
    }
}

#[tokio::test]
async fn a_metered_contract_is_counted_in_its_currency_and_asks_for_prices() {
    for house in House::each().await {
        let (plan, _) = active_metered(&house).await;
        let at = datetime!(2026-11-23 11:00 UTC);
        used(&house, &[request("a", "openai", at, 1_500_000)]).await;
        until(&house, datetime!(2026-11-24 03:00 UTC));
        assert_eq!(evaluate(&house).await, run(1, 1));
        let day = snapshots(&house, plan.id).await.remove(0).evaluation;
        assert_eq!(day.usage_cost_estimate.unwrap().to_minor().to_string(), "3.00 USD");
        assert_eq!((day.included, day.figures), (None, None));
        let unknown = domain::inference::UsageRecord {
            model_id: "nobody-knows".into(),
            ..request("b", "openai", datetime!(2026-11-24 11:00 UTC), 5)
        };
        used(&house, &[unknown]).await;
        until(&house, datetime!(2026-11-25 03:00 UTC));
        evaluate(&house).await;
        assert_eq!(open(&house, WorkItemType::PriceMissing).await.len(), 1);
        assert_eq!(snapshots(&house, plan.id).await[1].evaluation.usage_cost_estimate, None, "unknown is not zero");
    }
}

#[tokio::test]
async fn a_source_that_reports_nothing_is_no_underuse() {
    for house in House::each().await {
        active_plan(&house).await;
        let silent = |n: i64| {
            let at = datetime!(2026-11-23 11:00 UTC) + Duration::days(n);
            domain::inference::UsageRecord { tokens: None, ..request(&format!("s{n}"), "codex", at, 0) }
        };
        used(&house, &[silent(0), silent(1), silent(2)]).await;
        until(&house, datetime!(2026-11-26 03:00 UTC));
        evaluate(&house).await;
        assert_eq!(open(&house, WorkItemType::UsageSourceMissing).await.len(), 1);
        assert_eq!(open(&house, WorkItemType::UnderuseAttention).await.len(), 0);
        used(&house, &[request("x", "codex", datetime!(2026-11-26 11:00 UTC), 1_000)]).await;
        until(&house, datetime!(2026-11-27 03:00 UTC));
        evaluate(&house).await;
        assert_eq!(open(&house, WorkItemType::UsageSourceMissing).await.len(), 0);
    }
}

#[tokio::test]
async fn use_before_a_switch_stays_with_the_old_contract() {
    for house in House::each().await {
        let (plan, _) = active_plan(&house).await;
        used(&house, &[request("before", "codex", datetime!(2026-11-23 11:00 UTC), 1_000)]).await;
        until(&house, datetime!(2026-11-23 12:00 UTC));
        seeded(&house, "codex", AuthMethod::ApiKey).await;
        used(&house, &[request("after", "codex", datetime!(2026-11-23 13:00 UTC), 5_000)]).await;
        until(&house, datetime!(2026-11-24 03:00 UTC));
        evaluate(&house).await;
        assert_eq!(snapshots(&house, plan.id).await[0].evaluation.consumed, Decimal::from(1_000));
    }
}

#[tokio::test]
async fn the_hour_that_a_day_has_more_belongs_to_it() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        let rows = &house.ports.finance;
        // A contract whose days are those of Berlin, where 25 October 2026 has 25 hours.
        let mut berlin = plan.clone();
        berlin.terms.time_zone = domain::finance::zone::Zone::named("Europe/Berlin").unwrap();
        berlin.terms.start_date = Some(date!(2026 - 10 - 01));
        let stamp = domain::finance::contract::Stamp { at: datetime!(2026-10-24 10:00 UTC), by: chief.actor.user_id() };
        berlin.standing = domain::finance::contract::Standing::Active { activated: stamp };
        let own = profile(&house, "codex").await.id;
        let coverage = rows.coverage(&services::ports::CoverageOf::All).await.unwrap();
        let old = *coverage.iter().find(|coverage| coverage.profile_id == own).unwrap();
        let earlier = domain::finance::contract::Coverage { from: datetime!(2026-10-01 00:00 UTC), ..old };
        let mut all = finance_allowances(&house, plan.id).await;
        all[0].effective = domain::finance::period::Span::open(date!(2026 - 10 - 01));
        let writes = [
            FinanceWrite::UpdateContract(berlin),
            FinanceWrite::Allowances(plan.id, all),
            FinanceWrite::Coverage(CoverageChange::Remove(old)),
            FinanceWrite::Coverage(CoverageChange::Open(earlier)),
        ];
        rows.commit(rows.revision().await.unwrap(), &writes, Trail::default()).await.unwrap();
        let at: [OffsetDateTime; 4] = [
            datetime!(2026-10-24 21:59 UTC),
            datetime!(2026-10-24 22:00 UTC),
            datetime!(2026-10-25 22:59 UTC),
            datetime!(2026-10-25 23:00 UTC),
        ];
        let requests: Vec<_> = at.iter().zip([1, 10, 100, 1_000]).map(|(at, n)| request(&format!("d{n}"), "codex", *at, n)).collect();
        used(&house, &requests).await;
        until(&house, datetime!(2026-11-24 03:00 UTC));
        evaluate(&house).await;
        let sums: Vec<_> =
            snapshots(&house, plan.id).await.into_iter().take(3).map(|row| (row.evaluation.date.day(), row.evaluation.consumed)).collect();
        assert_eq!(sums, [(24, Decimal::from(1)), (25, Decimal::from(111)), (26, Decimal::from(1_111))]);
    }
}

async fn finance_allowances(house: &House, id: vocab::ContractId) -> Vec<domain::finance::allowance::Allowance> {
    house.ports.finance.allowances(&[id]).await.unwrap()
}

#[tokio::test]
async fn a_hundred_thousand_requests_in_a_day() {
    for house in House::each().await {
        let (plan, _) = active_plan(&house).await;
        let start = datetime!(2026-11-23 11:00 UTC);
        let rows: Vec<_> = (0..100_000_i64).map(|n| request(&format!("r{n}"), "codex", start + Duration::milliseconds(n), 3)).collect();
        for rows in rows.chunks(20_000) {
            used(&house, rows).await;
        }
        until(&house, datetime!(2026-11-24 03:00 UTC));
        let begun = std::time::Instant::now();
        assert_eq!(evaluate(&house).await, run(1, 1));
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(snapshots(&house, plan.id).await[0].evaluation.consumed, Decimal::from(300_000));
    }
}
