//! The whole story through the machine API alone: setup → wrong key → right key → models → access token → gateway → usage →
//! disconnect, as the page tells it.

use crate::gateway_upstream::Upstream;
use crate::gateway_world::{DONE, PROVIDER_KEY, chunk, completion, hello, overlay_of, usage_chunk};
use crate::support::{Answer, Browser, PASSWORD, TestApp};
use axum::http::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::time::Duration;

/// Somewhere else than the machine Purser runs on.
const AWAY: &str = "10.1.2.3:40000";

async fn app(upstream: &Upstream) -> TestApp {
    let folder = tempfile::tempdir().unwrap();
    let overlay = folder.path().join("providers.toml");
    std::fs::write(&overlay, overlay_of(&upstream.origin)).unwrap();
    upstream.lists("openai", json!({"data": [{"id": "gpt-4o"}, {"id": "gpt-4o-mini"}]}));
    TestApp::with(&[("PURSER_PROVIDERS_FILE", overlay.to_str().unwrap())]).await
}

fn owner(secret: &str) -> Value {
    json!({"name": "Ann", "email": "ann@example.com", "password": PASSWORD, "setup_secret": secret})
}

async fn post(agent: &mut Browser<'_>, path: &str, body: &Value) -> Answer {
    agent.api(Method::POST, path, Some(body)).await
}

/// Sets up with the one-time secret and makes an access token with the cookie that comes back; returns the token.
async fn set_up(app: &TestApp) -> String {
    let secret = app.state.services.people.open_setup_link().await.unwrap().unwrap().expose_secret().to_owned();
    let mut program = app.browser().from(AWAY).with("sec-fetch-site", "");
    for wrong in [json!({"name": "Eve", "email": "eve@example.com", "password": PASSWORD}), owner("wrong")] {
        assert_eq!(post(&mut program, "/api/v1/setup", &wrong).await.status, 403, "{wrong}");
    }
    let weak = json!({"name": "", "email": "ann", "password": "x", "setup_secret": secret});
    let refused = post(&mut program, "/api/v1/setup", &weak).await;
    assert_eq!(refused.status, 422);
    assert!(refused.json().await["error"]["field_errors"]["password"].is_string());

    let made = post(&mut program, "/api/v1/setup", &owner(&secret)).await;
    assert_eq!(made.status, 201);
    let session = program.session().unwrap().to_owned();
    let body = made.text().await;
    assert!(!body.contains(&session) && !body.contains(PASSWORD) && !body.contains(&secret), "{body}");
    assert_eq!(post(&mut app.browser().from(AWAY), "/api/v1/setup", &owner(&secret)).await.status, 409, "the secret is spent");

    let made = post(&mut program, "/api/v1/access-tokens", &json!({"name": "story", "scopes": ["admin", "inference"]})).await;
    assert_eq!(made.status, 201);
    made.json().await["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn from_setup_to_disconnect() {
    let upstream = Upstream::start().await;
    let app = app(&upstream).await;
    let token = set_up(&app).await;
    let mut agent = app.browser().from(AWAY).with("sec-fetch-site", "").with("authorization", &format!("Bearer {token}"));
    assert_eq!(agent.api(Method::GET, "/api/v1/me", None).await.json().await["role"], "owner");

    let wrong = post(&mut agent, "/api/v1/providers/openai/key", &json!({"key": "sk-wrong-key-0001"})).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.json().await["error"]["message"].as_str().unwrap().contains("no such key"), "the provider's own words");
    let right = post(&mut agent, "/api/v1/providers/openai/key", &json!({"key": PROVIDER_KEY})).await;
    assert_eq!(right.json().await["verdict"], "ok");
    let synced = agent.api(Method::POST, "/api/v1/providers/openai/models/sync", None).await;
    assert_eq!(synced.json().await["found"], 2);
    app.state.services.caches.forget_routes();

    upstream.reply_json("openai", &completion(1_000, 0, 100));
    let whole = post(&mut agent, "/v1/chat/completions", &hello("openai/gpt-4o")).await;
    assert_eq!(whole.json().await["object"], "chat.completion");
    upstream.events("openai", &[&chunk("Grüße"), &usage_chunk(10, 2), DONE]).await;
    let streamed = json!({"model": "gpt-4o-mini", "stream": true, "messages": [{"role": "user", "content": "hello"}]});
    assert!(post(&mut agent, "/v1/chat/completions", &streamed).await.text().await.contains("Grüße"));
    let usage = usage_of(&mut agent, 2).await;
    assert_eq!((&usage["newest"][0]["access_token"], &usage["by_access_token"][0]["requests"]), (&json!("story"), &json!(2)));

    assert_eq!(agent.api(Method::DELETE, "/api/v1/providers/openai/connection", None).await.status, 204);
    app.state.services.caches.forget_routes();
    let refused = post(&mut agent, "/v1/chat/completions", &hello("openai/gpt-4o")).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.json().await["error"]["message"], "Provider not configured — add an API key or sign in.");
}

/// The usage of a week, once there are `count` requests: rows are written off the hot path.
async fn usage_of(agent: &mut Browser<'_>, count: u64) -> Value {
    for _ in 0..200 {
        let usage = agent.api(Method::GET, "/api/v1/usage?days=7", None).await.json().await;
        if usage["total"]["requests"] == count {
            return usage;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no {count} requests were counted");
}

#[tokio::test]
async fn from_this_machine_no_secret_is_needed() {
    let app = TestApp::new().await;
    let body = json!({"name": "Ann", "email": "ann@example.com", "password": PASSWORD});
    for (name, value) in [("x-forwarded-for", "127.0.0.1"), ("host", "evil.example"), ("sec-fetch-site", "cross-site")] {
        assert_eq!(post(&mut app.browser().with(name, value), "/api/v1/setup", &body).await.status, 403, "{name}");
    }
    assert_eq!(post(&mut app.browser(), "/api/v1/setup", &body).await.status, 201);
}

#[tokio::test]
async fn programs_sign_in_by_cookie_and_are_slowed_down_like_people() {
    let app = TestApp::new().await;
    app.person("ann", vocab::Role::Owner).await;
    let mut program = app.browser();
    let right = json!({"email": "ann@example.com", "password": PASSWORD});
    let signed_in = post(&mut program, "/api/v1/sessions", &right).await;
    assert_eq!(signed_in.status, 201);
    assert_eq!(signed_in.json().await["current"], true);
    assert_eq!(program.api(Method::GET, "/api/v1/me", None).await.json().await["name"], "ann");
    for _ in 0..5 {
        let wrong = json!({"email": "ann@example.com", "password": "not the password"});
        assert_eq!(post(&mut app.browser(), "/api/v1/sessions", &wrong).await.status, 422);
    }
    assert_eq!(post(&mut app.browser(), "/api/v1/sessions", &right).await.status, 429);
}
