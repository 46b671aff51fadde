//! `GET /api/v1/team`

use super::PersonView;
use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Everybody with an account.
#[derive(Serialize, ToSchema)]
pub struct Team {
    /// Oldest first.
    people: Vec<PersonView>,
}

/// Everybody with an account
#[utoipa::path(
    get,
    path = "/api/v1/team",
    operation_id = "list_team",
    tag = "team",
    responses((status = 200, description = "Everybody.", body = Team), Refusals)
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<Team>, Problem> {
    let users = state.services.people.team(&caller).await?;
    Ok(Json(Team { people: users.into_iter().map(PersonView::from).collect() }))
}
