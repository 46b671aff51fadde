//! `POST /api/v1/sessions`

use super::{NewSessionAnswer, SessionView};
use crate::api::extract::Body;
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::secret;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Extension;
use axum::extract::State;
use secrecy::SecretString;
use serde::Deserialize;
use services::people::Browser;
use utoipa::ToSchema;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    email: String,
    #[serde(deserialize_with = "secret::read")]
    #[schema(value_type = String, format = Password, write_only)]
    password: SecretString,
}

/// Sign in
///
/// The session is in the answer's cookie. Throttled like the page: too many wrong tries slow down the account and the
/// address they come from. Programs that stay use an access token instead.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    operation_id = "sign_in",
    tag = "sessions",
    security(()),
    request_body = SignInBody,
    responses(
        (status = 201, description = "Signed in by cookie.", body = SessionView),
        (status = 422, description = "E-mail address and password do not match an account.", body = ErrorBody),
        (status = 429, description = "Too many wrong tries; `retry-after` says when to try again.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn start(
    State(state): State<AppState>,
    Extension(browser): Extension<Browser>,
    Body(SignInBody { email, password }): Body<SignInBody>,
) -> Result<NewSessionAnswer, Problem> {
    let session = state.services.people.sign_in(&email, password, browser).await?;
    Ok(NewSessionAnswer::new(&state, session))
}
