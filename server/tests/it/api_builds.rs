//! Builds over the machine API: a log as it grows, and who may hear it.

use crate::support::{Reader, TestApp};
use axum::body::Body;
use axum::http::{Method, Request};
use domain::build::{Build, BuildEnd, BuildState, Workspace};
use domain::events::Event;
use domain::people::Caller;
use serde_json::{Value, json};
use services::ports::{LeaseOwner, Trail};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use vocab::{BuildId, Lending, Role, Scope};

const AT: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn owner() -> LeaseOwner {
    LeaseOwner("this process".to_owned())
}

fn changed(build_id: BuildId) -> Trail {
    Trail { audit: Vec::new(), events: vec![Event::BuildChanged { build_id }] }
}

/// A build that is under way, whose program is this test.
async fn running(app: &TestApp) -> BuildId {
    let repo = &app.state.ports.builds.repo;
    let build = Build {
        id: BuildId::new(app.state.environment.uuid()),
        provider_id: "xai".parse().unwrap(),
        prompt: "do it".into(),
        workspace: Workspace::Empty,
        lending: Lending::Lend,
        started_by: "Ann".into(),
        user_id: None,
        retry_of: None,
        created_at: AT,
        state: BuildState::Queued,
    };
    repo.add_build(&build, Trail::default()).await.unwrap();
    repo.claim_build(&owner(), Duration::from_mins(5), 99).await.unwrap().unwrap();
    assert!(repo.step_build(build.id, &owner(), &BuildState::Running { since: AT }, changed(build.id)).await.unwrap());
    build.id
}

async fn print(app: &TestApp, build: BuildId, text: &str) {
    app.state.ports.builds.repo.log_build(build, text, changed(build)).await.unwrap();
}

async fn end(app: &TestApp, build: BuildId) {
    let over = BuildState::Running { since: AT }.ended(BuildEnd::Succeeded, AT).unwrap();
    assert!(app.state.ports.builds.repo.step_build(build, &owner(), &over, changed(build)).await.unwrap());
}

async fn listen(app: &TestApp, token: &str, build: BuildId, last: Option<&str>, query: &str) -> Reader {
    let request = Request::builder()
        .uri(format!("/api/v1/builds/{build}/log/events{query}"))
        .header("authorization", format!("Bearer {token}"))
        .header("accept", "text/event-stream");
    let request = if let Some(last) = last { request.header("last-event-id", last) } else { request };
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/event-stream"));
    let mut stream = answer.stream();
    let first = stream.next().await.unwrap();
    assert!(first.contains("retry: ") && !first.contains("data"), "{first}");
    stream
}

/// Name, id and data of the next event.
async fn next(stream: &mut Reader) -> (String, Option<String>, Value) {
    let event = stream.next().await.unwrap();
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    (field("event: ").unwrap(), field("id: "), serde_json::from_str(&field("data: ").unwrap()).unwrap())
}

fn log(id: &str, text: &str) -> (String, Option<String>, Value) {
    ("log".to_owned(), Some(id.to_owned()), json!({ "text": text }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_told_as_it_grows_and_from_where_one_was() {
    let app = TestApp::new().await;
    app.read_events();
    let ann = app.person("ann", Role::Owner).await;
    let token = app.token_of(&ann, &[Scope::Builds]).await;
    let build = running(&app).await;
    print(&app, build, "one\n\u{1b}[31mred\u{1b}[0m <script>alert(1)</script>\n").await;
    let mut stream = listen(&app, &token, build, None, "").await;
    assert_eq!(next(&mut stream).await, log("1", "one\nred <script>alert(1)</script>\n"), "plain text: colours are the page's");
    let began = Instant::now();
    print(&app, build, "two\n").await;
    assert_eq!(next(&mut stream).await, log("2", "two\n"));
    assert!(began.elapsed() < Duration::from_millis(1500), "told, not looked for: {:?}", began.elapsed());
    drop(stream);
    print(&app, build, "three\n").await;
    let mut back = listen(&app, &token, build, Some("2"), "").await;
    assert_eq!(next(&mut back).await, log("3", "three\n"), "nothing twice, nothing lost");
    let mut from = listen(&app, &token, build, None, "?after=1").await;
    assert_eq!(next(&mut from).await, log("2", "two\n"));
    let mut both = listen(&app, &token, build, Some("2"), "?after=0").await;
    assert_eq!(next(&mut both).await, log("3", "three\n"), "what the browser has seen goes first");
    print(&app, build, "four\n").await;
    end(&app, build).await;
    for mut stream in [back, both] {
        assert_eq!(next(&mut stream).await, log("4", "four\n"));
        assert_eq!(next(&mut stream).await, ("end".to_owned(), None, json!({"phase": "succeeded"})));
        assert!(stream.ends().await);
    }
    // Who comes back after the end hears that it is the end.
    let mut late = listen(&app, &token, build, Some("4"), "").await;
    assert_eq!(next(&mut late).await.0, "end");
    // What a long log holds comes in pieces, all of it.
    let long = running(&app).await;
    for n in 0..120 {
        print(&app, long, &format!("{n}\n")).await;
    }
    end(&app, long).await;
    let mut stream = listen(&app, &token, long, None, "").await;
    for n in 0..120 {
        assert_eq!(next(&mut stream).await, log(&(n + 1).to_string(), &format!("{n}\n")));
    }
    assert_eq!(next(&mut stream).await.0, "end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_within_seconds_when_its_token_session_or_role_does() {
    let app = TestApp::new().await;
    app.read_events();
    let (ann, ben) = (app.person("ann", Role::Owner).await, app.person("ben", Role::Operator).await);
    let build = running(&app).await;
    print(&app, build, "one\n").await;
    let tokens = &app.state.services.access_tokens;
    let caller = Caller::command_line();

    let token = app.token_of(&ann, &[Scope::Builds]).await;
    let mut revoked = listen(&app, &token, build, None, "").await;
    assert_eq!(next(&mut revoked).await, log("1", "one\n"));
    let id = tokens.list(&caller).await.unwrap()[0].token.id;
    let of_ben = app.token_of(&ben, &[Scope::Builds]).await;
    let mut demoted = listen(&app, &of_ben, build, Some("1"), "").await;
    let mut browser = app.browser_of(&ann).await;
    let answer = browser.send(Method::GET, &format!("/api/v1/builds/{build}/log/events?after=1"), "text/event-stream", None).await;
    let mut signed_out = answer.stream();
    signed_out.next().await.unwrap();

    tokens.revoke(&caller, id).await.unwrap();
    app.state.services.people.set_role(&caller, ben.id, Role::Viewer).await.unwrap();
    app.state.ports.sessions.end(browser.session_id.unwrap(), ann.id, Trail::default()).await.unwrap();
    let began = Instant::now();
    for stream in [&mut revoked, &mut demoted, &mut signed_out] {
        assert_eq!(stream.next().await, None, "the end, and no event about it");
    }
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    let mut other = listen(&app, &app.token_of(&ann, &[Scope::Admin]).await, build, Some("1"), "").await;
    print(&app, build, "two\n").await;
    assert_eq!(next(&mut other).await, log("2", "two\n"), "others go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_what_is_not_there_and_too_many_are_refused() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let token = app.token_of(&ann, &[Scope::Builds]).await;
    let reader = app.token_of(&ann, &[Scope::Read]).await;
    let build = running(&app).await;
    let nothing = BuildId::new(uuid::Uuid::nil());
    for (token, id, query, status) in [
        (&token, nothing, "", 404),
        (&reader, build, "", 403),
        (&token, build, "?after=x", 422),
        (&token, build, "?before=1", 422),
        (&"pur_nonsense".to_owned(), build, "", 401),
    ] {
        let request = Request::builder().uri(format!("/api/v1/builds/{id}/log/events{query}"));
        let request = request.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
        assert_eq!(app.send(request).await.status, status, "{query}");
    }
    let mut streams = Vec::new();
    for _ in 0..16 {
        streams.push(listen(&app, &token, build, None, "").await);
    }
    let request = Request::builder().uri(format!("/api/v1/builds/{build}/log/events"));
    let answer = app.send(request.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.json().await["error"]["code"], "throttled");
    drop(streams);
    listen(&app, &token, build, None, "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_when_the_server_stops() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let build = running(&app).await;
    let mut stream = listen(&app, &app.token_of(&ann, &[Scope::Builds]).await, build, None, "").await;
    app.state.stopping.cancel();
    assert!(stream.ends().await);
}
