//! An OpenAI-style provider: `GET /models`, `POST /chat/completions`, `POST /responses`, `POST /embeddings`.

use super::answer::{self, PACE};
use super::keys::Behaviour;
use super::responses;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream::{self, StreamExt};
use serde_json::{Value, json};

pub(crate) type Models = &'static [&'static str];

pub(super) fn router(models: Models) -> Router {
    Router::new()
        .route("/models", get(list))
        .route("/chat/completions", post(chat))
        .route("/responses", post(responses::create))
        .route("/embeddings", post(embed))
        .layer(middleware::from_fn(admit))
        .with_state(models)
}

async fn admit(headers: HeaderMap, request: Request, next: Next) -> Response {
    match Behaviour::of(&headers).admit().await {
        Ok(()) => next.run(request).await,
        Err(answer) => answer,
    }
}

pub(crate) async fn list(State(models): State<Models>) -> Json<Value> {
    let data: Vec<Value> =
        models.iter().map(|id| json!({"id": id, "object": "model", "created": 1_760_000_000, "owned_by": "practice"})).collect();
    Json(json!({"object": "list", "data": data}))
}

async fn chat(State(models): State<Models>, Json(request): Json<Value>) -> Response {
    let model = request["model"].as_str().unwrap_or_default().to_owned();
    if !models.contains(&model.as_str()) {
        return unknown(&model);
    }
    completion(&model, &request)
}

fn unknown(model: &str) -> Response {
    let message = format!("The model `{model}` does not exist or you do not have access to it.");
    let body = json!({"error": {"message": message, "type": "invalid_request_error", "param": "model", "code": "model_not_found"}});
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

/// Short vectors that say how many letters of each kind a text has: alike texts lie close together.
async fn embed(State(models): State<Models>, Json(request): Json<Value>) -> Response {
    let model = request["model"].as_str().unwrap_or_default();
    if !models.contains(&model) || !model.contains("embed") {
        return unknown(model);
    }
    let texts: Vec<&str> = match &request["input"] {
        Value::String(text) => vec![text],
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let tokens: usize = texts.iter().map(|text| text.len() / 4 + 1).sum();
    let vector = |text: &str| ["aeiou", "bcdfgh", "jklmnp", "qrstvwxyz"].map(|kind| text.chars().filter(|c| kind.contains(*c)).count());
    let data: Vec<Value> =
        texts.iter().enumerate().map(|(index, text)| json!({"object": "embedding", "index": index, "embedding": vector(text)})).collect();
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    Json(json!({"object": "list", "model": model, "data": data, "usage": usage})).into_response()
}

/// A completion, whole or streamed, as asked.
pub(crate) fn completion(model: &str, request: &Value) -> Response {
    let answer = answer::to(model, &answer::question(request), answer::limit(request));
    let finish = if answer.cut { "length" } else { "stop" };
    let usage = json!({"prompt_tokens": answer.input, "completion_tokens": answer.output, "total_tokens": answer.input + answer.output});
    if request["stream"] != json!(true) {
        let message = json!({"role": "assistant", "content": answer.pieces.concat()});
        let choices = json!([{"index": 0, "message": message, "finish_reason": finish}]);
        return Json(json!({"id": "chatcmpl-practice", "object": "chat.completion", "created": 1_760_000_000, "model": model, "choices": choices, "usage": usage})).into_response();
    }
    let model = model.to_owned();
    let chunk = move |delta: &Value, finish: &Value| {
        let choices = json!([{"index": 0, "delta": delta, "finish_reason": finish}]);
        let body = json!({"id": "chatcmpl-practice", "object": "chat.completion.chunk", "created": 1_760_000_000, "model": model, "choices": choices});
        format!("data: {body}\n\n")
    };
    let mut events = vec![chunk(&json!({"role": "assistant", "content": ""}), &Value::Null)];
    events.extend(answer.pieces.iter().map(|piece| chunk(&json!({"content": piece}), &Value::Null)));
    events.push(chunk(&json!({}), &json!(finish)));
    if request["stream_options"]["include_usage"] == json!(true) {
        events.push(format!(
            "data: {}\n\n",
            json!({"id": "chatcmpl-practice", "object": "chat.completion.chunk", "created": 1_760_000_000, "choices": [], "usage": usage})
        ));
    }
    events.push("data: [DONE]\n\n".to_owned());
    event_stream(events)
}

/// Events at the stand-ins' pace.
pub(crate) fn event_stream(events: Vec<String>) -> Response {
    let body = stream::iter(events).then(|event| async move {
        tokio::time::sleep(PACE).await;
        Ok::<_, std::convert::Infallible>(event)
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(body)).into_response()
}
