//! `DELETE /api/v1/providers/{id}/device-flows`

use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use vocab::ProviderId;

/// Cancel a sign-in with a code
///
/// Calls off the one that is open at this provider, whoever began it; none is fine too.
#[utoipa::path(
    delete,
    path = "/api/v1/providers/{id}/device-flows",
    operation_id = "cancel_device_flow",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `xai`.")),
    responses(
        (status = 204, description = "None is open any more."),
        (status = 404, description = "No such provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn cancel(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<StatusCode, Problem> {
    state.services.device_sign_in.cancel(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
