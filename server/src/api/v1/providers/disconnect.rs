//! `DELETE /api/v1/providers/{id}/connection`

use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use services::ServiceError;
use vocab::ProviderId;

/// Disconnect a provider
///
/// Clears the stored credential now. A provider that is not connected is disconnected already: also 204.
#[utoipa::path(
    delete,
    path = "/api/v1/providers/{id}/connection",
    operation_id = "disconnect",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id.")),
    responses(
        (status = 204, description = "Not connected any more."),
        (status = 404, description = "No such provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn disconnect(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<StatusCode, Problem> {
    match state.services.connections.disconnect(&caller, &id).await {
        Ok(_) | Err(ServiceError::ProviderNotConfigured { .. }) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(error.into()),
    }
}
