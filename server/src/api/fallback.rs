//! Answers below `/api` that no operation gives, in the same shape as all other errors.

use crate::http::problem;
use app::wire::{AppError, ErrorCode};
use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;

/// Nothing lives at this path.
pub async fn not_found() -> Response {
    say(StatusCode::NOT_FOUND, ErrorCode::NotFound, "There is nothing at this address. /api/openapi.json lists what there is.")
}

/// Something lives at this path and does not know the method. axum adds `Allow`.
pub async fn method_not_allowed(method: Method, uri: Uri) -> Response {
    let words = format!("{} does not answer to {method}. /api/openapi.json lists what it answers to.", uri.path());
    say(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::Protocol, words)
}

/// A body of another kind.
pub fn not_json() -> Response {
    let words = "Send the body as JSON, with the header content-type: application/json.";
    say(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::Protocol, words)
}

/// A body that is no JSON. The message names the place and quotes nothing.
pub fn broken_json(error: &serde_json::Error) -> Response {
    say(StatusCode::BAD_REQUEST, ErrorCode::Protocol, format!("The body is not valid JSON: {error}."))
}

/// A body that is too large, or broke off.
pub fn unread_body(status: StatusCode) -> Response {
    let (code, words) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (ErrorCode::Invalid, "The body is too large."),
        _ => (ErrorCode::Protocol, "The body could not be read to its end."),
    };
    say(status, code, words)
}

fn say(status: StatusCode, code: ErrorCode, words: impl Into<String>) -> Response {
    problem::response(status, AppError::new(code, words))
}
