//! An Anthropic-style provider: `GET /models`, `POST /messages`.

use super::answer;
use super::keys::Behaviour;
use super::openai::event_stream;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

const MODELS: [(&str, &str); 3] =
    [("claude-opus-4-6", "Claude Opus 4.6"), ("claude-sonnet-4-6", "Claude Sonnet 4.6"), ("claude-haiku-4-5", "Claude Haiku 4.5")];

pub(super) fn router() -> Router {
    Router::new().route("/models", get(list)).route("/messages", post(messages)).layer(middleware::from_fn(admit))
}

/// Anthropic's statuses and error shape.
async fn admit(headers: HeaderMap, request: Request, next: Next) -> Response {
    let error = |status: u16, kind: &str, message: &str| {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_practice"}))).into_response()
    };
    if !headers.contains_key("anthropic-version") {
        return error(400, "invalid_request_error", "anthropic-version: header is required");
    }
    match Behaviour::of(&headers) {
        Behaviour::Wrong => error(401, "authentication_error", "invalid x-api-key"),
        Behaviour::NoFunds => error(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        Behaviour::RateLimited => error(429, "rate_limit_error", "This request would exceed your rate limit."),
        Behaviour::Down => error(529, "overloaded_error", "Overloaded"),
        other => match other.admit().await {
            Ok(()) => next.run(request).await,
            Err(answer) => answer,
        },
    }
}

pub(crate) async fn list() -> Json<Value> {
    let data: Vec<Value> = MODELS
        .iter()
        .map(|(id, name)| json!({"type": "model", "id": id, "display_name": name, "created_at": "2026-02-01T00:00:00Z"}))
        .collect();
    Json(json!({"data": data, "has_more": false, "first_id": MODELS[0].0, "last_id": MODELS[2].0}))
}

pub(crate) async fn messages(Json(request): Json<Value>) -> Response {
    let model = request["model"].as_str().unwrap_or_default();
    if !MODELS.iter().any(|(id, _)| *id == model) {
        let body = json!({"type": "error", "error": {"type": "not_found_error", "message": format!("model: {model}")}});
        return (StatusCode::NOT_FOUND, Json(body)).into_response();
    }
    let answer = answer::to(model, &answer::question(&request), answer::limit(&request));
    let stop = if answer.cut { "max_tokens" } else { "end_turn" };
    let head = json!({"id": "msg_practice", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": null, "stop_sequence": null,
        "usage": {"input_tokens": answer.input, "output_tokens": 1, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}});
    if request["stream"] != json!(true) {
        let mut whole = head;
        whole["content"] = json!([{"type": "text", "text": answer.pieces.concat()}]);
        whole["stop_reason"] = json!(stop);
        whole["usage"]["output_tokens"] = json!(answer.output);
        return Json(whole).into_response();
    }
    let event = |name: &str, data: Value| format!("event: {name}\ndata: {data}\n\n");
    let mut events = vec![
        event("message_start", json!({"type": "message_start", "message": head})),
        event("content_block_start", json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
    ];
    events.extend(answer.pieces.iter().map(|piece| {
        event("content_block_delta", json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}))
    }));
    events.push(event("content_block_stop", json!({"type": "content_block_stop", "index": 0})));
    let delta =
        json!({"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": null}, "usage": {"output_tokens": answer.output}});
    events.push(event("message_delta", delta));
    events.push(event("message_stop", json!({"type": "message_stop"})));
    event_stream(events)
}
