//! What is too large.

use crate::support::TestApp;
use axum::body::Body;
use axum::http::{Method, Request};
use vocab::{Role, Scope};

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let token = format!("Bearer {}", app.token_of(&ann, &[Scope::Admin, Scope::Inference]).await);
    let large = "x".repeat(1024 * 1024 + 1);

    let call = app.browser_of(&ann).await.call("recognise_key", &[("key", &large)]).await;
    assert_eq!(call.status, 413);
    assert_eq!(call.json().await["code"], "invalid");

    let body = format!("{{\"key\":\"{large}\"}}");
    let mut agent = app.browser().with("authorization", &token);
    let api = agent.send(Method::POST, "/api/v1/keys/recognise", "application/json", Some(("application/json", body.clone()))).await;
    assert_eq!(api.status, 413);
    assert_eq!(api.json().await["error"]["code"], "invalid");

    let fits = agent.send(Method::POST, "/v1/chat/completions", "application/json", Some(("application/json", body))).await;
    assert_ne!(fits.status, 413, "the gateway takes more");
    let huge = "x".repeat(20 * 1024 * 1024 + 1);
    let gateway = agent.send(Method::POST, "/v1/chat/completions", "application/json", Some(("application/json", huge))).await;
    assert_eq!(gateway.status, 413);
    assert_eq!(gateway.json().await["error"]["type"], "invalid_request_error");
}

#[tokio::test]
async fn a_body_that_hides_its_length_is_limited_too() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    let token = app.token_of(&ann, &[Scope::Admin]).await;
    let chunks = (0..40).map(|_| Ok::<_, std::io::Error>(axum::body::Bytes::from(vec![b'x'; 64 * 1024])));
    let request = Request::post("/api/v1/keys/recognise")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from_stream(futures::stream::iter(chunks)))
        .unwrap();
    assert_eq!(app.send(request).await.status, 413);
}
