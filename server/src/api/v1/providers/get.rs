//! `GET /api/v1/providers/{id}`

use super::details::ProviderDetails;
use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use vocab::ProviderId;

/// One provider in full
#[utoipa::path(
    get,
    path = "/api/v1/providers/{id}",
    operation_id = "get_provider",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `anthropic`.")),
    responses(
        (status = 200, description = "The provider.", body = ProviderDetails),
        (status = 404, description = "No such provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn get(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<Json<ProviderDetails>, Problem> {
    Ok(Json(state.services.overview.detail(&caller, &id).await?.into()))
}
