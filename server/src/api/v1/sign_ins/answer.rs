//! `POST /api/v1/providers/{id}/sign-in/answer`

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
use vocab::ProviderId;

/// What the browser ended on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// The whole address, its query, `code#state`, or the bare code.
    #[serde(deserialize_with = "secret::read")]
    #[schema(value_type = String, format = Password, write_only)]
    answer: SecretString,
}

/// Finish a sign-in by its answer
///
/// For browsers that cannot come back to Purser. The answer must belong to a sign-in that the caller began; it is used once.
#[utoipa::path(
    post,
    path = "/api/v1/providers/{id}/sign-in/answer",
    operation_id = "answer_sign_in",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id, for example `codex`.")),
    request_body = AnswerBody,
    responses(
        (status = 204, description = "Connected."),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 422, description = "Not an answer, or the provider refused it.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn answer(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(AnswerBody { answer }): Body<AnswerBody>,
) -> Result<StatusCode, Problem> {
    state.services.sign_in.paste(&caller, &id, &answer).await?;
    Ok(StatusCode::NO_CONTENT)
}
