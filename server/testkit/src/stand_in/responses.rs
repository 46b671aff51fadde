//! The Responses API as two providers serve it: beside chat completions, for a key; and as a plan's endpoint does, which
//! streams only, keeps nothing, wants instructions, and refuses what a plan does not pay for.

use super::answer;
use super::keys::Behaviour;
use super::openai::event_stream;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;

type Models = &'static [&'static str];

/// What the plan's models are.
const PLAN_MODELS: Models = &["gpt-5.3-codex", "gpt-5.2"];
/// What a plan does not take (developers.openai.com/siwc, models and inference).
const NOT_IN_THE_PLAN: [&str; 6] =
    ["temperature", "max_output_tokens", "metadata", "previous_response_id", "service_tier", "prompt_cache_retention"];

/// `POST /responses` for a key.
pub(super) async fn create(State(models): State<Models>, Json(request): Json<Value>) -> Response {
    answered(models, &request)
}

/// A plan's endpoint: `GET /models`, `POST /responses`.
pub(super) fn plan() -> Router {
    Router::new().route("/models", get(slugs)).route("/responses", post(strict)).layer(middleware::from_fn(admit))
}

/// A plan token that is not good is told so in the plan's words.
async fn admit(headers: HeaderMap, request: Request, next: Next) -> Response {
    let error = |status: StatusCode, code: &str, message: &str| {
        (status, Json(json!({"error": {"code": code, "message": message}}))).into_response()
    };
    match Behaviour::of(&headers) {
        Behaviour::Wrong => error(StatusCode::UNAUTHORIZED, "subscription_sharing_invalid_user", "This sign-in is not good any more."),
        Behaviour::NoFunds => {
            error(StatusCode::TOO_MANY_REQUESTS, "subscription_sharing_usage_limit_exceeded", "The plan's limit is reached.")
        }
        other => match other.admit().await {
            Ok(()) => next.run(request).await,
            Err(answer) => answer,
        },
    }
}

async fn slugs(Query(query): Query<HashMap<String, String>>) -> Response {
    if !query.contains_key("client_version") {
        return refused("client_version is required");
    }
    let shown = PLAN_MODELS.iter().map(|slug| json!({"slug": slug, "display_name": slug, "visibility": "list", "supported_in_api": true}));
    let hidden = json!({"slug": "codex-auto-review", "display_name": "Review", "visibility": "hide", "supported_in_api": true});
    Json(json!({"models": shown.chain([hidden]).collect::<Vec<_>>()})).into_response()
}

async fn strict(Json(request): Json<Value>) -> Response {
    if request["stream"] != json!(true) {
        return refused("Stream must be set to true");
    }
    if request["store"] != json!(false) {
        return refused("Store must be set to false");
    }
    if !request["instructions"].is_string() {
        return refused("Instructions are required");
    }
    if let Some(name) = NOT_IN_THE_PLAN.iter().find(|name| request.get(**name).is_some()) {
        return refused(&format!("Unsupported parameter: {name}"));
    }
    answered(PLAN_MODELS, &request)
}

fn refused(words: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"detail": words}))).into_response()
}

/// A response, whole or as its events.
pub(crate) fn answered(models: &[&str], request: &Value) -> Response {
    let model = request["model"].as_str().unwrap_or_default();
    if !models.contains(&model) {
        let message = format!("The model `{model}` does not exist or you do not have access to it.");
        let body = json!({"error": {"message": message, "type": "invalid_request_error", "param": "model", "code": "model_not_found"}});
        return (StatusCode::NOT_FOUND, Json(body)).into_response();
    }
    let most = request["max_output_tokens"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(256);
    let answer = answer::to(model, &question(request), most);
    let whole = response(model, &answer, request["store"] != json!(false));
    if request["stream"] == json!(true) { event_stream(events(&whole, &answer)) } else { Json(whole).into_response() }
}

/// The text of the last message, as a string or as a list of items.
fn question(request: &Value) -> String {
    match &request["input"] {
        Value::String(text) => text.clone(),
        input => answer::question(&json!({"messages": input})),
    }
}

fn response(model: &str, answer: &answer::Answer, store: bool) -> Value {
    let (status, details) = if answer.cut { ("incomplete", json!({"reason": "max_output_tokens"})) } else { ("completed", Value::Null) };
    json!({
        "id": "resp_practice", "object": "response", "created_at": 1_760_000_000, "status": status, "error": null,
        "incomplete_details": details, "instructions": null, "model": model, "store": store, "parallel_tool_calls": true,
        "tool_choice": "auto", "tools": [], "metadata": {},
        "output": [item(status, &answer.pieces.concat())],
        "usage": {"input_tokens": answer.input, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": answer.output,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": answer.input + answer.output},
    })
}

fn item(status: &str, text: &str) -> Value {
    let part = json!({"type": "output_text", "text": text, "annotations": []});
    json!({"id": "msg_practice", "type": "message", "status": status, "role": "assistant", "content": [part]})
}

fn events(whole: &Value, answer: &answer::Answer) -> Vec<String> {
    let mut begun = whole.clone();
    begun["status"] = "in_progress".into();
    begun["output"] = json!([]);
    begun["usage"] = Value::Null;
    let place = json!({"item_id": "msg_practice", "output_index": 0, "content_index": 0});
    let at = |extra: Value| {
        let mut data = place.clone();
        data.as_object_mut().into_iter().zip(extra.as_object()).for_each(|(data, extra)| data.extend(extra.clone()));
        data
    };
    let text = answer.pieces.concat();
    let mut events = vec![
        ("response.created", json!({"response": begun})),
        ("response.in_progress", json!({"response": begun})),
        ("response.output_item.added", json!({"output_index": 0, "item": item("in_progress", "")})),
        ("response.content_part.added", at(json!({"part": {"type": "output_text", "text": "", "annotations": []}}))),
    ];
    events.extend(answer.pieces.iter().map(|piece| ("response.output_text.delta", at(json!({"delta": piece, "logprobs": []})))));
    events.extend([
        ("response.output_text.done", at(json!({"text": text, "logprobs": []}))),
        ("response.content_part.done", at(json!({"part": {"type": "output_text", "text": text, "annotations": []}}))),
        ("response.output_item.done", json!({"output_index": 0, "item": whole["output"][0]})),
    ]);
    let last = if answer.cut { "response.incomplete" } else { "response.completed" };
    events.push((last, json!({"response": whole})));
    let written = events.into_iter().enumerate().map(|(number, (kind, mut data))| {
        data["type"] = kind.into();
        data["sequence_number"] = number.into();
        format!("event: {kind}\ndata: {data}\n\n")
    });
    written.collect()
}
