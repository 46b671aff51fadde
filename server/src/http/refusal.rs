//! Saying no, in the language of each door.

use super::door::Door;
use super::problem::{self, Problem};
use super::request_id;
use crate::gateway::refusal::Refusal;
use app::wire::{AppError, ErrorCode};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use services::ServiceError;

/// An error of a service, said at a door.
pub fn refuse(door: Door, error: ServiceError) -> Response {
    let wait = problem::wait_of(&error);
    let mut response = match door {
        Door::Api | Door::Events | Door::Metrics => return Problem(error).into_response(),
        Door::ServerFn => {
            let error = problem::app_error(error);
            json(problem::status(&error), error)
        }
        Door::Gateway(dialect) => return Refusal::from(error).in_dialect(dialect).into_response(),
        Door::Page => {
            let error = problem::app_error(error);
            page(problem::status(&error), &error)
        }
    };
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

/// An error that no service can have, said at a door. The gateway's own limits leave only bodies to be said of there.
pub fn say(door: Door, status: StatusCode, code: ErrorCode, words: &str) -> Response {
    let mut error = AppError::new(code, words);
    error.request_id = request_id::current().map(|id| id.as_str().to_owned());
    match door {
        Door::Api | Door::Events | Door::Metrics => problem::response(status, error),
        Door::ServerFn => json(status, error),
        Door::Gateway(dialect) => Refusal::unread_body(status).in_dialect(dialect).into_response(),
        Door::Page => page(status, &error),
    }
}

/// As pages' server functions read it: the bare [`AppError`].
pub fn json(status: StatusCode, error: AppError) -> Response {
    (status, Json(error)).into_response()
}

/// A page that needs nothing: no database, no scripts, no styles.
fn page(status: StatusCode, error: &AppError) -> Response {
    let id = error.request_id.as_deref().unwrap_or_default();
    let message = escape(&error.message);
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Purser</title></head><body><main><h1>Purser cannot show this page</h1><p>{message}</p>\
         <p><a href=\"\">Try again</a></p><p>Request {id}</p></main></body></html>"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// Text as it may stand in HTML, attributes included.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
