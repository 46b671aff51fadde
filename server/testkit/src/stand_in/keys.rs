//! What a practice key does. The word in it decides; any prefix is fine.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// `…good…`: everything works.
    Good,
    /// `…empty…`: the account has no funds.
    NoFunds,
    /// `…limited…`: too many requests, try again in half a minute.
    RateLimited,
    /// `…down…`: the provider has an outage.
    Down,
    /// `…slow…`: works, after three seconds.
    Slow,
    /// `…html…`: a captive portal answers instead of the provider.
    Html,
    /// Anything else: refused.
    Wrong,
}

impl Behaviour {
    /// Reads the key of a request, from `Authorization: Bearer` or `x-api-key`.
    pub fn of(headers: &HeaderMap) -> Self {
        let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let key = text(header::AUTHORIZATION) + &text(header::HeaderName::from_static("x-api-key"));
        let words = [
            ("good", Self::Good),
            ("empty", Self::NoFunds),
            ("limited", Self::RateLimited),
            ("down", Self::Down),
            ("slow", Self::Slow),
            ("html", Self::Html),
        ];
        words.into_iter().find(|(word, _)| key.contains(word)).map_or(Self::Wrong, |(_, behaviour)| behaviour)
    }

    /// Lets a request pass, perhaps late, or answers it as the vendor would (`OpenAI`'s error shape).
    ///
    /// # Errors
    /// The vendor's answer to a request that does not pass.
    pub async fn admit(self) -> Result<(), Response> {
        match self {
            Self::Good => return Ok(()),
            Self::Slow => {
                tokio::time::sleep(Duration::from_secs(3)).await;
                return Ok(());
            }
            _ => {}
        }
        Err(self.refusal())
    }

    /// What a key that does not pass is told.
    fn refusal(self) -> Response {
        let error = |status: StatusCode, kind: &str, code: &str, message: &str| {
            (status, axum::Json(json!({"error": {"message": message, "type": kind, "param": null, "code": code}}))).into_response()
        };
        match self {
            Self::Good | Self::Slow | Self::Wrong => error(
                StatusCode::UNAUTHORIZED,
                "invalid_request_error",
                "invalid_api_key",
                "Incorrect API key provided. You can find your API key at the practice desk.",
            ),
            Self::NoFunds => error(
                StatusCode::TOO_MANY_REQUESTS,
                "insufficient_quota",
                "insufficient_quota",
                "You exceeded your current quota, please check your plan and billing details.",
            ),
            Self::RateLimited => {
                let mut answer =
                    error(StatusCode::TOO_MANY_REQUESTS, "requests", "rate_limit_exceeded", "Rate limit reached for requests.");
                answer.headers_mut().insert(header::RETRY_AFTER, axum::http::HeaderValue::from_static("30"));
                answer
            }
            Self::Down => error(
                StatusCode::SERVICE_UNAVAILABLE,
                "server_error",
                "overloaded",
                "The engine is currently overloaded, please try again later.",
            ),
            Self::Html => axum::response::Html("<html><body>Welcome to Harbour Wi-Fi. Please sign in.</body></html>").into_response(),
        }
    }
}
