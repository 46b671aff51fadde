//! `DELETE /api/v1/access-tokens/{id}`

use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use vocab::AccessTokenId;

/// Revoke an access token
///
/// It stops at once, on every replica within a second. Revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/v1/access-tokens/{id}",
    operation_id = "revoke_access_token",
    tag = "access tokens",
    params(("id" = String, Path, description = "The row's id, not the token.", format = "uuid")),
    responses(
        (status = 204, description = "Revoked."),
        (status = 404, description = "No such access token.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn revoke(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<AccessTokenId>) -> Result<StatusCode, Problem> {
    state.services.access_tokens.revoke(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
