//! `POST /api/v1/providers/{id}/sign-in`

use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::http::provider_sign_in::begin;
use crate::state::AppState;
use app::convert::moment;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use services::ServiceError;
use services::sign_in::BrowserPlace;
use utoipa::ToSchema;
use vocab::ProviderId;

/// How to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginBody {
    /// `true` when the person's browser is not on the machine where Purser runs: the answer will be sent to `…/sign-in/answer`.
    #[serde(default)]
    elsewhere: bool,
}

/// A sign-in that a person has to approve.
#[derive(Serialize, ToSchema)]
pub struct SignInBegun {
    /// Where a person opens the provider's page. Good once, for the sign-in just begun.
    authorize_url: String,
    /// Will the answer have to be sent to `…/sign-in/answer`?
    pasting: bool,
    /// A port of Purser's machine that another program holds, which is why.
    port_taken: Option<u16>,
    /// When the waiting ends.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Begin a sign-in
///
/// Nothing is connected until a person has approved at the provider. Needs the scope `connect`.
#[utoipa::path(
    post,
    path = "/api/v1/providers/{id}/sign-in",
    operation_id = "begin_sign_in",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `codex`.")),
    request_body = BeginBody,
    responses(
        (status = 201, description = "Begun: open `authorize_url`.", body = SignInBegun),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 422, description = "The provider has no such sign-in, or it is switched off.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn begin(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(BeginBody { elsewhere }): Body<BeginBody>,
) -> Result<(StatusCode, Json<SignInBegun>), Problem> {
    let place = if elsewhere { BrowserPlace::Elsewhere } else { BrowserPlace::Unknown };
    let begun = begin::start(&state, &caller, &id, place).await?;
    let onward = state.services.sign_in.authorize_url(&caller, &id).await?.ok_or(ServiceError::NotFound("sign-in"))?;
    let answer = SignInBegun {
        authorize_url: onward.url.into(),
        pasting: begun.flow.pasting,
        port_taken: begun.port_taken,
        expires_at: moment(begun.flow.expires_at).iso,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}
