//! A stand-in for the endpoint that the Grok program talks to (`GROK_CLI_CHAT_PROXY_BASE_URL`), so that the genuine program
//! finishes a run without an account. Whoever sends a token is let in; which tokens came is remembered. The codex program,
//! whose `openai_base_url` says this place, asks in the same way.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What it says to everything.
pub const ANSWER: &str = "done, says the stand-in";

/// An endpoint that is being served; ends with this value.
pub struct GrokChat {
    /// What `GROK_CLI_CHAT_PROXY_BASE_URL` has to be.
    pub base_url: String,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    bearers: Mutex<Vec<String>>,
    wait: Mutex<Duration>,
    refuse_first: AtomicBool,
    token_endpoint: Mutex<Option<String>>,
}

impl GrokChat {
    /// Served on a free port of this machine.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let seen = Arc::new(Seen::default());
        let base_url = format!("http://{}/v1", listener.local_addr()?);
        let routes = serving(seen.clone());
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { base_url, seen, task })
    }

    /// Every answer of a model waits this long.
    pub fn wait(&self, wait: Duration) {
        *self.seen.wait.lock().unwrap_or_else(PoisonError::into_inner) = wait;
    }

    /// The first token that comes is refused from its first answer on, as one that has run out in the middle of a run.
    pub fn refuse_the_first_token(&self) {
        self.seen.refuse_first.store(true, Ordering::Relaxed);
    }

    /// Names the token endpoint of the issuer that this place pretends to be (`GROK_OAUTH2_ISSUER`): there the program refreshes
    /// a sign-in that was handed over to it.
    pub fn refresh_at(&self, token_endpoint: &str) {
        *self.seen.token_endpoint.lock().unwrap_or_else(PoisonError::into_inner) = Some(token_endpoint.to_owned());
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        self.base_url.trim_end_matches("/v1")
    }

    /// The tokens that models were asked with, in order, each once in a row.
    pub fn bearers(&self) -> Vec<String> {
        let mut bearers = self.seen.bearers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        bearers.dedup();
        bearers
    }
}

impl Drop for GrokChat {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Its routes, for a server of somebody else's.
pub fn router() -> Router {
    serving(Arc::default())
}

fn serving(seen: Arc<Seen>) -> Router {
    Router::new().fallback(answer).with_state(seen)
}

async fn answer(State(seen): State<Arc<Seen>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path == "/.well-known/openid-configuration" {
        return Json(discovery(&seen, request.headers())).into_response();
    }
    if request.headers().contains_key(header::UPGRADE) {
        // The codex program would rather talk over a WebSocket, and takes this for an answer.
        return StatusCode::UPGRADE_REQUIRED.into_response();
    }
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bearer = bearer.trim_start_matches("Bearer ").to_owned();
    let chat = path.ends_with("/chat/completions");
    if !chat && !path.ends_with("/responses") {
        return Json(if path.ends_with("/models") { json!({"data": []}) } else { json!({}) }).into_response();
    }
    let first = {
        let mut bearers = seen.bearers.lock().unwrap_or_else(PoisonError::into_inner);
        bearers.push(bearer.clone());
        bearers.first() == Some(&bearer)
    };
    let wait = *seen.wait.lock().unwrap_or_else(PoisonError::into_inner);
    tokio::time::sleep(wait).await;
    if first && seen.refuse_first.load(Ordering::Relaxed) {
        let words = json!({"error": {"code": "token_expired", "message": "The access token has expired."}});
        return (StatusCode::UNAUTHORIZED, Json(words)).into_response();
    }
    let text = if chat { completion() } else { response() };
    ([(header::CONTENT_TYPE, "text/event-stream")], text).into_response()
}

/// `OpenID` Connect Discovery 1.0 §4.2, as far as a program that refreshes reads it.
fn discovery(seen: &Seen, headers: &HeaderMap) -> Value {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let issuer = format!("http://{host}");
    let token_endpoint = seen.token_endpoint.lock().unwrap_or_else(PoisonError::into_inner).clone();
    json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "jwks_uri": format!("{issuer}/jwks"),
        "token_endpoint": token_endpoint})
}

fn completion() -> String {
    let chunk = |delta: Value, finish: Value| {
        let body = json!({"id": "c1", "object": "chat.completion.chunk", "created": 1_760_000_000, "model": "grok-build",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
        format!("data: {body}\n\n")
    };
    let whole = json!({"role": "assistant", "content": ANSWER});
    format!("{}{}data: [DONE]\n\n", chunk(whole, Value::Null), chunk(json!({}), json!("stop")))
}

fn response() -> String {
    let part = json!({"type": "output_text", "text": ANSWER, "annotations": []});
    let item = json!({"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]});
    let whole = json!({"id": "resp_1", "object": "response", "created_at": 1_760_000_000, "status": "completed", "model": "grok-build",
        "output": [item], "usage": {"input_tokens": 3, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 6}});
    let events = [
        ("response.output_text.delta", json!({"item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": ANSWER})),
        ("response.output_item.done", json!({"output_index": 0, "item": item})),
        ("response.completed", json!({"response": whole})),
    ];
    let written = events.into_iter().enumerate().map(|(number, (kind, mut data))| {
        data["type"] = kind.into();
        data["sequence_number"] = number.into();
        format!("event: {kind}\ndata: {data}\n\n")
    });
    written.collect()
}
