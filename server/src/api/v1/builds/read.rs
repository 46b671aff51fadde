//! `GET /api/v1/builds…`

use super::BuildView;
use crate::api::extract::{Asking, Id, Params};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::build::spans;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vocab::{BuildId, ProviderId};

/// Builds on a page.
const PAGE: u32 = 50;

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Before {
    /// Only older ones than this.
    #[param(value_type = Option<String>, format = "uuid")]
    before: Option<BuildId>,
}

/// Builds.
#[derive(Serialize, ToSchema)]
pub struct BuildList {
    /// Newest first, at most 50.
    builds: Vec<BuildView>,
}

/// Every build, newest first
#[utoipa::path(
    get, path = "/api/v1/builds", operation_id = "list_builds", tag = "builds", params(Before),
    responses((status = 200, description = "Builds.", body = BuildList), Refusals)
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking, Params(page): Params<Before>) -> Result<Json<BuildList>, Problem> {
    let builds = state.services.builds.list(&caller, page.before, PAGE).await?;
    Ok(Json(BuildList { builds: builds.into_iter().map(BuildView::from).collect() }))
}

/// A program that builds can run.
#[derive(Serialize, ToSchema)]
pub struct ProgramView {
    #[schema(value_type = String)]
    provider_id: ProviderId,
    program: String,
    /// How a run may borrow the credential; the first one is the default.
    lendings: Vec<&'static str>,
    ready: bool,
    /// What is missing, in words.
    trouble: Option<String>,
}

/// Programs that builds can run, and what is missing
#[utoipa::path(
    get, path = "/api/v1/build-programs", operation_id = "list_build_programs", tag = "builds",
    responses((status = 200, description = "Programs.", body = Vec<ProgramView>), Refusals)
)]
pub async fn programs(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<Vec<ProgramView>>, Problem> {
    let programs = state.services.builds.programs(&caller).await?;
    let view = |found: services::builds::ReadyProgram| ProgramView {
        provider_id: found.provider_id,
        program: found.program,
        lendings: found.lendings.into_iter().map(vocab::Lending::as_str).collect(),
        ready: found.trouble.is_none(),
        trouble: found.trouble,
    };
    Ok(Json(programs.into_iter().map(view).collect()))
}

/// One build
#[utoipa::path(
    get, path = "/api/v1/builds/{id}", operation_id = "get_build", tag = "builds",
    params(("id" = String, Path, description = "The build's id.")),
    responses((status = 200, description = "The build.", body = BuildView), (status = 404, description = "No such build.", body = ErrorBody), Refusals)
)]
pub async fn get(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<BuildId>) -> Result<Json<BuildView>, Problem> {
    Ok(Json(state.services.builds.get(&caller, id).await?.into()))
}

/// Where to go on in a log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// `next` of the answer before; 0 is the beginning.
    #[serde(default)]
    pub after: u64,
}

/// Part of a log.
#[derive(Serialize, ToSchema)]
pub struct LogView {
    /// What the program printed, as plain text; secrets it was lent are taken out.
    text: String,
    /// Ask with this next time.
    next: u64,
    /// Is there more already?
    more: bool,
}

/// What a build printed
///
/// Ask again with `after` for what has come since; a build that is over says nothing more once `more` is false.
#[utoipa::path(
    get, path = "/api/v1/builds/{id}/log", operation_id = "get_build_log", tag = "builds",
    params(("id" = String, Path, description = "The build's id."), After),
    responses((status = 200, description = "Part of the log.", body = LogView), (status = 404, description = "No such build.", body = ErrorBody), Refusals)
)]
pub async fn log(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BuildId>,
    Params(After { after }): Params<After>,
) -> Result<Json<LogView>, Problem> {
    let part = state.services.builds.log(&caller, id, after).await?;
    let text = spans(&part.text).into_iter().map(|span| span.text).collect();
    Ok(Json(LogView { text, next: part.next, more: part.more }))
}

/// What a build made, as a tar archive
#[utoipa::path(
    get, path = "/api/v1/builds/{id}/artefacts", operation_id = "get_build_artefacts", tag = "builds",
    params(("id" = String, Path, description = "The build's id.")),
    responses(
        (status = 200, description = "The build's folder.", body = Vec<u8>, content_type = "application/x-tar"),
        (status = 404, description = "No such build, it is still going on, or its folder is not here.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn artefacts(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<BuildId>) -> Result<Response, Problem> {
    let pieces = state.services.builds.artefacts(&caller, id).await?;
    let name = format!("attachment; filename=\"build-{id}.tar\"");
    let headers = [(header::CONTENT_TYPE, "application/x-tar".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
