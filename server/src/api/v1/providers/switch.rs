//! `PATCH /api/v1/providers/{id}/connection`

use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use vocab::ProviderId;

/// A change to a connection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchBody {
    /// Switched off, it keeps its credential and gets no requests.
    enabled: bool,
}

/// Switch a connection off or on
#[utoipa::path(
    patch,
    path = "/api/v1/providers/{id}/connection",
    operation_id = "switch_connection",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id.")),
    request_body = SwitchBody,
    responses(
        (status = 204, description = "Switched."),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 409, description = "Somebody else changed the connection meanwhile.", body = ErrorBody),
        (status = 503, description = "The provider is not connected, or the database is not available.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn switch(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(SwitchBody { enabled }): Body<SwitchBody>,
) -> Result<StatusCode, Problem> {
    state.services.connections.set_enabled(&caller, &id, enabled).await?;
    Ok(StatusCode::NO_CONTENT)
}
