//! The few pages around a sign-in that stand outside the app: they need no script and no style, and say one thing.

use crate::http::door::Door;
use crate::http::refusal::{self, escape};
use app::wire::ErrorCode;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use services::ServiceError;

/// Understood by every browser, also without JavaScript; a navigation of its own, so `form-action` has no say in it.
const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// Sends the browser on, by way of our own `onward`.
pub fn leaving(provider: &str, onward: &str) -> Response {
    let (name, href) = (escape(provider), escape(onward));
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Purser</title></head><body><main><h1>On to {name}</h1><p>Your browser goes to {name} now. Approve there, and it comes \
         back to Purser.</p><p><a href=\"{href}\">Continue to {name}</a></p></main></body></html>"
    );
    let mut response = (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if let Ok(refresh) = HeaderValue::from_str(&format!("0;url={onward}")) {
        response.headers_mut().insert(REFRESH, refresh);
    }
    response
}

/// An answer that belongs to no sign-in of ours. Nothing was spent or changed.
pub fn strange_answer(words: &str) -> Response {
    let words = format!("This is not an answer to a sign-in that Purser began: {words}.");
    refusal::say(Door::Page, StatusCode::BAD_REQUEST, ErrorCode::Invalid, &words)
}

/// A use case's error as a page.
pub fn failed(error: ServiceError) -> Response {
    refusal::refuse(Door::Page, error)
}
