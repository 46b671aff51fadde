use crate::make::{activation, add_user, connection, grant, id, later, provider, rows, trail};
use domain::connection::Finished;
use domain::device::{DeviceAuthorization, DeviceFlow, DeviceState, Poll, Shown, UserCode, VerificationRule};
use domain::flow::BegunIn;
use services::ports::conflict::FLOW_ENDED;
use services::ports::{ConnectionRepo, DeviceFlowRepo, InstallationRepo, SealedRepo, StoreError, Trail};
use std::convert::Infallible;
use std::time::Duration;
use testkit::database::TestDatabase;
use vocab::{DeviceMode, DevicePhase, FlowId, Role, SessionId};

const ALIVE: Duration = Duration::from_mins(1);

both!(
    one_is_open_at_a_provider,
    a_state_goes_there_and_back_with_its_code_beside_it,
    a_stale_writer_and_one_too_late_are_refused,
    of_many_one_gets_what_is_due,
    who_is_kept_alive_is_not_alone,
    it_ends_with_its_connection_or_not_at_all,
);

/// One that starts, begun by the person of this number.
async fn made(database: &TestDatabase, n: u8, name: &str) -> DeviceFlow {
    let now = database.storage().now().await.unwrap();
    DeviceFlow {
        id: FlowId::new(id(u128::from(n))),
        provider_id: provider(name),
        user_id: vocab::UserId::new(id(1)),
        user_name: "Ana".into(),
        begun_in: BegunIn::Session(SessionId::new(id(6))),
        mode: DeviceMode::Native,
        created_at: now,
        version: 1,
        sealed: Vec::new(),
        facts: DeviceState::start(now).facts(),
    }
}

async fn begun(database: &TestDatabase, n: u8, name: &str) -> DeviceFlow {
    let flow = made(database, n, name).await;
    assert!(database.storage().begin(&flow, ALIVE, Trail::default()).await.unwrap());
    flow
}

/// The same, waiting; its next question is due at once.
async fn waiting(database: &TestDatabase, flow: DeviceFlow) -> DeviceFlow {
    let now = database.storage().now().await.unwrap();
    let uri: url::Url = "https://auth.x.ai/device".parse().unwrap();
    let rule = VerificationRule::new([&uri], []);
    let shown = Shown::new(&rule, UserCode::read("ABCD-EFGH").unwrap(), uri, None).unwrap();
    let second = time::Duration::SECOND;
    let answer = DeviceAuthorization { device_code: "dc".into(), shown, interval: second, lifetime: time::Duration::minutes(10) };
    let state = DeviceState::start(now).authorized(answer, now - time::Duration::minutes(5)).unwrap();
    let next = flow.moved(&state, |_| Ok::<_, Infallible>(vec![7; 40])).unwrap();
    assert!(database.storage().save(&next, ALIVE, Trail::default()).await.unwrap());
    DeviceFlow { version: next.version + 1, ..next }
}

async fn one_is_open_at_a_provider(database: &TestDatabase) {
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let first = begun(database, 1, "xai").await;
    let second = made(database, 2, "xai").await;
    assert!(!storage.begin(&second, ALIVE, trail(1)).await.unwrap());
    assert_eq!(rows(database, "audit_log").await, 0, "what did not happen leaves no trace");
    begun(database, 3, "codex").await;
    assert_eq!(DeviceFlowRepo::newest(storage, &provider("xai")).await.unwrap().unwrap().id, first.id);
    let at = storage.now().await.unwrap();
    let over = first.moved(&DeviceState::Cancelled { at }, |_| Ok::<_, Infallible>(Vec::new())).unwrap();
    assert!(storage.save(&over, ALIVE, Trail::default()).await.unwrap());
    assert!(storage.begin(&second, ALIVE, trail(2)).await.unwrap(), "room for the next one");
    assert_eq!(storage.forget(at + time::Duration::SECOND).await.unwrap(), 1);
}

async fn a_state_goes_there_and_back_with_its_code_beside_it(database: &TestDatabase) {
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let flow = begun(database, 1, "xai").await;
    let written = waiting(database, flow).await;
    let read = DeviceFlowRepo::get(storage, written.id).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{written:?}"));
    assert!(matches!(read.state(Some("dc".into())), Some(DeviceState::Waiting(_))));
    assert!(read.state(None).is_none(), "not without its code");
    assert_eq!(SealedRepo::page(storage, None, 5).await.unwrap()[0].table, "device_flow");
}

async fn a_stale_writer_and_one_too_late_are_refused(database: &TestDatabase) {
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let stale = begun(database, 1, "xai").await;
    let fresh = waiting(database, stale.clone()).await;
    assert!(!storage.save(&stale, ALIVE, trail(1)).await.unwrap());
    let at = storage.now().await.unwrap();
    let denied = fresh.state(Some("dc".into())).unwrap().polled(&Poll::Denied, at).unwrap();
    let denied = fresh.clone().moved(&denied, |_| Ok::<_, Infallible>(Vec::new())).unwrap();
    assert_eq!(storage.open().await.unwrap().iter().map(|flow| flow.id).collect::<Vec<_>>(), [denied.id]);
    assert!(storage.save(&denied, ALIVE, trail(2)).await.unwrap());
    assert!(storage.open().await.unwrap().is_empty());
    assert!(!storage.save(&DeviceFlow { version: denied.version + 1, ..fresh }, ALIVE, trail(3)).await.unwrap(), "over is over");
    assert_eq!(rows(database, "audit_log").await, 1);
    assert!(SealedRepo::page(storage, None, 5).await.unwrap().is_empty(), "its code is gone");
}

async fn of_many_one_gets_what_is_due(database: &TestDatabase) {
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let flow = begun(database, 1, "xai").await;
    waiting(database, flow).await;
    let lease = Duration::from_secs(40);
    let all = futures::future::join_all((0..8).map(|_| storage.claim_due(lease, 10))).await;
    assert_eq!(all.into_iter().map(|claimed| claimed.unwrap().len()).sum::<usize>(), 1);
    assert!(storage.claim_due(lease, 10).await.unwrap().is_empty());
}

async fn who_is_kept_alive_is_not_alone(database: &TestDatabase) {
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let flow = made(database, 1, "xai").await;
    assert!(storage.begin(&flow, Duration::ZERO, Trail::default()).await.unwrap());
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(storage.left_alone().await.unwrap().len(), 1);
    assert!(storage.keep_alive(flow.id, ALIVE).await.unwrap());
    assert!(storage.left_alone().await.unwrap().is_empty());
    let asked_for = waiting(database, flow).await;
    assert!(storage.save(&asked_for, Duration::ZERO, Trail::default()).await.unwrap());
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(storage.left_alone().await.unwrap().is_empty(), "anybody may ask for it");
    assert!(!storage.keep_alive(FlowId::new(id(99)), ALIVE).await.unwrap());
}

async fn it_ends_with_its_connection_or_not_at_all(database: &TestDatabase) {
    let storage = database.storage();
    add_user(storage, 1, Role::Owner).await;
    let flow = begun(database, 1, "xai").await;
    let mut ends = activation(connection(1, "xai"), Some(grant(1)));
    ends.finishes = Some(Finished::Device { id: flow.id, at: later(0) });
    let early = storage.activate(ends.clone(), trail(1)).await;
    assert!(matches!(early, Err(StoreError::Conflict(FLOW_ENDED))), "nobody approved yet: {early:?}");
    assert_eq!(rows(database, "connection").await, 0);
    let finishing = flow.moved(&DeviceState::Finishing { since: later(0) }, |_| Ok::<_, Infallible>(Vec::new())).unwrap();
    assert!(storage.save(&finishing, ALIVE, Trail::default()).await.unwrap());
    storage.activate(ends, trail(2)).await.unwrap();
    assert_eq!(storage.newest(&provider("xai")).await.unwrap().unwrap().facts.phase, DevicePhase::Connected);
    // A key ends what is open, and so does a disconnection.
    begun(database, 2, "openai").await;
    storage.activate(activation(connection(2, "openai"), Some(grant(2))), trail(3)).await.unwrap();
    assert_eq!(storage.newest(&provider("openai")).await.unwrap().unwrap().facts.phase, DevicePhase::Cancelled);
}
