//! One id a request: in the answer, in the log, in the audit log, in error messages. Made here, never taken from outside.

use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// The header that carries it.
pub const HEADER: HeaderName = HeaderName::from_static("x-purser-request-id");

tokio::task_local! {
    static CURRENT: RequestId;
}

/// A request's id: 32 hexadecimal digits, later ones sort later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of the request being served, wherever that is asked.
pub fn current() -> Option<RequestId> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Gives the request its id and the answer the header.
pub async fn give(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let text = state.environment.uuid().simple().to_string();
    let header = HeaderValue::from_str(&text);
    let id = RequestId(text.into());
    request.extensions_mut().insert(id.clone());
    let mut response = CURRENT.scope(id, next.run(request)).await;
    if let Ok(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    response
}
