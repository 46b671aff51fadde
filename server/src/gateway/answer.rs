//! A provider's answer on its way to the caller.

use super::cut_short::EndingInOrder;
use super::dialect::Dialect;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use services::inference::GatewayAnswer;

/// Who served the request.
const PROVIDER: HeaderName = HeaderName::from_static("x-purser-provider");

/// Status, the headers that matter, and the body as it comes.
pub fn respond(answer: GatewayAnswer, dialect: Dialect) -> Response {
    let GatewayAnswer { status, content_type, retry_after, provider_id, body } = answer;
    let streamed = content_type.trim_start().get(..17).is_some_and(|start| start.eq_ignore_ascii_case("text/event-stream"));
    let body = if streamed { Body::from_stream(EndingInOrder::new(body, dialect.error_event())) } else { Body::from_stream(body) };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::try_from(content_type).unwrap_or(HeaderValue::from_static("application/octet-stream")));
    if let Ok(provider) = HeaderValue::try_from(String::from(provider_id)) {
        headers.insert(PROVIDER, provider);
    }
    if let Some(wait) = retry_after.and_then(|wait| HeaderValue::try_from(wait).ok()) {
        headers.insert(RETRY_AFTER, wait);
    }
    if streamed {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}
