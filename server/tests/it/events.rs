//! Live events: who hears what, coming back, missing too much, and the end.

use crate::support::{Browser, Reader, TestApp};
use axum::http::Method;
use domain::events::Event;
use domain::people::Caller;
use serde_json::json;
use std::time::Duration;
use vocab::{AccessTokenId, ProviderId, Role, UserId};

async fn listen(browser: &mut Browser<'_>) -> Reader {
    let answer = browser.send(Method::GET, "/events", "text/event-stream", None).await;
    assert_eq!(answer.status, 200);
    assert_eq!((answer.header("content-type"), answer.header("x-accel-buffering")), ("text/event-stream", "no"));
    let mut stream = answer.stream();
    let first = stream.next().await.unwrap();
    assert!(first.contains("id: ") && first.contains("retry: ") && !first.contains("data"), "{first}");
    stream
}

fn openai() -> ProviderId {
    "openai".parse().unwrap()
}

fn connection() -> Event {
    Event::ConnectionChanged { provider_id: openai() }
}

async fn happen(app: &TestApp, events: Vec<Event>) {
    app.state.ports.events.publish(events).await.unwrap();
}

#[tokio::test]
async fn each_role_hears_what_it_may() {
    let app = TestApp::new().await;
    app.read_events();
    let (ann, vic) = (app.person("ann", Role::Owner).await, app.person("vic", Role::Viewer).await);
    let (mut owner, mut viewer) = (listen(&mut app.browser_of(&ann).await).await, listen(&mut app.browser_of(&vic).await).await);
    let nobody = UserId::new(uuid::Uuid::nil());
    happen(
        &app,
        vec![
            Event::AccessTokenChanged { token_id: AccessTokenId::new(uuid::Uuid::nil()) },
            Event::UserChanged { user_id: nobody },
            Event::KeysChanged,
            Event::SessionEnded { user_id: nobody, session_id: vocab::SessionId::new(uuid::Uuid::nil()) },
            connection(),
        ],
    )
    .await;
    for kind in ["access_tokens_changed", "team_changed", "keys_changed"] {
        assert_eq!(owner.data().await.unwrap(), json!({"kind": kind}));
    }
    let changed = json!({"kind": "connection_changed", "provider_id": "openai"});
    assert_eq!(owner.data().await.unwrap(), changed);
    assert_eq!(viewer.data().await.unwrap(), changed, "nothing of what only owners may hear");
}

#[tokio::test]
async fn who_comes_back_hears_what_was_missed() {
    let app = TestApp::new().await;
    app.read_events();
    let ann = app.person("ann", Role::Owner).await;
    let mut first = listen(&mut app.browser_of(&ann).await).await;
    happen(&app, vec![connection()]).await;
    let seen = first.next().await.unwrap();
    let id = seen.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(first);
    happen(&app, vec![Event::ModelsChanged { provider_id: openai() }, Event::UsageRecorded]).await;

    let mut back = listen(&mut app.browser_of(&ann).await.with("last-event-id", &id)).await;
    assert_eq!(back.data().await.unwrap()["kind"], "models_changed");
    assert_eq!(back.data().await.unwrap()["kind"], "usage_recorded");
    happen(&app, vec![connection()]).await;
    assert_eq!(back.data().await.unwrap()["kind"], "connection_changed", "and goes on live, nothing twice");
}

#[tokio::test]
async fn who_missed_too_much_asks_for_everything() {
    let app = TestApp::new().await;
    app.read_events();
    let ann = app.person("ann", Role::Owner).await;
    happen(&app, (0..300).map(|_| Event::UsageRecorded).collect()).await;
    let mut many = listen(&mut app.browser_of(&ann).await.with("last-event-id", "1")).await;
    assert_eq!(many.data().await.unwrap(), json!({"kind": "resync"}));

    let now = app.state.ports.installation.now().await.unwrap();
    app.state.ports.events.prune(now + time::Duration::minutes(1)).await.unwrap();
    let mut pruned = listen(&mut app.browser_of(&ann).await.with("last-event-id", "290")).await;
    assert_eq!(pruned.data().await.unwrap(), json!({"kind": "resync"}));
    let mut future = listen(&mut app.browser_of(&ann).await.with("last-event-id", "999999")).await;
    assert_eq!(future.data().await.unwrap(), json!({"kind": "resync"}), "another database's id");
    let mut odd = listen(&mut app.browser_of(&ann).await.with("last-event-id", "what")).await;
    happen(&app, vec![connection()]).await;
    assert_eq!(odd.data().await.unwrap()["kind"], "connection_changed");
}

#[tokio::test]
async fn a_slow_page_gets_no_queue() {
    let app = TestApp::new().await;
    app.read_events();
    let ann = app.person("ann", Role::Owner).await;
    let mut slow = listen(&mut app.browser_of(&ann).await).await;
    for _ in 0..4 {
        happen(&app, (0..200).map(|_| Event::UsageRecorded).collect()).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut kinds = Vec::new();
    while let Some(data) = slow.data().await {
        kinds.push(data["kind"].as_str().unwrap().to_owned());
        if kinds.last().is_some_and(|kind| kind == "resync") {
            break;
        }
    }
    assert!(kinds.last().is_some_and(|kind| kind == "resync") && kinds.len() < 10, "{}", kinds.len());
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_its_role() {
    let app = TestApp::new().await;
    app.read_events();
    app.person("root", Role::Owner).await;
    let ann = app.person("ann", Role::Owner).await;
    let (mut here, mut there) = (app.browser_of(&ann).await, app.browser_of(&ann).await);
    let (mut mine, mut other) = (listen(&mut here).await, listen(&mut there).await);
    let session = there.session_id.unwrap().to_string();
    assert_eq!(here.call("end_session", &[("id", &session)]).await.status, 200);
    assert_eq!(other.data().await.unwrap()["kind"], "sessions_changed");
    assert!(other.ends().await, "the revoked browser's stream ends");
    assert_eq!(mine.data().await.unwrap()["kind"], "sessions_changed");
    app.state.services.people.set_role(&Caller::command_line(), ann.id, Role::Viewer).await.unwrap();
    assert!(mine.ends().await, "with another role it has to come anew");
}

#[tokio::test]
async fn signing_out_ends_the_streams_of_that_browser() {
    let app = TestApp::new().await;
    app.read_events();
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    let mut stream = listen(&mut browser).await;
    assert_eq!(browser.call("sign_out", &[]).await.status, 200);
    assert!(stream.ends().await);
}

#[tokio::test]
async fn a_person_has_sixteen_streams() {
    let app = TestApp::new().await;
    let (ann, bob) = (app.person("ann", Role::Owner).await, app.person("bob", Role::Viewer).await);
    let mut browser = app.browser_of(&ann).await;
    let mut open = Vec::new();
    for _ in 0..16 {
        open.push(browser.send(Method::GET, "/events", "text/event-stream", None).await);
    }
    assert!(open.iter().all(|answer| answer.status == 200));
    assert_eq!(browser.send(Method::GET, "/events", "text/event-stream", None).await.status, 429);
    assert_eq!(app.browser_of(&bob).await.send(Method::GET, "/events", "text/event-stream", None).await.status, 200);
    open.pop();
    assert_eq!(browser.send(Method::GET, "/events", "text/event-stream", None).await.status, 200);
}

#[tokio::test]
async fn a_stopping_server_ends_its_streams() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut stream = listen(&mut app.browser_of(&ann).await).await;
    app.state.stopping.cancel();
    assert!(stream.ends().await);
}

#[tokio::test]
async fn a_change_by_another_process_is_heard() {
    for database in testkit::database::TestDatabase::each().await {
        let app = TestApp::on(database, &[]).await;
        app.read_events();
        let ann = app.person("ann", Role::Owner).await;
        let token = app.token_of(&ann, &[vocab::Scope::Read]).await;
        let mut agent = app.browser().with("authorization", &format!("Bearer {token}"));
        let mut stream = listen(&mut app.browser_of(&ann).await).await;
        assert_eq!(agent.api(Method::GET, "/api/v1/providers", None).await.status, 200);
        let elsewhere = app.database().again().await;
        let listed = services::ports::AccessTokenRepo::list(&elsewhere).await.unwrap();
        let id = listed[0].0.id;
        let trail = services::ports::Trail { events: vec![Event::AccessTokenChanged { token_id: id }], ..Default::default() };
        services::ports::AccessTokenRepo::revoke(&elsewhere, id, app.state.environment.now(), trail).await.unwrap();
        assert_eq!(stream.data().await.unwrap()["kind"], "access_tokens_changed");
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(agent.api(Method::GET, "/api/v1/providers", None).await.status, 401);
        elsewhere.close().await;
    }
}

#[tokio::test]
async fn the_list_of_browsers_follows_signing_in() {
    let app = TestApp::new().await;
    app.read_events();
    let ann = app.person("ann", Role::Owner).await;
    let vic = app.person("vic", Role::Viewer).await;
    let (mut owner, mut viewer) = (listen(&mut app.browser_of(&ann).await).await, listen(&mut app.browser_of(&vic).await).await);
    app.browser().sign_in("ann").await;
    assert_eq!(owner.data().await.unwrap(), json!({"kind": "sessions_changed"}));
    happen(&app, vec![connection()]).await;
    assert_eq!(viewer.data().await.unwrap()["kind"], "connection_changed", "nobody else hears of it");
}
