//! Work items in people's hands.

use crate::finance_world::*;
use crate::support::{House, id};
use domain::people::Caller;
use services::ServiceError;
use services::finance::{ItemChange, ItemQuery};
use time::Duration;
use vocab::finance::{ProfileStatus, Severity, WorkItemStatus, WorkItemType};
use vocab::{AuthMethod, Role, WorkItemId};

async fn one_item(house: &House) -> (WorkItemId, Caller) {
    seeded(house, "openai", AuthMethod::ApiKey).await;
    (open(house, WorkItemType::PlanDetailsNeeded).await[0].id, person(house, Role::Finance).await)
}

async fn listed(house: &House, caller: &Caller, query: ItemQuery) -> usize {
    finance(house).work_items(caller, &query).await.unwrap().len()
}

#[tokio::test]
async fn begun_resolved_and_taken_up_again() {
    for house in House::each().await {
        let (item, chief) = one_item(&house).await;
        let does = |change| finance(&house).change_item(&chief, item, change);
        assert_eq!(does(ItemChange::Start).await.unwrap().state.status(), WorkItemStatus::InProgress);
        assert!(matches!(does(ItemChange::Start).await, Err(ServiceError::Refused(_))));
        assert_eq!(wrong(does(ItemChange::Finish(" ".into())).await), ["reason"]);
        does(ItemChange::Finish("called them".into())).await.unwrap();
        assert_eq!(profile(&house, "openai").await.status, ProfileStatus::Draft, "its status follows");
        assert_eq!(listed(&house, &chief, ItemQuery::default()).await, 0);
        let done = ItemQuery { statuses: vec![WorkItemStatus::Done], ..ItemQuery::default() };
        assert_eq!(listed(&house, &chief, done).await, 1);
        does(ItemChange::Reopen).await.unwrap();
        assert_eq!(profile(&house, "openai").await.status, ProfileStatus::NeedsPlanDetails);
        let log = house.ports.audit.page(&domain::audit::AuditFilter::default(), 20).await.unwrap();
        assert!(log.iter().any(|line| line.action == "item_finish" && line.detail.contains("called them")));
    }
}

#[tokio::test]
async fn dismissed_it_stays_away_and_snoozed_it_comes_back() {
    for house in House::each().await {
        let (item, chief) = one_item(&house).await;
        let does = |change| finance(&house).change_item(&chief, item, change);
        let now = house.environment.now();
        assert_eq!(wrong(does(ItemChange::Snooze(now - Duration::DAY)).await), ["until"]);
        assert_eq!(wrong(does(ItemChange::Snooze(now + Duration::days(91))).await), ["until"]);
        does(ItemChange::Snooze(now + Duration::DAY)).await.unwrap();
        assert_eq!(listed(&house, &chief, ItemQuery::default()).await, 0);
        assert_eq!(listed(&house, &chief, ItemQuery { with_snoozed: true, ..ItemQuery::default() }).await, 1);
        house.clock.advance(Duration::days(2));
        assert_eq!(listed(&house, &chief, ItemQuery::default()).await, 1);
        does(ItemChange::Dismiss("we know".into())).await.unwrap();
        for _ in 0..3 {
            finance(&house).seeding.hand_off(&chief, &id("openai")).await.unwrap();
            upkept(&house).await;
        }
        assert_eq!((open(&house, WorkItemType::PlanDetailsNeeded).await.len(), counts(&house).await.3), (0, 1));
    }
}

#[tokio::test]
async fn thirty_days_of_the_same_are_one_item() {
    for house in House::each().await {
        one_item(&house).await;
        for _ in 0..30 {
            house.clock.advance(Duration::DAY);
            upkept(&house).await;
            seeded(&house, "openai", AuthMethod::ApiKey).await;
        }
        assert_eq!(counts(&house).await, (1, 1, 1, 1));
    }
}

#[tokio::test]
async fn its_owner_works_it_and_nothing_else() {
    for house in House::each().await {
        let (item, chief) = one_item(&house).await;
        let (ann, ben) = (person(&house, Role::Operator).await, person(&house, Role::Viewer).await);
        let assign = ItemChange::Assign(ann.actor.user_id());
        let assigned = finance(&house).change_item(&chief, item, assign.clone()).await.unwrap();
        assert_eq!(assigned.owner, ann.actor.user_id());
        assert_eq!(listed(&house, &ann, ItemQuery::default()).await, 1);
        assert!(is_forbidden(&finance(&house).work_items(&ben, &ItemQuery::default()).await));
        finance(&house).change_item(&ann, item, ItemChange::Start).await.unwrap();
        assert!(is_forbidden(&finance(&house).change_item(&ann, item, ItemChange::Assign(None)).await));
        assert!(is_forbidden(&finance(&house).change_item(&ann, item, ItemChange::SetDue(None)).await));
        assert!(is_forbidden(&finance(&house).change_item(&ben, item, ItemChange::Dismiss("x".into())).await));
        let nobody = ItemChange::Assign(Some(vocab::UserId::new(uuid::Uuid::from_u128(999))));
        assert_eq!(wrong(finance(&house).change_item(&chief, item, nobody).await), ["owner"]);
        let unknown = WorkItemId::new(uuid::Uuid::from_u128(1));
        assert!(is_forbidden(&finance(&house).change_item(&ann, unknown, ItemChange::Start).await));
        assert!(matches!(finance(&house).change_item(&chief, unknown, ItemChange::Start).await, Err(ServiceError::NotFound(_))));
    }
}

#[tokio::test]
async fn filters_and_order() {
    for house in House::each().await {
        one_item(&house).await;
        seeded(&house, "anthropic", AuthMethod::ApiKey).await;
        let chief = person(&house, Role::Owner).await;
        assert_eq!(listed(&house, &chief, ItemQuery::default()).await, 2);
        let plan = contract(&house, "anthropic:api").await;
        assert_eq!(listed(&house, &chief, ItemQuery { contract: Some(plan.id), ..ItemQuery::default() }).await, 1);
        assert_eq!(listed(&house, &chief, ItemQuery { supplier: Some(plan.supplier_id), ..ItemQuery::default() }).await, 1);
        assert_eq!(listed(&house, &chief, ItemQuery { severity: Some(Severity::High), ..ItemQuery::default() }).await, 0);
        assert_eq!(listed(&house, &chief, ItemQuery { kind: Some(WorkItemType::BillBlocked), ..ItemQuery::default() }).await, 0);
        let second =
            open(&house, WorkItemType::PlanDetailsNeeded).await.into_iter().find(|i| i.links.contract_id == Some(plan.id)).unwrap();
        let due = house.environment.now() + Duration::HOUR;
        finance(&house).change_item(&chief, second.id, ItemChange::SetDue(Some(due))).await.unwrap();
        assert_eq!(finance(&house).work_items(&chief, &ItemQuery::default()).await.unwrap()[0].item.id, second.id, "the most urgent first");
        house.clock.advance(Duration::hours(2));
        assert!(finance(&house).work_items(&chief, &ItemQuery::default()).await.unwrap()[0].is_overdue);
    }
}
