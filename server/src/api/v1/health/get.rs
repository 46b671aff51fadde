//! `GET /api/v1/health`

use super::HealthList;
use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;

/// Health of every connected provider
///
/// For monitoring. Always 200 when it could be found out; `status` is the word to alert on.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    operation_id = "get_health",
    tag = "health",
    responses((status = 200, description = "Health of every connected provider.", body = HealthList), Refusals)
)]
pub async fn get(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<HealthList>, Problem> {
    Ok(Json(state.services.overview.list(&caller).await?.into()))
}
