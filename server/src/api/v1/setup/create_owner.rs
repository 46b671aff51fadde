//! `POST /api/v1/setup`

use crate::api::extract::Body;
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::secret;
use crate::api::v1::sessions::{NewSessionAnswer, SessionView};
use crate::http::problem::Problem;
use crate::state::AppState;
use app::ctx::FromThisMachine;
use axum::Extension;
use axum::extract::State;
use secrecy::SecretString;
use serde::Deserialize;
use services::people::{Browser, NewPerson, SetupAccess};
use utoipa::ToSchema;

/// The owner to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerBody {
    /// 1 to 80 characters.
    name: String,
    /// They sign in with it.
    email: String,
    #[serde(deserialize_with = "secret::read")]
    #[schema(value_type = String, format = Password, write_only)]
    password: SecretString,
    /// What stands after `link=` in the one-time setup link that the first start prints. Needed unless the request comes
    /// from the machine that Purser runs on, to a public URL on that machine, through no proxy.
    #[serde(default, deserialize_with = "secret::read_some")]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    setup_secret: Option<SecretString>,
}

/// Create the owner account
///
/// Works once, with the one-time setup secret. Signs the new owner in, as the page does: the session is in the
/// answer's cookie. No access token is handed out; make one with that cookie and `POST /api/v1/access-tokens`.
#[utoipa::path(
    post,
    path = "/api/v1/setup",
    operation_id = "create_owner",
    tag = "setup",
    security(()),
    request_body = OwnerBody,
    responses(
        (status = 201, description = "Created, and signed in by cookie.", body = SessionView),
        (status = 409, description = "Purser is set up already.", body = ErrorBody),
        (status = 422, description = "A field is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn create_owner(
    State(state): State<AppState>,
    Extension(local): Extension<FromThisMachine>,
    Extension(browser): Extension<Browser>,
    Body(OwnerBody { name, email, password, setup_secret }): Body<OwnerBody>,
) -> Result<NewSessionAnswer, Problem> {
    let form = NewPerson::from_form(name, email, password.clone(), password);
    let access = SetupAccess { link: setup_secret, from_this_machine: local.0 };
    let session = state.services.people.setup(form, &access, browser).await?;
    Ok(NewSessionAnswer::new(&state, session))
}
