//! `POST /api/v1/access-tokens`

use super::AccessTokenView;
use crate::api::extract::{Asking, Body};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, StatusCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use services::access_tokens::TokenForm;
use utoipa::ToSchema;
use vocab::{ProviderId, Scope};

/// A new access token as asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccessTokenBody {
    /// 1 to 80 characters.
    name: String,
    /// At least one.
    #[schema(value_type = Vec<words::Scope>)]
    scopes: Vec<Scope>,
    /// Only these providers; empty means all.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    providers: Vec<ProviderId>,
    /// Only these models (bare ids); empty means all.
    #[serde(default)]
    models: Vec<String>,
    /// Days until it stops by itself, 1 to 3650; without it never.
    days: Option<u32>,
}

/// A fresh access token.
#[derive(Serialize, ToSchema)]
pub struct IssuedAccessToken {
    /// The token itself. This answer is the only one that carries it.
    #[schema(read_only, example = "pur_…")]
    token: String,
    access_token: AccessTokenView,
}

impl From<NewAccessTokenBody> for TokenForm {
    fn from(body: NewAccessTokenBody) -> Self {
        let NewAccessTokenBody { name, scopes, providers, models, days } = body;
        Self { name, scopes, providers, models, days }
    }
}

/// Create an access token
///
/// In the name of the person asking; an access token creates in the name of its own creator.
#[utoipa::path(
    post,
    path = "/api/v1/access-tokens",
    operation_id = "create_access_token",
    tag = "access tokens",
    request_body = NewAccessTokenBody,
    responses(
        (status = 201, description = "Created. Keep the token: it is shown once.", body = IssuedAccessToken),
        (status = 422, description = "A field is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn create(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Body(body): Body<NewAccessTokenBody>,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1], Json<IssuedAccessToken>), Problem> {
    let issued = state.services.access_tokens.create(&caller, body.into()).await?;
    let answer = IssuedAccessToken { token: issued.secret.expose_secret().to_owned(), access_token: issued.listed.into() };
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(answer)))
}
