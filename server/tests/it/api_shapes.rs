//! What is the same for every operation: strict bodies, and one shape of error.

use crate::support::{Answer, TestApp};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use vocab::{Role, Scope};

struct Api {
    app: TestApp,
    token: String,
}

impl Api {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let ann = app.person("ann", Role::Owner).await;
        let token = app.token_of(&ann, &[Scope::Admin]).await;
        Self { app, token }
    }

    async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", self.token));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        self.app.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

/// Status and code of an error, after looking at its shape.
async fn refusal(answer: Answer) -> (u16, String) {
    let (status, id) = (answer.status.as_u16(), answer.header("x-purser-request-id").to_owned());
    assert!(answer.header("content-type").starts_with("application/json"));
    let body = answer.json().await;
    assert_eq!(body["error"]["request_id"], json!(id), "{body}");
    assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
    (status, body["error"]["code"].as_str().unwrap().to_owned())
}

fn said(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn bodies_are_strict() {
    let api = Api::new().await;
    let json = Some("application/json");
    let path = "/api/v1/keys/recognise";
    for (kind, body, expected) in [
        (json, "{\"key\":\"sk-a\"", said(400, "protocol")),
        (json, "", said(400, "protocol")),
        (json, "nonsense", said(400, "protocol")),
        (json, "{}", said(422, "invalid")),
        (json, "[]", said(422, "invalid")),
        (json, "{\"key\":7}", said(422, "invalid")),
        (json, "{\"key\":\"sk-a\",\"kez\":1}", said(422, "invalid")),
        (json, "{\"key\":\"sk-a\",\"key\":\"sk-b\"}", said(422, "invalid")),
        (Some("text/plain"), "{\"key\":\"sk-a\"}", said(415, "protocol")),
        (Some("application/x-www-form-urlencoded"), "key=sk-a", said(415, "protocol")),
        (None, "{\"key\":\"sk-a\"}", said(415, "protocol")),
    ] {
        assert_eq!(refusal(api.send(Method::POST, path, kind, body).await).await, expected, "{kind:?} {body}");
    }
    let spaced = api.send(Method::POST, path, Some("Application/JSON; charset=utf-8"), " {\"key\" : \"sk-ant-api03-x\"}\n").await;
    assert_eq!(spaced.status, 200);
    assert_eq!(spaced.json().await["providers"][0]["id"], "anthropic");
    let large = format!("{{\"key\":\"{}\"}}", "x".repeat(70_000));
    assert_eq!(refusal(api.send(Method::POST, path, json, &large).await).await, said(413, "invalid"));
}

#[tokio::test]
async fn a_secret_in_the_wrong_place_is_not_repeated() {
    let api = Api::new().await;
    for body in ["\"sk-very-secret\"", "{\"key\":\"a\",\"version\":\"sk-very-secret\"}", "{\"key\":[\"sk-very-secret\"]}"] {
        let answer = api.send(Method::POST, "/api/v1/providers/openai/key", Some("application/json"), body).await;
        assert_eq!(answer.status, 422);
        let text = answer.text().await;
        assert!(!text.contains("very-secret"), "{text}");
    }
}

#[tokio::test]
async fn addresses_and_methods_nobody_knows_are_refused_in_json() {
    let api = Api::new().await;
    for path in ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/providers", "/api/v1/providers/openai/key/x", "/api/v1/providers/"]
    {
        assert_eq!(refusal(api.send(Method::GET, path, None, "").await).await, said(404, "not_found"), "{path}");
    }
    for (method, path, allow) in [
        (Method::POST, "/api/v1/providers", "GET,HEAD"),
        (Method::GET, "/api/v1/keys/rotate", "POST"),
        (Method::PUT, "/api/v1/access-tokens", "GET,HEAD,POST"),
        (Method::GET, "/api/v1/providers/openai/connection", "DELETE,PATCH"),
    ] {
        let answer = api.send(method, path, None, "").await;
        assert_eq!(answer.header("allow"), allow, "{path}");
        assert_eq!(refusal(answer).await, said(405, "protocol"), "{path}");
    }
}

#[tokio::test]
async fn what_cannot_be_an_id_names_nothing() {
    let api = Api::new().await;
    for (method, path) in [
        (Method::GET, "/api/v1/providers/NOT-ONE"),
        (Method::GET, "/api/v1/providers/no-such-provider"),
        (Method::GET, "/api/v1/providers/%FF"),
        (Method::GET, "/api/v1/providers/%3Cscript%3E/models"),
        (Method::POST, "/api/v1/providers/no-such-provider/models/sync"),
        (Method::DELETE, "/api/v1/providers/no-such-provider/connection"),
        (Method::DELETE, "/api/v1/access-tokens/7"),
        (Method::DELETE, "/api/v1/access-tokens/01890000-0000-7000-8000-000000000000"),
    ] {
        assert_eq!(refusal(api.send(method, path, None, "").await).await, said(404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn parameters_are_strict() {
    let api = Api::new().await;
    for query in ["days=0", "days=367", "days=x", "days=-1", "dayz=7", "days=7&days=8"] {
        let answer = api.send(Method::GET, &format!("/api/v1/usage?{query}"), None, "").await;
        assert_eq!(refusal(answer).await, said(422, "invalid"), "{query}");
    }
    for query in ["before=x", "succeeded=perhaps", "limit=5"] {
        let answer = api.send(Method::GET, &format!("/api/v1/audit?{query}"), None, "").await;
        assert_eq!(refusal(answer).await, said(422, "invalid"), "{query}");
    }
    let usage = api.send(Method::GET, "/api/v1/usage?days=7", None, "").await.json().await;
    assert_eq!(usage["by_day"].as_array().map(Vec::len), Some(7));
    assert_eq!(usage["total"]["cost_usd"], "0.00");
    let month = api.send(Method::GET, "/api/v1/usage", None, "").await.json().await;
    assert_eq!(month["by_day"].as_array().map(Vec::len), Some(30));
}

#[tokio::test]
async fn strangers_and_callers_without_the_right_are_told_apart() {
    let api = Api::new().await;
    let stranger = api.app.browser().api(Method::GET, "/api/v1/providers", None).await;
    assert_eq!(refusal(stranger).await, said(401, "signed_out"));
    let eve = api.app.person("eve", Role::Viewer).await;
    let reader = format!("Bearer {}", api.app.token_of(&eve, &[Scope::Read]).await);
    let mut reader = api.app.browser().with("authorization", &reader);
    assert_eq!(reader.api(Method::GET, "/api/v1/providers", None).await.status, 200);
    for (method, path, body) in [
        (Method::GET, "/api/v1/team", None),
        (Method::GET, "/api/v1/keys", None),
        (Method::GET, "/api/v1/audit", None),
        (Method::GET, "/api/v1/access-tokens", None),
        (Method::POST, "/api/v1/providers/openai/key", Some(json!({"key": "sk-abcdef"}))),
        (Method::POST, "/api/v1/keys/rotate", None),
        (Method::DELETE, "/api/v1/providers/openai/connection", None),
    ] {
        let answer = reader.api(method, path, body.as_ref()).await;
        assert_eq!(refusal(answer).await, said(403, "forbidden"), "{path}");
    }
}

#[tokio::test]
async fn me_says_what_a_caller_may_do() {
    let api = Api::new().await;
    let me = api.send(Method::GET, "/api/v1/me", None, "").await.json().await;
    assert_eq!((&me["name"], &me["role"]), (&json!("test"), &json!("owner")));
    assert_eq!(me["access_token"]["scopes"], json!(["admin"]));
    let permissions = me["permissions"].as_array().unwrap();
    assert!(permissions.contains(&json!("manage_team")) && !permissions.contains(&json!("use_inference")));
    let ben = api.app.person("ben", Role::Viewer).await;
    let me = api.app.browser_of(&ben).await.api(Method::GET, "/api/v1/me", None).await.json().await;
    assert_eq!((&me["name"], &me["access_token"], &me["permissions"]), (&json!("ben"), &Value::Null, &json!(["view_platform"])));
}
