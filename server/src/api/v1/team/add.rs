//! `POST /api/v1/team`

use super::PersonView;
use crate::api::extract::{Asking, Body};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::{secret, words};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use services::people::NewPerson;
use utoipa::ToSchema;
use vocab::Role;

/// A person to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPersonBody {
    /// 1 to 80 characters.
    name: String,
    /// They sign in with it.
    email: String,
    #[schema(value_type = words::Role)]
    role: Role,
    /// Their first password; they can change it under Settings.
    #[serde(deserialize_with = "secret::read")]
    #[schema(value_type = String, format = Password, write_only)]
    password: SecretString,
}

/// Add a person
#[utoipa::path(
    post,
    path = "/api/v1/team",
    operation_id = "add_person",
    tag = "team",
    request_body = NewPersonBody,
    responses(
        (status = 201, description = "Added.", body = PersonView),
        (status = 409, description = "The e-mail address has an account.", body = ErrorBody),
        (status = 422, description = "A field is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn add(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Body(NewPersonBody { name, email, role, password }): Body<NewPersonBody>,
) -> Result<(StatusCode, Json<PersonView>), Problem> {
    let form = NewPerson::from_form(name, email, password.clone(), password);
    let user = state.services.people.add(&caller, form, role).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}
