//! What handlers take out of a request. Every refusal is a [`Problem`], so a program reads one shape of error.

use super::fallback;
use crate::http::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::people::Caller;
use serde::de::DeserializeOwned;
use services::ServiceError;
use std::str::FromStr;
use vocab::finance::FinanceJob;
use vocab::{AccessTokenId, BillId, BuildId, ContractId, NotificationId, ProviderId, SessionId, SupplierId, UserId, WorkItemId};

/// Who is asking. The router has already refused strangers; a route it forgot refuses them here.
pub struct Asking(pub Caller);

impl<S: Sync> FromRequestParts<S> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Caller>().cloned().map(Self).ok_or(Problem(ServiceError::SignedOut))
    }
}

/// A JSON body. Strict: a member nobody knows is refused rather than ignored.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if !is_json(request.headers()) {
            return Err(fallback::not_json());
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| fallback::unread_body(rejection.status()))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| {
            if error.is_data() {
                misfit(format!("The body does not fit: {}.", words(&error))).into_response()
            } else {
                fallback::broken_json(&error)
            }
        })
    }
}

/// Parameters after the `?`. Strict, too.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(params)| Self(params)).map_err(|rejection| misfit(rejection.body_text()))
    }
}

/// The id in the path. What cannot be an id names nothing.
pub struct Id<T>(pub T);

/// A kind of id that stands in paths.
pub trait PathId: FromStr {
    /// What it names, as in "There is no such …".
    const NAMES: &'static str;
}

impl PathId for ProviderId {
    const NAMES: &'static str = "provider";
}

impl PathId for AccessTokenId {
    const NAMES: &'static str = "access token";
}

impl PathId for BuildId {
    const NAMES: &'static str = "build";
}

impl PathId for UserId {
    const NAMES: &'static str = "person";
}

impl PathId for NotificationId {
    const NAMES: &'static str = "notification";
}

impl PathId for SupplierId {
    const NAMES: &'static str = "supplier";
}

impl PathId for ContractId {
    const NAMES: &'static str = "contract";
}

impl PathId for WorkItemId {
    const NAMES: &'static str = "work item";
}

impl PathId for BillId {
    const NAMES: &'static str = "bill";
}

impl PathId for FinanceJob {
    const NAMES: &'static str = "job";
}

impl PathId for SessionId {
    const NAMES: &'static str = "session";
}

impl<S: Send + Sync, T: PathId> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let id = text.and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or(Problem(ServiceError::NotFound(T::NAMES)))
    }
}

/// A request that is well formed and not what it should be.
fn misfit(message: String) -> Problem {
    Problem(ServiceError::BadRequest { parameter: None, message })
}

/// `application/json`, `application/merge-patch+json` …, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

/// What is wrong with a body, never quoting a value of it: the value may be a key in the wrong place.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let unquoted = ["invalid type: ", "invalid value: "].into_iter().find_map(|start| {
        let rest = text.strip_prefix(start)?;
        let kind = rest.split([' ', '`', '"']).next()?;
        let (_, expected) = rest.rsplit_once(", expected ")?;
        Some(format!("{start}{kind}, expected {expected}"))
    });
    unquoted.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[expect(dead_code, reason = "only its absence is looked at")]
        key: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its type is looked at")]
        version: i64,
    }

    fn said(body: &str) -> String {
        serde_json::from_str::<Form>(body).map_err(|error| words(&error)).err().unwrap_or_default()
    }

    #[test]
    fn a_wrong_body_is_described_without_its_values() {
        assert!(said("{}").contains("missing field `key`"));
        assert!(said(r#"{"key":"a","verison":1}"#).contains("unknown field `verison`"));
        for body in [r#""sk-secret""#, r#"{"key":"a","version":"sk-secret, expected x"}"#, r#"["sk-secret",{}]"#] {
            let words = said(body);
            assert!(words.contains("invalid type") && !words.contains("sk-secret"), "{words}");
        }
    }

    #[test]
    fn only_json_is_json() {
        let is = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().unwrap());
            is_json(&headers)
        };
        assert!(is("application/json") && is("Application/JSON; charset=utf-8") && is("application/merge-patch+json"));
        assert!(!is("text/plain") && !is("application/x-www-form-urlencoded") && !is("text/json+json"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
