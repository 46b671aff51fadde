//! Short ways to say what Finance's tests say again and again.

use crate::support::{House, id};
use domain::connection::{Activation, Connection, Standing};
use domain::finance::contract::{Contract, ContractTerms};
use domain::finance::profile::FinanceProfile;
use domain::finance::work_item::WorkItem;
use domain::people::{Actor, Caller, Email, User, UserState};
use secrecy::SecretString;
use services::ServiceError;
use services::finance::Finance;
use services::ports::{ContractsOf, ItemsOf, Trail};
use std::time::Duration;
use uuid::Uuid;
use vocab::finance::{SeedStatus, WorkItemType};
use vocab::{AuthMethod, ConnectionId, Role, SessionId, UserId};

/// A signed-in person of a role, with an account.
pub async fn person(house: &House, role: Role) -> Caller {
    let number = house.ports.people.users().await.unwrap().len() as u128 + 1;
    let user = User {
        id: UserId::new(Uuid::from_u128(number)),
        name: format!("{role} {number}"),
        email: Email::parse(&format!("p{number}@example.com")).unwrap(),
        role,
        password_hash: SecretString::from("x"),
        state: UserState::Active,
        created_at: house.environment.now(),
        last_sign_in_at: None,
    };
    house.ports.people.add_user(&user, Trail::default()).await.unwrap();
    Caller::person(user.id, user.name, role, SessionId::new(Uuid::from_u128(number)), domain::audit::Origin::default())
}

pub fn finance(house: &House) -> &Finance {
    &house.services.finance
}

/// Connects a provider by a method, as the end of any sign-in does; nothing is handed over yet.
pub async fn connect(house: &House, provider: &str, method: AuthMethod) {
    let before = house.ports.connections.of_provider(&id(provider)).await.unwrap();
    let now = house.environment.now();
    let connection = Connection {
        id: ConnectionId::new(house.environment.uuid()),
        provider_id: id(provider),
        method,
        grant_id: None,
        base_url: None,
        key_hint: None,
        account: None,
        connected_by: None,
        connected_by_name: "Ann".into(),
        connected_at: now,
        standing: Standing::Good { checked_at: now },
        enabled: true,
        version: before.map_or(0, |before| before.version),
    };
    let actor = Actor::CommandLine;
    let activation = Activation { connection, grant: None, siblings: Vec::new(), finishes: None, trigger: "test", actor };
    house.ports.connections.activate(activation, Trail::default()).await.unwrap();
}

/// Connects and hands over.
pub async fn seeded(house: &House, provider: &str, method: AuthMethod) {
    connect(house, provider, method).await;
    hand_over(house).await;
}

/// Handles what waits; it must succeed.
pub async fn hand_over(house: &House) {
    finance(house).seeding.handle_due().await.unwrap();
}

/// Waits for what runs in the background.
pub async fn handled(house: &House, provider: &str) -> SeedStatus {
    for _ in 0..200 {
        let newest = house.ports.hand_offs.newest(&id(provider)).await.unwrap().unwrap();
        if newest.status != SeedStatus::Pending || newest.attempts > 0 {
            return newest.status;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    SeedStatus::Pending
}

pub async fn profile(house: &House, provider: &str) -> FinanceProfile {
    let all = house.ports.finance.profiles().await.unwrap();
    all.into_iter().find(|profile| profile.provider_id == id(provider)).unwrap()
}

/// The contract of an account that has not ended.
pub async fn contract(house: &House, account: &str) -> Contract {
    house.ports.finance.contracts(&ContractsOf::Account(account.parse().unwrap())).await.unwrap().pop().unwrap()
}

pub async fn items(house: &House, kind: WorkItemType) -> Vec<WorkItem> {
    let all = house.ports.finance.items(&ItemsOf::default()).await.unwrap();
    all.into_iter().filter(|item| item.kind == kind).collect()
}

pub async fn open(house: &House, kind: WorkItemType) -> Vec<WorkItem> {
    items(house, kind).await.into_iter().filter(|item| item.state.is_open()).collect()
}

/// How many suppliers, profiles, contracts and items there are.
pub async fn counts(house: &House) -> (usize, usize, usize, usize) {
    let rows = &house.ports.finance;
    (
        rows.suppliers().await.unwrap().len(),
        rows.profiles().await.unwrap().len(),
        rows.contracts(&ContractsOf::All).await.unwrap().len(),
        rows.items(&ItemsOf::default()).await.unwrap().len(),
    )
}

/// A subscription for 500 US dollars a month, but for its allowance.
pub fn subscription(before: &Contract, owner: UserId) -> ContractTerms {
    ContractTerms {
        contract_type: Some(vocab::finance::ContractType::Subscription),
        budget_owner: Some(owner),
        currency: Some(domain::finance::Currency::USD),
        cadence: Some(vocab::finance::BillingCadence::Monthly),
        commitment_amount: Some(rust_decimal::Decimal::from(500)),
        start_date: Some(time::macros::date!(2026 - 11 - 01)),
        ..before.terms.clone()
    }
}

/// A million tokens a month.
pub fn tokens() -> services::finance::AllowanceEdit {
    use domain::finance::allowance::{AllowanceTerms, Scope, Thresholds, Valuation};
    let terms = AllowanceTerms {
        name: "Tokens".into(),
        metric: vocab::finance::MetricKey::TotalTokens,
        scope: Scope::default(),
        unit: "Tokens".into(),
        included: Some(rust_decimal::Decimal::from(1_000_000)),
        reset: vocab::finance::ResetInterval::Monthly,
        rollover_cap: None,
        prorate_included: false,
        overage: None,
        valuation: Valuation::CommitmentFirst,
        weight: None,
        thresholds: Thresholds::default(),
        sort_order: 0,
    };
    services::finance::AllowanceEdit { id: None, terms }
}

/// The names of the wrong fields.
pub fn wrong<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> Vec<String> {
    match result {
        Err(ServiceError::Invalid(errors)) => errors.0.into_keys().collect(),
        other => vec![format!("{other:?}")],
    }
}

pub fn is_forbidden<T>(result: &Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::Forbidden(_)))
}

/// Everything that waits is due now.
pub async fn make_due(house: &House) {
    house.database.execute("UPDATE outbox_event SET next_attempt_at = 0").await;
}

/// A draft for openai's plan, completed and activated: 500 US dollars and a million tokens a month since 1 November.
pub async fn active_plan(house: &House) -> (Contract, Caller) {
    seeded(house, "codex", AuthMethod::OAuth).await;
    let (plan, chief) = (contract(house, "openai:subscription").await, person(house, Role::Finance).await);
    let terms = subscription(&plan, chief.actor.user_id().unwrap());
    let plan = finance(house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
    let plan = finance(house).edit_allowances(&chief, plan.id, plan.version, vec![tokens()]).await.unwrap();
    (finance(house).activate_contract(&chief, plan.id, plan.version).await.unwrap(), chief)
}

/// The account behind a key for openai, handed over, with the prices of the list.
pub async fn openai_by_key(house: &House) -> Contract {
    house.connect_openai().await;
    // Connecting hands over in the background: what it holds is not due for anybody else.
    assert_eq!(handled(house, "openai").await, SeedStatus::Done);
    connect(house, "openai", AuthMethod::ApiKey).await;
    hand_over(house).await;
    finance(house).renew_prices(house.environment.now()).await.unwrap();
    contract(house, "openai:api").await
}

/// A metered contract for openai's API since 1 November, with the prices of the list: 2 and 10 dollars a million.
pub async fn active_metered(house: &House) -> (Contract, Caller) {
    let (plan, chief) = (openai_by_key(house).await, person(house, Role::Finance).await);
    let terms = ContractTerms {
        contract_type: Some(vocab::finance::ContractType::Metered),
        commitment_amount: None,
        ..subscription(&plan, chief.actor.user_id().unwrap())
    };
    let plan = finance(house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
    (finance(house).activate_contract(&chief, plan.id, plan.version).await.unwrap(), chief)
}

/// One request of so many input tokens.
pub fn request(name: &str, provider: &str, at: time::OffsetDateTime, input: u64) -> domain::inference::UsageRecord {
    domain::inference::UsageRecord {
        request_id: name.to_owned(),
        at,
        connection_id: ConnectionId::new(Uuid::from_u128(1)),
        provider_id: id(provider),
        model_id: "gpt-5.2".into(),
        account: None,
        token_id: None,
        user_id: None,
        tokens: Some(domain::inference::TokenCounts { input, ..Default::default() }),
        latency_ms: 900,
        first_byte_ms: 100,
        outcome: vocab::UsageOutcome::Completed,
        status: 200,
        cost: None,
        cost_basis: vocab::CostBasis::Included,
    }
}

pub async fn used(house: &House, requests: &[domain::inference::UsageRecord]) {
    house.ports.usage.add(requests, Trail::default()).await.unwrap();
}

/// Moves the clock to an instant that is to come.
pub fn until(house: &House, at: time::OffsetDateTime) {
    house.clock.advance(at - house.environment.now());
}

/// Every snapshot of a contract.
pub async fn snapshots(house: &House, id: vocab::ContractId) -> Vec<domain::finance::evaluation::Snapshot> {
    let all = services::ports::SnapshotsOf::Since(id, time::macros::date!(2000 - 01 - 01));
    house.ports.figures.snapshots(&all).await.unwrap()
}

/// Runs the upkeep, which must succeed; how many contracts something was written for.
pub async fn upkept(house: &House) -> u32 {
    let run = finance(house).upkeep(house.environment.now()).await.unwrap();
    assert_eq!(run.failed, []);
    run.contracts
}
