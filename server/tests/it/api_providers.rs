//! The story of a connection, told through the machine API alone.

use crate::gateway_world::{PROVIDER_KEY, World, completion, hello};
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use vocab::{Role, Scope};

/// An operator's program.
struct Operator {
    world: World,
    token: String,
}

impl Operator {
    async fn new() -> Self {
        let world = World::with(&[]).await;
        for (folder, models) in [("openai", json!(["gpt-4o", "gpt-4o-mini"])), ("mistral", json!(["mistral-large-latest"]))] {
            let data: Vec<_> = models.as_array().unwrap().iter().map(|id| json!({"id": id})).collect();
            world.upstream.lists(folder, json!({"data": data}));
        }
        let ben = world.app.person("ben", Role::Operator).await;
        let token = world.app.token_of(&ben, &[Scope::Admin]).await;
        Self { world, token }
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let path = format!("/api/v1{path}");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let asked = self.world.send(&self.token, method, &path, body).await;
        let status = asked.status;
        let text = asked.text().await;
        assert!(!text.contains(PROVIDER_KEY), "{text}");
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, Value::Null).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, body).await
    }

    async fn connect(&self) {
        let (status, body) = self.post("/providers/openai/key", json!({"key": PROVIDER_KEY})).await;
        assert_eq!((status, &body["verdict"], &body["saved"]), (200, &json!("ok"), &json!(true)), "{body}");
    }
}

#[tokio::test]
async fn from_the_catalogue_to_an_answer_and_back() {
    let operator = Operator::new().await;
    let list = operator.get("/providers").await;
    let openai = list["providers"].as_array().unwrap().iter().find(|p| p["id"] == "openai").unwrap().clone();
    assert_eq!((&openai["health"]["state"], &openai["connection"]), (&json!("not_connected"), &Value::Null));
    assert!(list["providers"].as_array().unwrap().len() >= 20);

    let (status, body) = operator.post("/providers/openai/key", json!({"key": "sk-wrong-key-0001"})).await;
    assert_eq!((status, &body["error"]["code"]), (422, &json!("credential_rejected")), "{body}");
    assert!(body["error"]["message"].as_str().unwrap().contains("no such key"), "its own words: {body}");
    assert_eq!(operator.get("/providers/openai").await["connection"], Value::Null, "nothing was saved");

    operator.connect().await;
    let connection = operator.get("/providers/openai").await["connection"].clone();
    assert_eq!(
        (&connection["method"], &connection["key_hint"], &connection["enabled"]),
        (&json!("api_key"), &json!("…0001"), &json!(true))
    );
    assert_eq!((&connection["connected_by"], &connection["verdict"]), (&json!("test"), &json!("ok")));
    assert!(connection["base_url"].as_str().unwrap().ends_with("/openai/v1"));

    let models = models(&operator, 2).await;
    assert_eq!((&models[0]["id"], &models[0]["status"]), (&json!("gpt-4o"), &json!("active")));
    assert_eq!((&models[0]["price"]["input"], &models[0]["price"]["output"]), (&json!("2.50"), &json!("10.00")));
    let (status, outcome) = operator.post("/providers/openai/models/sync", Value::Null).await;
    assert_eq!((status, &outcome["found"], &outcome["new"]), (200, &json!(2), &json!(0)), "{outcome}");
    let (status, tested) = operator.post("/providers/openai/test", Value::Null).await;
    assert_eq!((status, &tested["verdict"], &tested["saved"]), (200, &json!("ok"), &json!(false)));

    let agent = an_agent_asks(&operator).await;

    assert_eq!(operator.send(Method::DELETE, "/providers/openai/connection", Value::Null).await, (204, Value::Null));
    assert_eq!(operator.send(Method::DELETE, "/providers/openai/connection", Value::Null).await.0, 204, "what is gone is gone");
    operator.world.app.state.services.caches.forget_routes();
    let refused = operator.world.ask_as(&agent, hello("openai/gpt-4o").to_string()).await;
    assert_eq!(refused.refusal().await, (503, "provider_not_configured".to_owned()));
}

/// A fresh token, one request with it, and what the API tells of it. Returns the token.
async fn an_agent_asks(operator: &Operator) -> String {
    let (status, issued) = operator.post("/access-tokens", json!({"name": "agent", "scopes": ["inference"]})).await;
    assert_eq!(status, 201);
    let agent = issued["token"].as_str().unwrap().to_owned();
    operator.world.upstream.reply_json("openai", &completion(1_000, 0, 100));
    assert_eq!(operator.world.ask_as(&agent, hello("openai/gpt-4o").to_string()).await.json().await["object"], "chat.completion");
    operator.world.row().await;
    let usage = operator.get("/usage?days=7").await;
    assert_eq!((&usage["total"]["requests"], &usage["total"]["cost_usd"]), (&json!(1), &json!("0.0035")));
    assert_eq!((&usage["newest"][0]["access_token"], &usage["newest"][0]["tokens"]["input"]), (&json!("agent"), &json!(1_000)));
    assert_eq!(usage["by_model"][0]["key"], "openai/gpt-4o");
    let detail = operator.get("/providers/openai").await;
    assert_eq!((&detail["month_cost_usd"], &detail["used_by"]), (&json!("0.0035"), &json!(["agent"])));
    agent
}

/// The models, once there are `count`: connecting fetches them in the background.
async fn models(operator: &Operator, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        let models = operator.get("/providers/openai/models").await["models"].as_array().unwrap().clone();
        if models.len() == count {
            return models;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no {count} models came");
}

#[tokio::test]
async fn two_writers_are_told_apart_by_the_version() {
    let operator = Operator::new().await;
    operator.connect().await;
    let version = operator.get("/providers/openai").await["connection"]["version"].as_i64().unwrap();
    let key = |version: i64| json!({"key": "sk-another-key-0002", "version": version});
    assert_eq!(operator.post("/providers/openai/key", key(version)).await.0, 200);
    let (status, body) = operator.post("/providers/openai/key", key(version)).await;
    assert_eq!((status, &body["error"]["code"]), (409, &json!("conflict")));
    assert_eq!(operator.post("/providers/openai/key", json!({"key": "sk-third-key-00003"})).await.0, 200, "no version, no contest");
    assert_eq!(operator.post("/providers/openai/key", json!({"key": ""})).await.0, 200, "an empty key keeps the stored one");
    assert_eq!(operator.get("/providers/openai").await["connection"]["key_hint"], "…0003");
}

#[tokio::test]
async fn a_connection_is_switched_off_and_on() {
    let operator = Operator::new().await;
    operator.connect().await;
    for (enabled, state, status) in [(false, "disabled", "ok"), (true, "connected", "ok")] {
        let (answer, _) = operator.send(Method::PATCH, "/providers/openai/connection", json!({"enabled": enabled})).await;
        assert_eq!(answer, 204);
        let health = operator.get("/health").await;
        assert_eq!((&health["status"], health["providers"].as_array().map(Vec::len)), (&json!(status), Some(1)));
        let openai = &health["providers"][0];
        assert_eq!((&openai["id"], &openai["health"]["state"], &openai["usable"]), (&json!("openai"), &json!(state), &json!(enabled)));
    }
    let (status, body) = operator.send(Method::PATCH, "/providers/mistral/connection", json!({"enabled": true})).await;
    assert_eq!((status, &body["error"]["code"]), (503, &json!("provider_not_configured")));
}

#[tokio::test]
async fn health_has_one_word_to_alert_on() {
    let operator = Operator::new().await;
    assert_eq!(operator.get("/health").await, json!({"status": "ok", "providers": []}));
    operator.connect().await;
    operator.world.upstream.refuse("openai");
    let (status, tested) = operator.post("/providers/openai/test", Value::Null).await;
    assert_eq!((status, &tested["verdict"]), (200, &json!("bad_credential")));
    let health = operator.get("/health").await;
    assert_eq!((&health["status"], &health["providers"][0]["health"]["state"]), (&json!("failing"), &json!("rejected")));
}

#[tokio::test]
async fn the_paid_test_asks_the_cheapest_model_for_one_token() {
    let operator = Operator::new().await;
    operator.connect().await;
    models(&operator, 2).await;
    operator.world.app.state.services.caches.forget_routes();
    let finish = json!({"choices": [{"index": 0, "delta": {"content": "OK"}, "finish_reason": "stop"}]});
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 1}});
    operator.world.upstream.events("openai", &[&format!("data: {finish}\n\ndata: {usage}\n\ndata: [DONE]\n\n")]).await;
    let (status, result) = operator.post("/providers/openai/paid-test", Value::Null).await;
    assert_eq!((status, &result["answered"]), (200, &json!(true)), "{result}");
    // 10 tokens at 0.15 and 1 at 0.60 dollars a million.
    assert_eq!(result["cost_usd"], "0.0000021");
    assert_eq!(operator.world.upstream.only().json()["model"], "gpt-4o-mini");
}

#[tokio::test]
async fn a_local_engine_that_does_not_run_is_not_connected() {
    let operator = Operator::new().await;
    let (status, body) = operator.post("/providers/ollama/local", json!({"address": "http://127.0.0.1:9/v1"})).await;
    assert_eq!((status, &body["error"]["code"]), (422, &json!("invalid")), "{body}");
    assert!(body["error"]["field_errors"]["address"].as_str().unwrap().contains("does not answer"), "{body}");
    let (status, body) = operator.post("/providers/openai/local", json!({})).await;
    assert_eq!((status, &body["error"]["code"]), (422, &json!("invalid")), "{body}");
}

#[tokio::test]
async fn a_local_engine_is_connected_at_its_address() {
    let operator = Operator::new().await;
    let engine = crate::support::stand_in().await;
    let (status, body) = operator.post("/providers/ollama/local", json!({"address": engine})).await;
    assert_eq!((status, &body["saved"]), (200, &json!(true)), "{body}");
    let detail = operator.get("/providers/ollama").await;
    assert_eq!((&detail["connection"]["method"], &detail["detection"]["running"]), (&json!("none"), &json!(true)), "{detail}");
}
