//! `PATCH /api/v1/team/{id}`

use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use services::ServiceError;
use utoipa::ToSchema;
use vocab::{Role, UserId};

/// A change to a person. At least one member must be there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    #[schema(value_type = Option<words::Role>)]
    role: Option<Role>,
    /// Switched off, they cannot sign in, and their sessions and access tokens stop at once.
    active: Option<bool>,
}

/// Change a person's role, or stop them from signing in
#[utoipa::path(
    patch,
    path = "/api/v1/team/{id}",
    operation_id = "change_person",
    tag = "team",
    params(("id" = String, Path, description = "The person's id.", format = "uuid")),
    request_body = PersonChange,
    responses(
        (status = 204, description = "Changed."),
        (status = 404, description = "No such person.", body = ErrorBody),
        (status = 409, description = "No active owner would remain.", body = ErrorBody),
        (status = 422, description = "Nothing to change.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn change(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<UserId>,
    Body(change): Body<PersonChange>,
) -> Result<StatusCode, Problem> {
    let people = &state.services.people;
    match (change.role, change.active) {
        (None, None) => return Err(ServiceError::field("role", "send a role, or active, or both").into()),
        (Some(role), None) => people.set_role(&caller, id, role).await?,
        (None, Some(active)) => people.set_active(&caller, id, active).await?,
        (Some(role), Some(active)) => {
            people.set_role(&caller, id, role).await?;
            people.set_active(&caller, id, active).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}
