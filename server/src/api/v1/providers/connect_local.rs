//! `POST /api/v1/providers/{id}/local`

use super::CheckResult;
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use vocab::ProviderId;

/// Where a local engine is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalBody {
    /// Its address; without one the address it has, or the documented ones, are looked at.
    address: Option<String>,
}

/// Connect a local engine
///
/// Looks for it now and connects it without a credential.
#[utoipa::path(
    post,
    path = "/api/v1/providers/{id}/local",
    operation_id = "connect_local",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `ollama`.")),
    request_body = LocalBody,
    responses(
        (status = 200, description = "Connected.", body = CheckResult),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 422, description = "Nothing answers there, or the provider needs a credential.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn connect_local(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(LocalBody { address }): Body<LocalBody>,
) -> Result<Json<CheckResult>, Problem> {
    Ok(Json(state.services.connections.connect_local(&caller, &id, address).await?.into()))
}
