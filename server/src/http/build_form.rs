//! The form that starts a build, the one form that may carry a file (`multipart/form-data`). Our program in the browser is answered
//! as by a server function; a browser without it is led to the build, or gets the page with what was wrong and all that was
//! entered, except the file: no page can put that back.

use super::door::Door;
use super::{forms, limits, problem, refusal};
use crate::router::pages;
use crate::state::AppState;
use app::components::FormFn;
use app::server_fns::builds::StartBuild;
use app::wire::BuildDraft;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, Extension, FromRequest, Multipart, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use axum::{Json, body::Body};
use bytes::Bytes;
use domain::build::archive::MOST_UPLOADED;
use domain::people::Caller;
use services::builds::{StartForm, WorkspaceForm};
use services::{ServiceError, ServiceResult};
use vocab::{BuildId, Permission, WorkspaceKind};

/// Where the form goes: the address of the page it stands on.
pub const PATH: &str = StartBuild::PATH;

/// The route, with the methods it answers beside the page's own.
pub fn route() -> (&'static [Method], &'static str, MethodRouter<AppState>) {
    (&[Method::POST], PATH, post(start).layer(DefaultBodyLimit::max(limits::UPLOAD_BODY)))
}

/// Puts a build into the queue.
async fn start(State(state): State<AppState>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let door = Door::of_request(&request);
    if let Err(error) = caller.require(Permission::ManageBuilds) {
        return refusal::refuse(door, error.into());
    }
    let (parts, body) = request.into_parts();
    let mut draft = BuildDraft::default();
    let asked = read(Request::from_parts(parts.clone(), body), &mut draft).await;
    let started = match asked {
        Ok(form) => state.services.builds.start(&caller, form).await,
        Err(error) => Err(error),
    };
    match started {
        Ok(build) => onward(door, build.id),
        Err(error) if door == Door::Page => {
            let error = problem::app_error(error);
            let status = problem::status(&error);
            draft.error = Some(error);
            pages::again(&state, Request::from_parts(parts, Body::empty()), draft, status).await
        }
        Err(error) => refusal::refuse(door, error),
    }
}

/// To the build's page.
fn onward(door: Door, id: BuildId) -> Response {
    let place = HeaderValue::from_str(&app::routes::build(id)).unwrap_or(HeaderValue::from_static(PATH));
    if door == Door::Page {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response();
    }
    ([(header::LOCATION, place), (forms::BY_ITSELF, HeaderValue::from_static("1"))], Json(())).into_response()
}

/// Reads the form; `draft` has what was entered also when something is wrong.
async fn read(request: Request, draft: &mut BuildDraft) -> ServiceResult<StartForm> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let mut archive = Taken::default();
    while let Some(mut field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "archive" {
            archive = take(&mut field, MOST_UPLOADED).await?;
            continue;
        }
        let text = String::from_utf8_lossy(&take(&mut field, limits::BODY).await?.bytes).into_owned();
        match name.as_str() {
            "provider_id" => draft.provider_id = text,
            // As forms write line breaks (HTML, "constructing the entry list").
            "prompt" => draft.prompt = text.replace("\r\n", "\n"),
            "lending" => draft.lending = text,
            "workspace" => draft.workspace = text,
            "folder" => draft.folder = text,
            _ => {}
        }
    }
    Ok(StartForm {
        provider_id: draft.provider_id.parse().map_err(|_| ServiceError::field("provider_id", "choose a program"))?,
        prompt: draft.prompt.clone(),
        workspace: workspace(draft, archive)?,
        lending: match draft.lending.as_str() {
            "" => None,
            word => Some(word.parse().map_err(|_| ServiceError::field("lending", "choose how it borrows"))?),
        },
    })
}

fn workspace(draft: &BuildDraft, archive: Taken) -> ServiceResult<WorkspaceForm> {
    match draft.workspace.parse().unwrap_or(WorkspaceKind::Empty) {
        WorkspaceKind::Empty => Ok(WorkspaceForm::Empty),
        WorkspaceKind::Folder if draft.folder.trim().is_empty() => Err(ServiceError::field("folder", "enter a folder")),
        WorkspaceKind::Folder => Ok(WorkspaceForm::Folder(draft.folder.trim().to_owned())),
        WorkspaceKind::Archive if archive.more => {
            Err(ServiceError::field("archive", format!("the archive is larger than {} MiB", MOST_UPLOADED >> 20)))
        }
        WorkspaceKind::Archive if archive.bytes.is_empty() => Err(ServiceError::field("archive", "choose a .tar or .tar.gz file")),
        WorkspaceKind::Archive => Ok(WorkspaceForm::Archive(Bytes::from(archive.bytes))),
    }
}

/// A field's contents.
#[derive(Default)]
struct Taken {
    bytes: Vec<u8>,
    /// Was there more than was kept?
    more: bool,
}

/// Reads a field to its end, and keeps the first bytes of it.
async fn take(field: &mut Field<'_>, most: usize) -> ServiceResult<Taken> {
    let mut taken = Taken::default();
    while let Some(piece) = field.chunk().await.map_err(|_| broken())? {
        let room = most - taken.bytes.len();
        taken.more |= piece.len() > room;
        taken.bytes.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
    }
    Ok(taken)
}

fn broken() -> ServiceError {
    ServiceError::field("archive", "the form did not arrive whole; send it again")
}
