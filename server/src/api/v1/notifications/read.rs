//! `POST /api/v1/notifications/{id}/read`

use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use vocab::NotificationId;

/// Mark a notification as read by the person asking
///
/// With an access token: by the person who made it.
#[utoipa::path(
    post,
    path = "/api/v1/notifications/{id}/read",
    operation_id = "read_notification",
    tag = "notifications",
    params(("id" = String, Path, description = "The notification's id.", format = "uuid")),
    responses(
        (status = 204, description = "Read."),
        (status = 404, description = "No such notification.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn read(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<NotificationId>) -> Result<StatusCode, Problem> {
    state.services.notifications.mark_read(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
