//! An Ollama-style local engine: `GET /api/tags`, `POST /v1/chat/completions`, and a switch that stops it.

use super::{Switches, openai};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

const MODELS: [&str; 3] = ["llama3.2:3b", "qwen3:8b", "nomic-embed-text:latest"];

pub(super) fn router(switches: Switches) -> Router {
    let engine = Router::new()
        .route("/api/tags", get(tags))
        .route("/api/version", get(|| async { Json(json!({"version": "0.12.0"})) }))
        .route("/v1/models", get(models))
        .route("/v1/chat/completions", post(chat))
        .layer(middleware::from_fn_with_state(switches.clone(), running));
    let switch = Router::new().route("/switch/{state}", post(switch)).with_state(switches);
    engine.merge(switch)
}

async fn running(State(switches): State<Switches>, request: Request, next: Next) -> Response {
    if switches.local_runs() { next.run(request).await } else { StatusCode::BAD_GATEWAY.into_response() }
}

async fn switch(State(switches): State<Switches>, axum::extract::Path(state): axum::extract::Path<String>) -> StatusCode {
    switches.run_local(state == "on");
    StatusCode::NO_CONTENT
}

async fn tags() -> Json<Value> {
    let models: Vec<Value> = MODELS
        .iter()
        .map(
            |name| json!({"name": name, "model": name, "size": 2_019_393_189_u64, "digest": "practice", "details": {"family": "practice"}}),
        )
        .collect();
    Json(json!({"models": models}))
}

async fn models() -> Json<Value> {
    let data: Vec<Value> = MODELS.iter().map(|id| json!({"id": id, "object": "model"})).collect();
    Json(json!({"object": "list", "data": data}))
}

async fn chat(Json(request): Json<Value>) -> Response {
    let model = request["model"].as_str().unwrap_or_default();
    if MODELS.contains(&model) {
        openai::completion(model, &request)
    } else {
        (StatusCode::NOT_FOUND, Json(json!({"error": format!("model '{model}' not found")}))).into_response()
    }
}
