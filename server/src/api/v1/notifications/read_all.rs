//! `POST /api/v1/notifications/read-all`

use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;

/// Mark every notification as read by the person asking
#[utoipa::path(
    post,
    path = "/api/v1/notifications/read-all",
    operation_id = "read_all_notifications",
    tag = "notifications",
    responses((status = 204, description = "All read."), Refusals)
)]
pub async fn read_all(State(state): State<AppState>, Asking(caller): Asking) -> Result<StatusCode, Problem> {
    state.services.notifications.mark_all_read(&caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
