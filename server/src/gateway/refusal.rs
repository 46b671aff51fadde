//! Errors in the caller's dialect: `{"error":{"message","type","param","code"}}` where it is OpenAI's.
//!
//! A refusal of ours never looks like a refusal of the caller's own token unless it is one: when a provider refuses
//! *our* credential, an agent must not throw away its access token over it.

use super::dialect::Dialect;
use crate::http::limits::GATEWAY_BODY;
use app::wire::ErrorCode;
use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use services::ServiceError;
use services::ports::CallFailure;
use std::borrow::Cow;
use vocab::Verdict;

/// The caller's fault.
const INVALID_REQUEST: &str = "invalid_request_error";
/// Ours.
const SERVER: &str = "server_error";
/// The provider's.
const UPSTREAM: &str = "upstream_error";

/// An error answer.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    message: Cow<'static, str>,
    kind: &'static str,
    param: Option<Cow<'static, str>>,
    code: Option<&'static str>,
    /// Whole seconds.
    retry_after: Option<i64>,
    dialect: Dialect,
}

impl Refusal {
    fn new(status: StatusCode, kind: &'static str, code: Option<&'static str>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), kind, param: None, code, retry_after: None, dialect: Dialect::default() }
    }

    /// The same refusal, said as the caller speaks.
    #[must_use]
    pub fn in_dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// 401: no access token, or not a good one.
    pub fn no_access_token() -> Self {
        let words =
            "No valid access token. Send one of Purser's as \"Authorization: Bearer pur_…\"; it may be missing, revoked or expired.";
        Self::new(StatusCode::UNAUTHORIZED, INVALID_REQUEST, Some("invalid_api_key"), words)
    }

    /// 401: a browser's session. A web page that a signed-in person visits must not be able to spend money.
    pub fn session_instead_of_token() -> Self {
        let words = "The gateway takes access tokens, not a browser's session. Create one under Access tokens.";
        Self::new(StatusCode::UNAUTHORIZED, INVALID_REQUEST, Some("invalid_api_key"), words)
    }

    /// 404: nothing lives here.
    pub fn unknown_url(method: &Method, path: &str) -> Self {
        let words = format!("Unknown request URL: {method} {path}.");
        Self::new(StatusCode::NOT_FOUND, INVALID_REQUEST, Some("unknown_url"), words).in_dialect(Dialect::of(path))
    }

    /// 404: no such model for this caller.
    pub fn unknown_model(asked: &str) -> Self {
        let words = format!("The model {asked:?} does not exist here, or this access token may not use it. GET /v1/models lists them.");
        Self::new(StatusCode::NOT_FOUND, INVALID_REQUEST, Some("model_not_found"), words).about("model")
    }

    /// 405: something lives here, and does not know the method. axum adds `Allow`.
    pub fn method_not_allowed(method: &Method, path: &str) -> Self {
        let words = format!("Not allowed: {method} {path}.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, INVALID_REQUEST, Some("method_not_supported"), words).in_dialect(Dialect::of(path))
    }

    /// A body that was too large (413) or did not arrive (400).
    pub fn unread_body(status: StatusCode) -> Self {
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            let most = GATEWAY_BODY / (1024 * 1024);
            return Self::new(status, INVALID_REQUEST, Some("request_too_large"), format!("The request body is larger than {most} MiB."));
        }
        Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, None, "The request body could not be read to its end.")
    }

    fn about(self, param: impl Into<Cow<'static, str>>) -> Self {
        Self { param: Some(param.into()), ..self }
    }

    /// A provider that did not serve the request. `message` names it.
    fn of_provider(failure: &CallFailure, message: String) -> Self {
        let (status, kind, code) = match (failure.verdict, failure.status) {
            // It refused the request itself, and the connection is in order: its status is the caller's business.
            (Verdict::Ok, Some(status @ 400..=499)) => {
                (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), INVALID_REQUEST, None)
            }
            (Verdict::Ok, None) => (StatusCode::GATEWAY_TIMEOUT, UPSTREAM, Some("provider_timeout")),
            (Verdict::RateLimited, _) => (StatusCode::TOO_MANY_REQUESTS, "rate_limit_error", Some("rate_limit_exceeded")),
            (Verdict::NoFunds, _) => (StatusCode::TOO_MANY_REQUESTS, "insufficient_quota", Some("insufficient_quota")),
            (Verdict::Unreachable, _) => (StatusCode::BAD_GATEWAY, UPSTREAM, Some("provider_unreachable")),
            (Verdict::BadCredential, _) => (StatusCode::BAD_GATEWAY, UPSTREAM, Some("provider_rejected_credential")),
            (Verdict::NotPermitted, _) => (StatusCode::BAD_GATEWAY, UPSTREAM, Some("provider_not_permitted")),
            (Verdict::ProviderDown | Verdict::Ok, _) => (StatusCode::BAD_GATEWAY, UPSTREAM, Some("provider_error")),
        };
        let retry_after = failure.retry_after.map(|wait| wait.whole_seconds().max(1));
        Self { retry_after, ..Self::new(status, kind, code, message) }
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        let words = error.to_string();
        match &error {
            ServiceError::SignedOut => Self::no_access_token(),
            ServiceError::Provider { failure, .. } => Self::of_provider(failure, words),
            ServiceError::UnknownModel { .. } => {
                Self::new(StatusCode::NOT_FOUND, INVALID_REQUEST, Some("model_not_found"), words).about("model")
            }
            ServiceError::OutsideToken(_) => {
                Self::new(StatusCode::FORBIDDEN, INVALID_REQUEST, Some("model_not_allowed"), words).about("model")
            }
            ServiceError::Forbidden(_) => {
                let words = "This access token may not send inference: it lacks the scope \"inference\", or its creator's role does.";
                Self::new(StatusCode::FORBIDDEN, INVALID_REQUEST, Some("insufficient_permissions"), words)
            }
            ServiceError::BadRequest { parameter, .. } => {
                let refusal = Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, None, words);
                Self { param: parameter.clone().map(Cow::Owned), ..refusal }
            }
            ServiceError::CannotDecrypt { .. } => Self::new(StatusCode::SERVICE_UNAVAILABLE, SERVER, Some("cannot_decrypt"), words),
            _ => Self::of_us(error),
        }
    }
}

impl Refusal {
    /// The rest: the one mapping of errors decides status and code, and logs the causes of what is our own fault.
    fn of_us(error: ServiceError) -> Self {
        let error = app::convert::app_error(error);
        let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = if status.is_client_error() { INVALID_REQUEST } else { SERVER };
        let code = if error.code == ErrorCode::Internal { "internal_error" } else { error.code.as_str() };
        Self::new(status, kind, Some(code), error.message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = self.dialect.error_body(self.status, &self.message, self.kind, self.param.as_deref(), self.code);
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use services::ports::StoreError;

    fn refused(error: ServiceError) -> (u16, Option<&'static str>) {
        let refusal = Refusal::from(error);
        (refusal.status.as_u16(), refusal.code)
    }

    fn failed(verdict: Verdict, status: Option<u16>) -> ServiceError {
        let failure = CallFailure { verdict, status, message: "no".into(), retry_after: Some(time::Duration::milliseconds(1_500)) };
        ServiceError::Provider { provider: "Acme".into(), failure }
    }

    #[test]
    fn each_dead_end_has_its_own_status_and_code() {
        let asked = || "m".to_owned();
        let provider = || "Acme".to_owned();
        for (error, status, code) in [
            (ServiceError::SignedOut, 401, "invalid_api_key"),
            (ServiceError::OutsideToken(asked()), 403, "model_not_allowed"),
            (ServiceError::UnknownModel { asked: asked() }, 404, "model_not_found"),
            (ServiceError::NoEligibleEndpoints { asked: asked() }, 503, "no_eligible_endpoints"),
            (ServiceError::ProviderNotConfigured { provider: provider() }, 503, "provider_not_configured"),
            (ServiceError::TokenExpired { provider: provider() }, 503, "token_expired"),
            (ServiceError::CannotDecrypt { provider: provider() }, 503, "cannot_decrypt"),
            (ServiceError::Store(StoreError::Unavailable("down".into())), 503, "unavailable"),
            (ServiceError::internal("bug"), 500, "internal_error"),
        ] {
            assert_eq!(refused(error), (status, Some(code)));
        }
    }

    #[test]
    fn a_provider_that_refuses_our_credential_is_no_401() {
        assert_eq!(refused(failed(Verdict::BadCredential, Some(401))), (502, Some("provider_rejected_credential")));
        assert_eq!(refused(failed(Verdict::NotPermitted, Some(403))), (502, Some("provider_not_permitted")));
        assert_eq!(refused(failed(Verdict::RateLimited, Some(429))), (429, Some("rate_limit_exceeded")));
        assert_eq!(refused(failed(Verdict::NoFunds, Some(402))), (429, Some("insufficient_quota")));
        assert_eq!(refused(failed(Verdict::Unreachable, None)), (502, Some("provider_unreachable")));
        assert_eq!(refused(failed(Verdict::Ok, Some(400))), (400, None));
        assert_eq!(refused(failed(Verdict::Ok, Some(302))), (502, Some("provider_error")));
        assert_eq!(refused(failed(Verdict::Ok, None)), (504, Some("provider_timeout")));
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds() {
        let response = Refusal::from(failed(Verdict::RateLimited, Some(429))).into_response();
        assert_eq!(response.headers().get(RETRY_AFTER), Some(&HeaderValue::from_static("1")));
    }
}
