//! A provider written by hand: remembers every request to the byte, answers what the test tells it to, when the test
//! tells it to, and notices when somebody hangs up.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// A request as it arrived.
#[derive(Clone)]
pub struct Seen {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A piece of a streamed answer.
pub enum Piece {
    Bytes(Bytes),
    /// The connection breaks.
    Break,
}

enum Reply {
    Whole(StatusCode, Vec<(&'static str, String)>, Bytes),
    Stream(mpsc::Receiver<Piece>),
    /// Takes the request and says nothing.
    Silence,
}

struct Shared {
    seen: Mutex<Vec<Seen>>,
    replies: Mutex<HashMap<String, VecDeque<Reply>>>,
    lists: Mutex<HashMap<String, Value>>,
    refusing: Mutex<Vec<String>>,
    hung_up: watch::Sender<usize>,
}

/// The provider: one folder for each it plays.
pub struct Upstream {
    /// `http://127.0.0.1:port`
    pub origin: String,
    shared: Arc<Shared>,
}

/// Counts an answer that nobody waited for.
struct Guard {
    shared: Arc<Shared>,
    over: bool,
}

impl Guard {
    /// The answer was given to its end.
    fn done(mut self) {
        self.over = true;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.over {
            self.shared.hung_up.send_modify(|count| *count += 1);
        }
    }
}

impl Upstream {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            replies: Mutex::default(),
            lists: Mutex::default(),
            refusing: Mutex::default(),
            hung_up: watch::Sender::new(0),
        });
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let layered = router.layer(axum::extract::DefaultBodyLimit::disable());
        tokio::spawn(async move { axum::serve(listener, layered).await });
        Self { origin, shared }
    }

    /// What a provider's model list has.
    pub fn lists(&self, folder: &str, answer: Value) {
        self.shared.lists.lock().unwrap().insert(folder.to_owned(), answer);
    }

    /// From now on this provider refuses every key when it is asked for its models.
    pub fn refuse(&self, folder: &str) {
        self.shared.refusing.lock().unwrap().push(folder.to_owned());
    }

    /// The next answer of a provider.
    pub fn reply(&self, folder: &str, status: u16, headers: &[(&'static str, &str)], body: impl Into<Bytes>) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.push(folder, Reply::Whole(StatusCode::from_u16(status).unwrap(), headers, body.into()));
    }

    /// The next answer, as JSON.
    pub fn reply_json(&self, folder: &str, body: &Value) {
        self.reply(folder, 200, &[("content-type", "application/json")], body.to_string());
    }

    /// The next answer: an event stream that comes as the test sends it.
    pub fn stream(&self, folder: &str) -> mpsc::Sender<Piece> {
        let (sender, receiver) = mpsc::channel(16);
        self.push(folder, Reply::Stream(receiver));
        sender
    }

    /// The next answer: a whole event stream at once.
    pub async fn events(&self, folder: &str, pieces: &[&str]) {
        let sender = self.stream(folder);
        for piece in pieces {
            sender.send(Piece::Bytes(Bytes::copy_from_slice(piece.as_bytes()))).await.ok();
        }
    }

    /// The next request gets no answer.
    pub fn silence(&self, folder: &str) {
        self.push(folder, Reply::Silence);
    }

    fn push(&self, folder: &str, reply: Reply) {
        self.shared.replies.lock().unwrap().entry(folder.to_owned()).or_default().push_back(reply);
    }

    /// Inference requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The only inference request so far.
    pub fn only(&self) -> Seen {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1);
        seen.remove(0)
    }

    /// Waits until an inference request has arrived.
    pub async fn asked(&self) {
        let asked = async {
            while self.seen().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), asked).await.unwrap();
    }

    /// Does somebody hang up within a second?
    pub async fn hung_up(&self) -> bool {
        let mut count = self.shared.hung_up.subscribe();
        tokio::time::timeout(Duration::from_secs(1), count.wait_for(|count| *count > 0)).await.is_ok()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    // Cohere's list is asked for at the root, whatever its base URL.
    let folder = parts.uri.path().split('/').nth(1).unwrap_or_default().replace("v1", "cohere");
    if path.contains("check-api-key") {
        return axum::Json(json!({"valid": true})).into_response();
    }
    if parts.method == axum::http::Method::GET {
        let wrong = parts.headers.values().any(|value| value.to_str().is_ok_and(|text| text.contains("wrong")));
        let wrong = wrong || shared.refusing.lock().unwrap().contains(&folder);
        let list = shared.lists.lock().unwrap().get(&folder).cloned();
        return match list {
            Some(_) if wrong => (StatusCode::UNAUTHORIZED, axum::Json(json!({"error": {"message": "no such key"}}))).into_response(),
            Some(list) => axum::Json(list).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    shared.seen.lock().unwrap().push(Seen { path, headers: parts.headers, body });
    let reply = shared.replies.lock().unwrap().get_mut(&folder).and_then(VecDeque::pop_front);
    let guard = Guard { shared, over: false };
    respond(reply, guard).await
}

async fn respond(reply: Option<Reply>, guard: Guard) -> Response {
    match reply {
        None => {
            guard.done();
            (StatusCode::NOT_IMPLEMENTED, "the test said no answer").into_response()
        }
        Some(Reply::Silence) => std::future::pending().await,
        Some(Reply::Whole(status, headers, body)) => {
            guard.done();
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).unwrap()
        }
        Some(Reply::Stream(pieces)) => {
            let body = stream::unfold((pieces, guard), |(mut pieces, guard)| async move {
                match pieces.recv().await {
                    Some(Piece::Bytes(bytes)) => Some((Ok(bytes), (pieces, guard))),
                    Some(Piece::Break) => Some((Err(std::io::Error::other("broken")), (pieces, guard))),
                    None => {
                        guard.done();
                        None
                    }
                }
            });
            Response::builder().header("content-type", "text/event-stream").body(Body::from_stream(body)).unwrap()
        }
    }
}
