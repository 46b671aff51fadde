//! A service's error as the machine API answers it.

use super::request_id;
use app::wire::AppError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use services::ServiceError;

/// Answers `{"error":{"code","message","field_errors"?,"request_id"}}` with the status of the code.
#[derive(Debug)]
pub struct Problem(pub ServiceError);

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        Self(error)
    }
}

#[derive(Serialize)]
struct Body {
    error: AppError,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let wait = wait_of(&self.0);
        let error = app_error(self.0);
        let status = status(&error);
        let mut response = (status, Json(Body { error })).into_response();
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        response
    }
}

/// The outside words of an error, with the request's id; logs its causes once.
pub fn app_error(error: ServiceError) -> AppError {
    let mut error = app::convert::app_error(error);
    error.request_id = request_id::current().map(|id| id.as_str().to_owned());
    error
}

/// The status of an error's code.
pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// `Retry-After` as an instant, for those who have to wait.
pub fn wait_of(error: &ServiceError) -> Option<HeaderValue> {
    let date = time::macros::format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    match error {
        // RFC 9110 §10.2.3 takes a date as well as seconds, and a date needs no clock here.
        ServiceError::Throttled { until } => HeaderValue::from_str(&until.to_offset(time::UtcOffset::UTC).format(date).ok()?).ok(),
        ServiceError::Provider { failure, .. } => HeaderValue::from_str(&failure.retry_after?.whole_seconds().max(1).to_string()).ok(),
        _ => None,
    }
}

/// An error that no service can have: the request itself cannot be taken.
pub fn response(status: StatusCode, mut error: AppError) -> Response {
    error.request_id = request_id::current().map(|id| id.as_str().to_owned());
    (status, Json(Body { error })).into_response()
}
