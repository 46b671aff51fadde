//! `POST /api/v1/team/{id}/password`

use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::secret;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use vocab::UserId;

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    #[serde(deserialize_with = "secret::read")]
    #[schema(value_type = String, format = Password, write_only)]
    password: SecretString,
}

/// Reset a person's password
///
/// Ends their sessions. Their access tokens stay.
#[utoipa::path(
    post,
    path = "/api/v1/team/{id}/password",
    operation_id = "reset_password",
    tag = "team",
    params(("id" = String, Path, description = "The person's id.", format = "uuid")),
    request_body = PasswordBody,
    responses(
        (status = 204, description = "Reset."),
        (status = 404, description = "No such person.", body = ErrorBody),
        (status = 422, description = "The password is too weak.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn reset_password(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<UserId>,
    Body(PasswordBody { password }): Body<PasswordBody>,
) -> Result<StatusCode, Problem> {
    state.services.people.reset_password(&caller, id, password).await?;
    Ok(StatusCode::NO_CONTENT)
}
