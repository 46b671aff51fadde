//! What handlers take out of a request.

use super::dialect::Dialect;
use super::refusal::Refusal;
use crate::http::RequestId;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use domain::people::Caller;

/// The access token that is asking, and the request's id.
pub struct Agent {
    /// Who.
    pub caller: Caller,
    /// Also in the answer's header, the log and the usage row.
    pub request_id: RequestId,
}

impl<S: Sync> FromRequestParts<S> for Agent {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let refused = |refusal: Refusal| refusal.in_dialect(Dialect::of(parts.uri.path()));
        let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(|| refused(Refusal::no_access_token()))?;
        if caller.limits().is_none() {
            return Err(refused(Refusal::session_instead_of_token()));
        }
        let request_id = parts.extensions.get::<RequestId>().cloned().ok_or_else(|| refused(Refusal::no_access_token()))?;
        Ok(Self { caller, request_id })
    }
}

/// A whole request body, whatever it says it is: as at OpenAI, a missing or odd content type does no harm.
pub struct RawBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let dialect = Dialect::of(request.uri().path());
        let body = Bytes::from_request(request, state).await;
        body.map(Self).map_err(|rejection| Refusal::unread_body(rejection.status()).in_dialect(dialect))
    }
}
