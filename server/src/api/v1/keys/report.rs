//! `GET /api/v1/keys`

use super::SealingReport;
use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;

/// Count sealed values by sealing key
#[utoipa::path(
    get,
    path = "/api/v1/keys",
    operation_id = "report_keys",
    tag = "keys",
    responses((status = 200, description = "Every value was tried.", body = SealingReport), Refusals)
)]
pub async fn report(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<SealingReport>, Problem> {
    let report = state.services.keys.report(&caller).await?;
    Ok(Json(SealingReport::new(state.services.keys.current(), report)))
}
