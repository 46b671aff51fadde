//! `DELETE /api/v1/sessions/{id}`

use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use vocab::SessionId;

/// End one of one's own sessions
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}",
    operation_id = "end_session",
    tag = "sessions",
    security(("session" = [])),
    params(("id" = String, Path, description = "The session's id.", format = "uuid")),
    responses(
        (status = 204, description = "Ended."),
        (status = 404, description = "No such session of the person asking.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn end(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<SessionId>) -> Result<StatusCode, Problem> {
    state.services.people.end_session(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
