//! How the vendors say no: in two shapes of JSON, or on a page.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A request that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Error code.
    pub code: String,
    /// Words.
    pub message: String,
    /// How it is written.
    pub shape: Shape,
}

/// The shapes of an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `{error, error_description}` (RFC 6749 §5.2).
    #[default]
    Flat,
    /// `{type, error: {type, message}}`, Anthropic's API.
    Typed,
    /// `{error: {message, type, code}}`, `OpenAI`'s API.
    Coded,
}

impl Refusal {
    /// In the RFC's shape.
    pub fn new(status: u16, code: &str, message: &str) -> Self {
        Self { status, code: code.to_owned(), message: message.to_owned(), shape: Shape::Flat }
    }

    /// In another shape.
    #[must_use]
    pub fn shaped(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, code, message, shape } = self;
        let body = match shape {
            Shape::Flat => json!({"error": code, "error_description": message}),
            Shape::Typed => json!({"type": "error", "error": {"type": code, "message": message}, "request_id": "req_practice"}),
            Shape::Coded => json!({"error": {"message": message, "type": "invalid_request_error", "param": null, "code": code}}),
        };
        (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), Json(body)).into_response()
    }
}
