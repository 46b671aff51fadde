//! Builds.

use crate::convert::{Row, micros, text};
use domain::build::{Build, BuildEnd, BuildState, Workspace};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use vocab::{BuildId, BuildPhase, UserId, WorkspaceKind};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "build")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub prompt: String,
    pub workspace: String,
    pub folder: Option<String>,
    pub lending: String,
    pub started_by: String,
    pub user_id: Option<Uuid>,
    pub retry_of: Option<Uuid>,
    pub created_at: i64,
    pub state: String,
    pub state_at: Option<i64>,
    pub ran_since: Option<i64>,
    pub failure: Option<String>,
    pub exit_code: Option<i32>,
    pub message: String,
    pub cancel_asked: bool,
    pub owner: Option<String>,
    pub lease_until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Build {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("build", &model.id);
        let workspace = match (row.word("workspace", &model.workspace)?, &model.folder) {
            (WorkspaceKind::Empty, _) => Workspace::Empty,
            (WorkspaceKind::Archive, _) => Workspace::Archive,
            (WorkspaceKind::Folder, Some(folder)) => Workspace::Folder(folder.clone()),
            (WorkspaceKind::Folder, None) => return Err(row.bad("folder")),
        };
        Ok(Self {
            id: BuildId::new(model.id),
            provider_id: row.word("provider_id", &model.provider_id)?,
            workspace,
            lending: row.word("lending", &model.lending)?,
            user_id: model.user_id.map(UserId::new),
            retry_of: model.retry_of.map(BuildId::new),
            created_at: row.at("created_at", model.created_at)?,
            state: state(row, &model)?,
            prompt: model.prompt,
            started_by: model.started_by,
        })
    }
}

fn state(row: Row<'_>, model: &Model) -> StoreResult<BuildState> {
    let at = || row.at_some("state_at", model.state_at)?.ok_or_else(|| row.bad("state_at"));
    let end = match row.word("state", &model.state)? {
        BuildPhase::Queued => return Ok(BuildState::Queued),
        BuildPhase::Preparing => return Ok(BuildState::Preparing { since: at()? }),
        BuildPhase::Running => return Ok(BuildState::Running { since: at()? }),
        BuildPhase::Succeeded => BuildEnd::Succeeded,
        BuildPhase::Cancelled => BuildEnd::Cancelled,
        BuildPhase::Lost => BuildEnd::Lost,
        BuildPhase::Failed => BuildEnd::Failed {
            failure: row.word("failure", model.failure.as_deref().unwrap_or_default())?,
            code: model.exit_code,
            message: model.message.clone(),
        },
    };
    Ok(BuildState::Ended { ran_since: row.at_some("ran_since", model.ran_since)?, at: at()?, end })
}

/// The columns of a state.
pub(crate) fn columns(state: &BuildState) -> ActiveModel {
    let (at, ran_since, end) = match state {
        BuildState::Queued => (None, None, None),
        BuildState::Preparing { since } | BuildState::Running { since } => (Some(since), None, None),
        BuildState::Ended { ran_since, at, end } => (Some(at), ran_since.as_ref(), Some(end)),
    };
    let (failure, message) = match end {
        Some(BuildEnd::Failed { failure, message, .. }) => (Some(failure.to_string()), text(message)),
        _ => (None, String::new()),
    };
    ActiveModel {
        state: Set(state.phase().to_string()),
        state_at: Set(at.map(|at| micros(*at))),
        ran_since: Set(ran_since.map(|at| micros(*at))),
        failure: Set(failure),
        exit_code: Set(end.and_then(BuildEnd::code)),
        message: Set(message),
        ..Default::default()
    }
}

impl From<&Build> for ActiveModel {
    fn from(build: &Build) -> Self {
        let folder = match &build.workspace {
            Workspace::Folder(folder) => Some(text(folder)),
            Workspace::Empty | Workspace::Archive => None,
        };
        Self {
            id: Set(build.id.uuid()),
            provider_id: Set(build.provider_id.to_string()),
            prompt: Set(text(&build.prompt)),
            workspace: Set(build.workspace.kind().to_string()),
            folder: Set(folder),
            lending: Set(build.lending.to_string()),
            started_by: Set(text(&build.started_by)),
            user_id: Set(build.user_id.map(UserId::uuid)),
            retry_of: Set(build.retry_of.map(BuildId::uuid)),
            created_at: Set(micros(build.created_at)),
            cancel_asked: Set(false),
            owner: Set(None),
            lease_until: Set(None),
            ..columns(&build.state)
        }
    }
}
