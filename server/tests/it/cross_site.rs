//! What another site makes a browser send.

use crate::support::TestApp;
use axum::http::Method;
use serde_json::json;
use vocab::{Role, Scope};

#[tokio::test]
async fn other_sites_can_neither_call_nor_post() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    for (site, origin) in
        [("cross-site", "https://evil.example"), ("same-site", "https://other.example.com"), ("", "https://evil.example"), ("", "null")]
    {
        let browser = app.browser_of(&ann).await.with("sec-fetch-site", site).with("origin", origin);
        let mut browser = browser;
        for name in ["sign_out", "providers", "sign_in", "setup"] {
            let answer = browser.call(name, &[]).await;
            assert_eq!(answer.status, 403, "{name} from {site} {origin}");
            assert_eq!(answer.json().await["code"], "forbidden");
        }
        assert_eq!(browser.submit("sign_out", &[]).await.status, 403);
        assert_eq!(browser.api(Method::POST, "/api/v1/keys/rotate", Some(&json!({}))).await.status, 403);
        assert_eq!(browser.api(Method::DELETE, "/api/v1/providers/openai/connection", None).await.status, 403);
        assert_eq!(browser.send(Method::POST, "/platform/settings", "text/html", None).await.status, 403);
    }
    let mut still = app.browser_of(&ann).await;
    assert_eq!(still.call("sessions", &[]).await.status, 200, "nobody was signed out");
}

#[tokio::test]
async fn our_own_pages_may_also_in_browsers_that_say_little() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let same_host = app.browser_of(&ann).await.with("sec-fetch-site", "").with("origin", "http://localhost:3000");
    let behind_proxy =
        app.browser_of(&ann).await.with("sec-fetch-site", "").with("origin", "http://localhost:3000").with("host", "internal:8080");
    let no_word = app.browser_of(&ann).await.with("sec-fetch-site", "");
    for mut browser in [same_host, behind_proxy, no_word] {
        assert_eq!(browser.call("sessions", &[]).await.status, 200);
    }
}

#[tokio::test]
async fn agents_are_no_browsers() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let token = format!("Bearer {}", app.token_of(&ann, &[Scope::Admin, Scope::Inference]).await);
    let mut agent = app.browser().with("sec-fetch-site", "cross-site").with("origin", "https://app.example").with("authorization", &token);
    assert_eq!(agent.api(Method::POST, "/api/v1/keys/recognise", Some(&json!({"key": "sk-ant-x"}))).await.status, 200);
    assert_ne!(agent.api(Method::POST, "/v1/chat/completions", Some(&json!({"model": "x", "messages": []}))).await.status, 403);

    let mut both = app
        .browser_of(&ann)
        .await
        .with("sec-fetch-site", "cross-site")
        .with("origin", "https://evil.example")
        .with("authorization", "Bearer x");
    assert_eq!(
        both.api(Method::POST, "/api/v1/keys/recognise", Some(&json!({"key": "sk-ant-x"}))).await.status,
        403,
        "a cookie came along"
    );
    assert_eq!(both.call("sign_out", &[]).await.status, 403, "pages take no tokens");
}

#[tokio::test]
async fn live_events_stay_at_home() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    for site in ["cross-site", "same-site"] {
        let mut browser = app.browser_of(&ann).await.with("sec-fetch-site", site);
        assert_eq!(browser.send(Method::GET, "/events", "text/event-stream", None).await.status, 403, "{site}");
    }
    let mut browser = app.browser_of(&ann).await;
    assert_eq!(browser.send(Method::GET, "/events", "text/event-stream", None).await.status, 200);
}
