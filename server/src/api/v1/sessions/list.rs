//! `GET /api/v1/sessions`

use super::SessionView;
use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Signed-in browsers.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    /// Newest first.
    sessions: Vec<SessionView>,
}

/// Signed-in browsers of the person asking
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    operation_id = "list_sessions",
    tag = "sessions",
    security(("session" = [])),
    responses((status = 200, description = "Their browsers.", body = SessionList), Refusals)
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<SessionList>, Problem> {
    let sessions = state.services.people.sessions(&caller).await?;
    let current = caller.session_id();
    Ok(Json(SessionList { sessions: sessions.into_iter().map(|session| SessionView::new(session, current)).collect() }))
}
