//! `DELETE /api/v1/providers/{id}/sign-in`

use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use vocab::ProviderId;

/// Cancel a sign-in
///
/// Gives up what the caller has waiting at this provider; nothing waiting is fine too.
#[utoipa::path(
    delete,
    path = "/api/v1/providers/{id}/sign-in",
    operation_id = "cancel_sign_in",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `codex`.")),
    responses(
        (status = 204, description = "Nothing of the caller's waits any more."),
        (status = 404, description = "No such provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn cancel(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<StatusCode, Problem> {
    state.services.sign_in.cancel(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
