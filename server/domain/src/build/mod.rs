//! Builds: a provider's program runs on a prompt, in a workspace, with a borrowed credential.

pub mod archive;
mod limits;
mod log;
mod queue;
mod script;
mod state;

#[cfg(test)]
mod tests;

pub use limits::{LONGEST_PROMPT, MOST_QUEUED};
pub use log::{LogCleaner, Span, SpanStyle, spans, spans_after};
pub use queue::{Wait, wait_of};
pub use script::{HOME_CAPABILITY, HOME_PROMPT, Lane, run_script};
pub use state::{BuildEnd, BuildState, WrongState};

use time::{Duration, OffsetDateTime};
use vocab::{BuildId, BuildPhase, Lending, ProviderId, UserId, WorkspaceKind};

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// Which one.
    pub id: BuildId,
    /// Whose program.
    pub provider_id: ProviderId,
    /// What it is told to do.
    pub prompt: String,
    /// What it works on.
    pub workspace: Workspace,
    /// How it borrows the credential.
    pub lending: Lending,
    /// Who started it: the person, or the token's name.
    pub started_by: String,
    /// The person behind it, if any.
    pub user_id: Option<UserId>,
    /// The build this one repeats.
    pub retry_of: Option<BuildId>,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// Where it stands.
    pub state: BuildState,
}

/// What a build works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Workspace {
    /// A new, empty folder.
    Empty,
    /// A new folder with what an uploaded archive holds.
    Archive,
    /// A folder of this machine, as its operator wrote it.
    Folder(String),
}

impl Workspace {
    /// Which kind it is.
    pub const fn kind(&self) -> WorkspaceKind {
        match self {
            Self::Empty => WorkspaceKind::Empty,
            Self::Archive => WorkspaceKind::Archive,
            Self::Folder(_) => WorkspaceKind::Folder,
        }
    }

    /// Is it a folder of the build's own, whose contents are its artefacts?
    pub const fn is_own(&self) -> bool {
        !matches!(self, Self::Folder(_))
    }
}

impl Build {
    /// Where it stands.
    pub const fn phase(&self) -> BuildPhase {
        self.state.phase()
    }

    /// How long its program ran, or has been running at `now`.
    pub fn duration(&self, now: OffsetDateTime) -> Option<Duration> {
        let (from, to) = match &self.state {
            BuildState::Running { since } => (*since, now),
            BuildState::Ended { ran_since: Some(since), at, .. } => (*since, *at),
            _ => return None,
        };
        Some((to - from).max(Duration::ZERO))
    }
}
