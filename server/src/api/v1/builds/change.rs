//! `POST /api/v1/builds…`

use super::BuildView;
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use services::ServiceError;
use services::builds::{StartForm, WorkspaceForm};
use utoipa::ToSchema;
use vocab::{BuildId, Lending, ProviderId};

/// A build to be started.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBody {
    /// Whose program, for example `xai`.
    #[schema(value_type = String)]
    provider_id: ProviderId,
    /// What it is to do; at most 48 kB.
    prompt: String,
    /// How it borrows the credential; without it, as the provider's entry says.
    #[schema(value_type = Option<String>, example = "lend")]
    lending: Option<Lending>,
    /// Base64 of a tar or tar.gz that becomes its folder. The whole request may have one MiB.
    archive: Option<String>,
    /// A folder of Purser's machine, below one of `PURSER_BUILD_ROOTS`, instead of one of its own.
    folder: Option<String>,
}

/// Start a build
#[utoipa::path(
    post, path = "/api/v1/builds", operation_id = "start_build", tag = "builds", request_body = StartBody,
    responses(
        (status = 201, description = "It is in the queue.", body = BuildView),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 422, description = "Fields are wrong, or the program is not ready.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn start(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Body(body): Body<StartBody>,
) -> Result<(StatusCode, Json<BuildView>), Problem> {
    let StartBody { provider_id, prompt, lending, archive, folder } = body;
    let workspace = match (archive, folder) {
        (None, None) => WorkspaceForm::Empty,
        (Some(text), None) => WorkspaceForm::Archive(decoded(&text)?),
        (None, Some(folder)) => WorkspaceForm::Folder(folder),
        (Some(_), Some(_)) => return Err(Problem(ServiceError::field("folder", "give an archive or a folder, not both"))),
    };
    let build = state.services.builds.start(&caller, StartForm { provider_id, prompt, workspace, lending }).await?;
    shown(&state, &caller, build.id).await
}

/// Start a build again
///
/// With the same prompt, program and mode, in a new folder.
#[utoipa::path(
    post, path = "/api/v1/builds/{id}/retry", operation_id = "retry_build", tag = "builds",
    params(("id" = String, Path, description = "The build's id.")),
    responses(
        (status = 201, description = "The new one is in the queue.", body = BuildView),
        (status = 404, description = "No such build.", body = ErrorBody),
        (status = 422, description = "It is still going on, or cannot be repeated.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn retry(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BuildId>,
) -> Result<(StatusCode, Json<BuildView>), Problem> {
    let build = state.services.builds.retry(&caller, id).await?;
    shown(&state, &caller, build.id).await
}

/// Cancel a build
///
/// One that waits ends at once, a running one with all its processes; one that is over stays as it is.
#[utoipa::path(
    post, path = "/api/v1/builds/{id}/cancel", operation_id = "cancel_build", tag = "builds",
    params(("id" = String, Path, description = "The build's id.")),
    responses((status = 204, description = "It ends."), (status = 404, description = "No such build.", body = ErrorBody), Refusals)
)]
pub async fn cancel(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<BuildId>) -> Result<StatusCode, Problem> {
    state.services.builds.cancel(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn shown(state: &AppState, caller: &domain::people::Caller, id: BuildId) -> Result<(StatusCode, Json<BuildView>), Problem> {
    Ok((StatusCode::CREATED, Json(state.services.builds.get(caller, id).await?.into())))
}

fn decoded(text: &str) -> Result<bytes::Bytes, Problem> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim());
    bytes.map(Into::into).map_err(|_| Problem(ServiceError::field("archive", "that is not base64")))
}
