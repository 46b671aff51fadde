//! Signing in with a code over the machine API and by a plain form, at the vendor's stand-in.

use crate::support::TestApp;
use adapters::SystemClock;
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::issuer::{Issuer, Running, Vendor};
use vocab::{Role, Scope};

async fn world() -> (TestApp, Running, tempfile::TempDir) {
    let issuer = Issuer::start(Arc::new(SystemClock)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let overlay = folder.path().join("providers.toml");
    std::fs::write(&overlay, issuer.overlay()).unwrap();
    let app = TestApp::with(&[("PURSER_PROVIDERS_FILE", overlay.to_str().unwrap())]).await;
    (app, issuer, folder)
}

async fn ask(app: &TestApp, token: &str, method: Method, body: Option<Value>) -> (u16, Value) {
    let request =
        Request::builder().method(method).uri("/api/v1/providers/xai/device-flows").header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json");
    let answer = app.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()).await;
    let status = answer.status.as_u16();
    let text = answer.text().await;
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_begins_and_a_person_approves() {
    let (app, issuer, _folder) = world().await;
    issuer.switch(Vendor::Xai, |switches| switches.device_interval = 1);
    let ben = app.person("ben", Role::Operator).await;
    let token = app.token_of(&ben, &[Scope::Connect]).await;
    let (status, begun) = ask(&app, &token, Method::POST, Some(json!({}))).await;
    assert_eq!((status, &begun["phase"], &begun["mode"]), (201, &json!("waiting"), &json!("native")), "{begun}");
    let code = begun["user_code"].as_str().unwrap();
    assert!(begun["verification_uri_complete"].as_str().unwrap().ends_with(code) && begun["expires_at"].is_string());
    assert!(!begun.to_string().contains("device-"), "the device code stays here");
    let (status, again) = ask(&app, &token, Method::POST, Some(json!({"mode": "native"}))).await;
    assert_eq!((status, &again["id"]), (200, &begun["id"]));
    assert_eq!(ask(&app, &token, Method::POST, Some(json!({"mode": "cli"}))).await.0, 422, "there is no such program here");
    assert_eq!(ask(&app, &token, Method::POST, Some(json!({"mode": "magic"}))).await.0, 422);
    assert!(issuer.decide_device(Vendor::Xai, code, true));
    let (_, list) = ask(&app, &token, Method::GET, None).await;
    assert_eq!(list[0]["user_code"], begun["user_code"]);
    assert_eq!(ask(&app, &token, Method::DELETE, None).await, (204, Value::Null));
    assert_eq!(ask(&app, &token, Method::GET, None).await, (200, json!([])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_script_the_page_shows_the_code() {
    let (app, _issuer, _folder) = world().await;
    let ann = app.person("ann", Role::Owner).await;
    let mut browser = app.browser_of(&ann).await;
    let page = browser.get("/platform/ai/providers/xai?method=device_code").await.text().await;
    assert!(page.contains("Sign in to Grok") && page.contains("/fn/start_device_flow"), "a form the browser itself can send");
    let back = browser.submit("start_device_flow", &[("id", "xai"), ("mode", "native")]).await;
    assert_eq!(back.status, 303);
    let page = browser.get("/platform/ai/providers/xai?method=device_code").await.text().await;
    for part in ["device-user-code", "device-verification-url", "device-qr", "device-countdown", "Reload this page", "Cancel sign-in"] {
        assert!(page.contains(part), "{part}");
    }
    // A viewer learns that somebody signs in, and no code.
    let eve = app.person("eve", Role::Viewer).await;
    let seen = app.browser_of(&eve).await.get("/platform/ai/providers/xai").await.text().await;
    let code = page.split("data-testid=\"device-user-code\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap().to_owned();
    assert!(code.len() == 9 && !seen.contains(&code), "{code}");
}
