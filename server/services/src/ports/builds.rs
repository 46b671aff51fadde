//! Builds, as use cases see them: the queue and the history, their folders, and the socket a run asks for tokens at.

use super::{LeaseOwner, StoreResult, Trail};
use async_trait::async_trait;
use bytes::Bytes;
use domain::build::archive::ArchiveError;
use domain::build::{Build, BuildState};
use domain::cli::broker::{BrokerAnswer, BrokerRequest};
use futures::stream::BoxStream;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use vocab::BuildId;

/// A piece of a build's log: whole lines, cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPiece {
    /// Its place, from 1.
    pub seq: u64,
    /// Text with colours (SGR) and nothing else a terminal would obey.
    pub text: String,
}

/// What a process hears when it renews its hold on a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildHold {
    /// Go on.
    Ours,
    /// Somebody wants it cancelled.
    CancelAsked,
    /// It is somebody else's, or over: stop.
    Gone,
}

/// Builds and their logs.
#[async_trait]
pub trait BuildRepo: Send + Sync {
    /// Stores a queued one.
    async fn add_build(&self, build: &Build, trail: Trail) -> StoreResult<()>;
    /// By id.
    async fn build(&self, id: BuildId) -> StoreResult<Option<Build>>;
    /// Newest first, older than `before`.
    async fn builds(&self, before: Option<BuildId>, limit: u32) -> StoreResult<Vec<Build>>;
    /// How many wait.
    async fn builds_waiting(&self) -> StoreResult<u64>;
    /// Takes the oldest whose turn it is, for `ttl` on the database's clock: fewer than `at_once` are under way, and no other one
    /// has the same provider's sign-in handed over to it. Its state is then `Preparing`.
    async fn claim_build(&self, owner: &LeaseOwner, ttl: Duration, at_once: u32) -> StoreResult<Option<Build>>;
    /// Renews the hold.
    async fn hold_build(&self, id: BuildId, owner: &LeaseOwner, ttl: Duration) -> StoreResult<BuildHold>;
    /// Writes the next state of a build held by `owner`; `false` when it is not any more.
    async fn step_build(&self, id: BuildId, owner: &LeaseOwner, state: &BuildState, trail: Trail) -> StoreResult<bool>;
    /// Ends a queued one as cancelled, or asks the process that runs it to; `false` when it was over.
    async fn cancel_build(&self, id: BuildId, trail: Trail) -> StoreResult<bool>;
    /// Appends to the log.
    async fn log_build(&self, id: BuildId, text: &str, trail: Trail) -> StoreResult<()>;
    /// The log after a place, at most `limit` pieces.
    async fn build_log(&self, id: BuildId, after: u64, limit: u32) -> StoreResult<Vec<LogPiece>>;
    /// Ends those whose process is gone as lost, with a live event each; returns them.
    async fn lose_builds(&self) -> StoreResult<Vec<BuildId>>;
}

/// Why there is no workspace.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The archive is not taken.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// No folder of that name may be used; in words.
    #[error("{0}")]
    Folder(String),
    /// The disk's words.
    #[error("the build's folder cannot be used")]
    Io(#[from] std::io::Error),
}

/// What is in a build's folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Artefacts {
    /// Ordinary files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// How long somebody waits for a folder to be looked through. It can end before its time.
#[derive(Debug, Clone)]
pub struct Patience(Arc<Mutex<Instant>>);

impl Patience {
    /// From now on.
    pub fn new(lasts: Duration) -> Self {
        Self(Arc::new(Mutex::new(Instant::now() + lasts)))
    }

    /// Ends it.
    pub fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Has it ended?
    pub fn is_over(&self) -> bool {
        Instant::now() >= *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a folder that was looked through for secrets holds of them. Names are fit for a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// Files with one in them.
    pub held: Names,
    /// Folders in which a name, or where a link leads, has one in it.
    pub named: Names,
    /// What was not looked at: there was too much of it, or it does not open.
    pub unseen: Names,
}

/// Names, of which only the first are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The first of them.
    pub first: Vec<String>,
    /// How many more there are.
    pub more: u64,
}

impl Names {
    const TOLD: usize = 20;

    /// One more.
    pub fn add(&mut self, name: String) {
        if self.first.len() < Self::TOLD {
            self.first.push(name);
        } else {
            self.more += 1;
        }
    }
}

/// The folders that builds work in.
#[async_trait]
pub trait Workspaces: Send + Sync {
    /// Makes a new, empty folder for a build, or finds the one there.
    async fn make(&self, id: BuildId) -> Result<PathBuf, WorkspaceError>;
    /// Unpacks an archive into a build's folder; nothing is left of one that is refused.
    async fn unpack(&self, id: BuildId, archive: Bytes) -> Result<PathBuf, WorkspaceError>;
    /// A folder of this machine below one of the configured ones, as it really lies, and apart from all that is Purser's.
    fn folder(&self, named: &str) -> Result<PathBuf, WorkspaceError>;
    /// The configured ones.
    fn roots(&self) -> Vec<String>;
    /// Removes everything in a build's folder that holds one of these secrets, and what could not be looked at in time.
    async fn scrub(&self, id: BuildId, secrets: Vec<SecretString>, patience: Patience) -> Result<Looked, WorkspaceError>;
    /// Looks for the same in a folder of this machine, at what was changed since then, and changes nothing.
    async fn look(
        &self,
        folder: &Path,
        since: OffsetDateTime,
        secrets: Vec<SecretString>,
        patience: Patience,
    ) -> Result<Looked, WorkspaceError>;
    /// Removes a build's folder; `false` when there is none here.
    async fn remove(&self, id: BuildId) -> Result<bool, WorkspaceError>;
    /// What is in a build's folder; `None` when this machine has none.
    async fn artefacts(&self, id: BuildId) -> Option<Artefacts>;
    /// The folder as a tar archive; `None` when this machine has none.
    async fn pack(&self, id: BuildId) -> Option<BoxStream<'static, std::io::Result<Bytes>>>;
}

/// Answers a run's questions.
#[async_trait]
pub trait TokenDesk: Send + Sync {
    /// A token, or why not.
    async fn answer(&self, request: BrokerRequest) -> BrokerAnswer;
}

/// A socket that is served until it is dropped.
pub trait OpenSocket: Send + Sync {
    /// Where it is on this machine.
    fn path(&self) -> PathBuf;
}

/// Opens sockets for runs.
#[async_trait]
pub trait TokenSockets: Send + Sync {
    /// Opens one of its own, answered by the desk.
    ///
    /// # Errors
    /// The system's words.
    async fn open(&self, desk: Arc<dyn TokenDesk>) -> std::io::Result<Box<dyn OpenSocket>>;
    /// The program that a run calls to ask there, and its arguments; shown read-only in the sandbox.
    fn helper(&self) -> Option<(PathBuf, Vec<String>)>;
}
