//! Looking at builds.

use super::Builds;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::Artefacts;
use bytes::Bytes;
use domain::build::{Build, Wait, wait_of};
use domain::people::Caller;
use futures::stream::BoxStream;
use time::Duration;
use vocab::{BuildId, BuildPhase, Permission};

/// Pieces of a log that are read at once.
const PIECES: u32 = 200;
/// Builds that are looked at to say what one of them waits for: all that may wait, and those that ran meanwhile.
const LOOKED_AT: u32 = 250;

/// A build with what its page shows beside it.
#[derive(Debug, Clone)]
pub struct BuildDetail {
    /// The row.
    pub build: Build,
    /// The provider's name.
    pub provider: String,
    /// How long its program ran so far.
    pub duration: Option<Duration>,
    /// What is in its own folder, on this machine.
    pub artefacts: Option<Artefacts>,
}

/// Part of a log.
#[derive(Debug, Clone)]
pub struct LogPart {
    /// Cleaned text, with colours.
    pub text: String,
    /// Ask for what comes after this next time.
    pub next: u64,
    /// Is there more already?
    pub more: bool,
}

impl Builds {
    /// Newest first, older than `before`.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub async fn list(&self, caller: &Caller, before: Option<BuildId>, limit: u32) -> ServiceResult<Vec<BuildDetail>> {
        caller.require(Permission::ManageBuilds)?;
        let builds = self.repo().builds(before, limit).await?;
        Ok(builds.into_iter().map(|build| self.detail(build, None)).collect())
    }

    /// One of them.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn get(&self, caller: &Caller, id: BuildId) -> ServiceResult<BuildDetail> {
        caller.require(Permission::ManageBuilds)?;
        let build = self.repo().build(id).await?.ok_or(ServiceError::NotFound("build"))?;
        let own = build.workspace.is_own() && !build.phase().is_open();
        let artefacts = if own { self.0.ports.builds.workspaces.artefacts(id).await } else { None };
        Ok(self.detail(build, artefacts))
    }

    /// What it printed, after a place.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn log(&self, caller: &Caller, id: BuildId, after: u64) -> ServiceResult<LogPart> {
        caller.require(Permission::ManageBuilds)?;
        self.repo().build(id).await?.ok_or(ServiceError::NotFound("build"))?;
        let pieces = self.repo().build_log(id, after, PIECES).await?;
        let next = pieces.last().map_or(after, |piece| piece.seq);
        let more = pieces.len() >= usize::try_from(PIECES).unwrap_or(usize::MAX);
        Ok(LogPart { text: pieces.into_iter().map(|piece| piece.text).collect(), next, more })
    }

    /// All that it printed.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn whole_log(&self, caller: &Caller, id: BuildId) -> ServiceResult<LogPart> {
        let mut whole = self.log(caller, id, 0).await?;
        while whole.more {
            let part = self.log(caller, id, whole.next).await?;
            whole.text.push_str(&part.text);
            (whole.next, whole.more) = (part.next, part.more);
        }
        Ok(whole)
    }

    /// What it waits for in the queue, in words; `None` when it does not wait.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub async fn wait_of(&self, caller: &Caller, build: &Build) -> ServiceResult<Option<String>> {
        caller.require(Permission::ManageBuilds)?;
        if build.phase() != BuildPhase::Queued {
            return Ok(None);
        }
        let newest = self.repo().builds(None, LOOKED_AT).await?;
        Ok(wait_of(build, &newest, self.0.ports.builds.at_once).map(Wait::words))
    }

    /// What it made, as a tar archive.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is still going on, worked in a folder that is not its own, or on another machine.
    pub async fn artefacts(&self, caller: &Caller, id: BuildId) -> ServiceResult<BoxStream<'static, std::io::Result<Bytes>>> {
        caller.require(Permission::ManageBuilds)?;
        let none = || ServiceError::NotFound("archive of this build");
        let build = self.repo().build(id).await?.ok_or(ServiceError::NotFound("build"))?;
        if build.phase().is_open() || !build.workspace.is_own() {
            return Err(none());
        }
        self.0.ports.builds.workspaces.pack(id).await.ok_or_else(none)
    }

    fn detail(&self, build: Build, artefacts: Option<Artefacts>) -> BuildDetail {
        let provider = self.0.catalogue.get(&build.provider_id).map_or_else(|| build.provider_id.to_string(), |found| found.name.clone());
        let duration = build.duration(self.0.environment.now());
        BuildDetail { build, provider, duration, artefacts }
    }
}
