//! Builds: runs of providers' own programs.

mod change;
mod read;
mod watch;

use crate::http::limits;
use crate::state::AppState;
use app::convert::moment;
use axum::extract::DefaultBodyLimit;
use domain::build::{BuildState, Workspace};
use serde::Serialize;
use services::builds::BuildDetail;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{BuildId, ProviderId};

/// Operations on builds. An archive travels in the body.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(read::list, change::start))
        .routes(routes!(read::programs))
        .routes(routes!(read::get))
        .routes(routes!(read::log))
        .routes(routes!(watch::events))
        .routes(routes!(read::artefacts))
        .routes(routes!(change::cancel))
        .routes(routes!(change::retry))
        .layer(DefaultBodyLimit::max(limits::BODY))
}

/// A build.
#[derive(Serialize, ToSchema)]
pub struct BuildView {
    #[schema(value_type = String, format = "uuid")]
    id: BuildId,
    #[schema(value_type = String)]
    provider_id: ProviderId,
    prompt: String,
    /// `empty`, `archive` or `folder`.
    workspace: &'static str,
    /// The folder, where it works in one of Purser's machine.
    folder: Option<String>,
    /// How it borrows the credential: `lend`, `broker` or `hand_over`.
    lending: &'static str,
    /// `queued`, `preparing`, `running`, `succeeded`, `failed`, `cancelled` or `lost`.
    phase: &'static str,
    /// How it ended, in words.
    message: Option<String>,
    /// Exit code of the program, where there is one.
    exit_code: Option<i32>,
    /// How long the program ran so far, in milliseconds.
    duration_ms: Option<i64>,
    started_by: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// The build that this one repeats.
    #[schema(value_type = Option<String>, format = "uuid")]
    retry_of: Option<BuildId>,
    /// Files in its own folder, once it is over and where this machine ran it.
    artefact_files: Option<u64>,
    /// Their bytes.
    artefact_bytes: Option<u64>,
}

impl From<BuildDetail> for BuildView {
    fn from(detail: BuildDetail) -> Self {
        let BuildDetail { build, duration, artefacts, .. } = detail;
        let (message, exit_code, ended_at) = match &build.state {
            BuildState::Ended { at, end, .. } => (Some(end.words()), end.code(), Some(moment(*at).iso)),
            _ => (None, None, None),
        };
        Self {
            id: build.id,
            workspace: build.workspace.kind().as_str(),
            lending: build.lending.as_str(),
            phase: build.phase().as_str(),
            folder: if let Workspace::Folder(folder) = &build.workspace { Some(folder.clone()) } else { None },
            provider_id: build.provider_id,
            prompt: build.prompt,
            message,
            exit_code,
            duration_ms: duration.map(|duration| i64::try_from(duration.whole_milliseconds()).unwrap_or(i64::MAX)),
            started_by: build.started_by,
            created_at: moment(build.created_at).iso,
            ended_at,
            retry_of: build.retry_of,
            artefact_files: artefacts.map(|found| found.files),
            artefact_bytes: artefacts.map(|found| found.bytes),
        }
    }
}
