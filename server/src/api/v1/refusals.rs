//! The one shape of an error, for the document. [`crate::http::problem::Problem`] is what sends it.

use app::wire::ErrorCode;
use std::borrow::Cow;
use std::collections::BTreeMap;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

/// An error.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what Problem writes")]
pub struct ErrorBody {
    error: ErrorDetail,
}

/// What went wrong.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what Problem writes")]
pub struct ErrorDetail {
    /// Stable; programs react to it.
    #[schema(value_type = Code)]
    code: String,
    /// For people: who, what happened, the remedy.
    message: String,
    /// Field name → what is wrong with it.
    #[schema(required = false)]
    field_errors: BTreeMap<String, String>,
    /// Finds the lines in the server's log; the same as the header `x-purser-request-id`.
    #[schema(required = false)]
    request_id: String,
}

/// Codes of [`ErrorDetail`].
pub enum Code {}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        use ErrorCode as C;
        let codes = [
            C::SignedOut,
            C::Forbidden,
            C::NotFound,
            C::Invalid,
            C::Conflict,
            C::Throttled,
            C::CredentialRejected,
            C::ProviderNotConfigured,
            C::TokenExpired,
            C::NoEligibleEndpoints,
            C::ProviderError,
            C::Unavailable,
            C::Protocol,
            C::Internal,
        ];
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes.map(C::as_str))).build().into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        "ErrorCode".into()
    }
}

/// What every operation may answer instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes what Problem sends")]
pub enum Refusals {
    /// No access token, no session, or not a good one (any more).
    #[response(status = 401)]
    SignedOut(ErrorBody),
    /// The role or the token's scopes do not allow this.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// The database is not available; nothing was lost. Try again.
    #[response(status = 503)]
    Unavailable(ErrorBody),
}
