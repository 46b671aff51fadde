//! One run, from the queue to its end.

use super::Builds;
use super::borrow::{Borrowed, Case, credential_file};
use super::follow::Follower;
use super::leavings::Leavings;
use super::start::runs;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{BuildHold, ReadRule, SandboxControl, SandboxEnd, SandboxLimits, SandboxRun};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::build::{Build, BuildEnd, Workspace};
use domain::cli::CliCredential;
use domain::events::Event;
use domain::people::Caller;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use secrecy::ExposeSecret;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::Notify;
use vocab::{BuildFailure, BuildId};

/// A hold that nobody renews ends after this long: its process is gone.
pub(super) const LEASE: Duration = Duration::from_secs(20);
/// How often a run is looked after: hold renewed, log stored, a handed-over file read back.
pub(super) const LOOK_AFTER: Duration = Duration::from_secs(1);

/// Why a run is ended from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Cancelled,
    /// The server stops, or the build is not ours any more.
    Lost,
}

impl Builds {
    /// Runs it, whatever happens, and takes the next one.
    pub(super) fn run(self, build: Build, poke: Arc<Notify>) -> BoxFuture<'static, ()> {
        async move { self.run_to_its_end(build, poke).await }.boxed()
    }

    async fn run_to_its_end(self, mut build: Build, poke: Arc<Notify>) {
        let id = build.id;
        let end = match self.prepared(&mut build, &poke).await {
            Ok(end) => end,
            Err(error) => {
                let failure = match &error {
                    ServiceError::TokenExpired { .. } | ServiceError::Provider { .. } | ServiceError::CannotDecrypt { .. } => {
                        BuildFailure::NoCredential
                    }
                    _ => BuildFailure::NotStarted,
                };
                if error.is_ours() {
                    tracing::warn!(build = %id, ?error, "a build could not be run by a fault of ours");
                }
                BuildEnd::failed(failure, words(&error))
            }
        };
        self.finish(build, end).await;
        self.here().remove(&id);
        if let Err(error) = self.take_turns().await {
            tracing::debug!(%error, "the next build is taken by the job");
        }
    }

    async fn finish(&self, build: Build, end: BuildEnd) {
        let (id, word) = (build.id, end.phase());
        let succeeded = end == BuildEnd::Succeeded;
        let detail = format!("{}: {word}", build.provider_id);
        let Ok(state) = build.state.ended(end, self.0.environment.now()) else { return };
        for attempt in 1..=5_u32 {
            let caller = Caller::system();
            let trail = TrailBuilder::new(&self.0.environment, &caller);
            let object = Object::Build(id);
            let trail = if succeeded {
                trail.done(Action::BUILD_END, object, detail.clone())
            } else {
                trail.failed(Action::BUILD_END, object, detail.clone())
            };
            let trail = trail.event(Event::BuildChanged { build_id: id }).build();
            match self.repo().step_build(id, &self.0.owner, &state, trail).await {
                Ok(_) => return,
                Err(error) => tracing::warn!(build = %id, %error, attempt, "the end of a build could not be stored"),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// From the claimed row to the end of the program.
    async fn prepared(&self, build: &mut Build, poke: &Notify) -> ServiceResult<BuildEnd> {
        let case_build = build.clone();
        let case = self.case(&case_build).await?;
        let mut borrowed = loop {
            match self.borrow(&case).await? {
                Some(borrowed) => break borrowed,
                None => {
                    if let Some(stop) = self.look_after(build.id, poke).await {
                        return Ok(stop.end());
                    }
                }
            }
        };
        let end = self.launch(build, &case, &mut borrowed, poke).await;
        if let Some(desk) = &borrowed.desk {
            desk.over.store(true, Ordering::Release);
        }
        drop(borrowed.socket.take());
        if let Some(handed) = borrowed.handed.take() {
            self.0.grants.end_hand_over(handed).await;
        }
        end
    }

    async fn launch(&self, build: &mut Build, case: &Case<'_>, borrowed: &mut Borrowed, poke: &Notify) -> ServiceResult<BuildEnd> {
        // Cancelled while it was made ready?
        if let BuildHold::CancelAsked | BuildHold::Gone = self.repo().hold_build(build.id, &self.0.owner, LEASE).await? {
            return Ok(BuildEnd::Cancelled);
        }
        self.still(case)?;
        let spec = borrowed.spec(case, SandboxLimits::BUILD);
        let run = match self.0.ports.sandbox.start(spec).await {
            Ok(run) => run,
            Err(error) => return Ok(BuildEnd::failed(BuildFailure::NotStarted, error.to_string())),
        };
        if let Ok(state) = build.state.clone().begun(self.0.environment.now()) {
            build.state = state;
        }
        if let Err(error) = self.repo().step_build(build.id, &self.0.owner, &build.state, crate::ports::Trail::default()).await {
            // It runs, and what it leaves has to be looked through.
            tracing::warn!(build = %build.id, %error, "the beginning of a build could not be stored");
        }
        self.tell(build.id).await;
        Ok(self.follow(build, case, borrowed, run, poke).await)
    }

    /// Reads what it prints until all its processes have ended.
    async fn follow(&self, build: &Build, case: &Case<'_>, borrowed: &mut Borrowed, run: SandboxRun, poke: &Notify) -> BuildEnd {
        let SandboxRun { mut output, control } = run;
        let known = borrowed.known.clone();
        let mut log = Follower::new(self, build.id, &known);
        let mut stop = None;
        // Goes on through every piece of output: a program that never stops talking is looked after, too.
        let mut looking = std::pin::pin!(self.look_after(build.id, poke));
        loop {
            tokio::select! {
                piece = output.next() => match piece {
                    Some(piece) => if log.take(piece) {
                        // What it has made of the credential by now may be among it.
                        renewed(case, borrowed, &*control, self.0.environment.now()).await;
                        log.store().await;
                    },
                    None => break,
                },
                asked = &mut looking, if stop.is_none() => {
                    let held = self.read_back(case, borrowed, &*control).await;
                    log.store().await;
                    stop = asked.or_else(|| (!held).then_some(Stop::Lost));
                    if stop.is_some() {
                        control.kill().await;
                    } else {
                        looking.set(self.look_after(build.id, poke));
                    }
                }
            }
        }
        let end = control.wait().await;
        self.read_back(case, borrowed, &*control).await;
        drop(control);
        let left = Leavings { build, folder: &case.workspace, secrets: known.all() };
        self.look_through(left, &mut stop, poke, &mut log).await;
        log.end().await;
        stop.map_or_else(|| ended(end), Stop::end)
    }

    /// Waits a moment, or until it is poked; renews the hold. Tells when the run has to stop.
    pub(super) async fn look_after(&self, id: BuildId, poke: &Notify) -> Option<Stop> {
        let mut stopping = self.0.stopping.subscribe();
        tokio::select! {
            () = tokio::time::sleep(LOOK_AFTER) => {}
            () = poke.notified() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return Some(Stop::Lost),
        }
        match self.repo().hold_build(id, &self.0.owner, LEASE).await {
            Ok(BuildHold::Ours) => None,
            Ok(BuildHold::CancelAsked) => Some(Stop::Cancelled),
            Ok(BuildHold::Gone) => Some(Stop::Lost),
            // The hold lasts longer than a hiccup of the database.
            Err(error) => {
                tracing::warn!(build = %id, %error, "the hold on a build could not be renewed");
                None
            }
        }
    }

    /// Hand-over only: renews the hold on the sign-in, and stores what the program has made of it. `false` when somebody else
    /// has the sign-in by now: two that use one refresh token would end it.
    async fn read_back(&self, case: &Case<'_>, borrowed: &mut Borrowed, control: &dyn SandboxControl) -> bool {
        let Some(handed) = &mut borrowed.handed else { return true };
        let held = self.0.grants.keep_handed_over(handed).await.unwrap_or_else(|error| {
            tracing::warn!(build = %case.build.id, %error, "the hold on a handed-over sign-in could not be renewed");
            // It lasts longer than a hiccup of the database.
            true
        });
        let Some(now) = renewed(case, borrowed, control, self.0.environment.now()).await else { return held };
        let Some(handed) = &mut borrowed.handed else { return held };
        match self.0.grants.take_back(&case.provider, handed, now).await {
            Ok(true) => tracing::info!(build = %case.build.id, "a handed-over sign-in was renewed by its run, and stored"),
            Ok(false) => {}
            Err(error) => tracing::error!(build = %case.build.id, %error, "a handed-over sign-in could not be stored"),
        }
        held
    }

    async fn case<'a>(&self, build: &'a Build) -> ServiceResult<Case<'a>> {
        let provider = self.0.catalogue.get(&build.provider_id).ok_or(ServiceError::NotFound("provider"))?.clone();
        let cli = runs(&provider).ok_or(ServiceError::NotFound("program"))?.clone();
        let missing = || ServiceError::MethodUnavailable(format!("The program {} is not installed here.", cli.program));
        // The sandbox shows it where it really is.
        let mut program = self.0.ports.programs.find(&cli.program).ok_or_else(missing)?;
        program.file = program.file.canonicalize().map_err(|_| missing())?;
        program.folder = program.folder.and_then(|folder| folder.canonicalize().ok());
        let connection = self.0.ports.connections.of_provider(&provider.id).await?;
        let expired = || ServiceError::TokenExpired { provider: provider.name.clone() };
        let grant = connection.and_then(|connection| connection.grant_id).ok_or_else(expired)?;
        let workspace = self.folder(build).await?;
        Ok(Case { build, provider, cli, program, grant, workspace })
    }

    async fn folder(&self, build: &Build) -> ServiceResult<PathBuf> {
        let workspaces = &self.0.ports.builds.workspaces;
        let found = match &build.workspace {
            Workspace::Empty | Workspace::Archive => workspaces.make(build.id).await,
            Workspace::Folder(folder) => workspaces.folder(folder),
        };
        found.map_err(|error| ServiceError::MethodUnavailable(error.to_string()))
    }

    /// Right before the start: does a folder that somebody named still lead where it did? A build may have waited long.
    fn still(&self, case: &Case<'_>) -> ServiceResult<()> {
        let Workspace::Folder(named) = &case.build.workspace else { return Ok(()) };
        let now = self.0.ports.builds.workspaces.folder(named).map_err(|error| ServiceError::MethodUnavailable(error.to_string()))?;
        let elsewhere = || ServiceError::MethodUnavailable(format!("{named:?} leads somewhere else than when this build began."));
        if now == case.workspace { Ok(()) } else { Err(elsewhere()) }
    }
}

/// Hand-over only: what the program has made of the sign-in by now. From then on its log is freed of that, too.
async fn renewed(case: &Case<'_>, borrowed: &Borrowed, control: &dyn SandboxControl, now: OffsetDateTime) -> Option<CliCredential> {
    borrowed.handed.as_ref()?;
    let (path, format) = credential_file(&case.cli).ok()?;
    // Half-written, or removed by the program: the next look, or the last one, finds it whole or never.
    let bytes = control.read_file(&path, ReadRule::CREDENTIAL).await.ok()?;
    let found = CliCredential::read(format, bytes.expose_secret(), now).ok()?;
    borrowed.known.add(&found.access_token);
    found.refresh_token.iter().for_each(|token| borrowed.known.add(token));
    Some(found)
}

impl Stop {
    const fn end(self) -> BuildEnd {
        match self {
            Self::Cancelled => BuildEnd::Cancelled,
            Self::Lost => BuildEnd::Lost,
        }
    }
}

fn ended(end: SandboxEnd) -> BuildEnd {
    let failure = match end {
        SandboxEnd::Exited(0) => return BuildEnd::Succeeded,
        SandboxEnd::Exited(code) => {
            return BuildEnd::Failed { failure: BuildFailure::Exited, code: Some(code), message: String::new() };
        }
        SandboxEnd::Crashed | SandboxEnd::Killed => BuildFailure::Crashed,
        SandboxEnd::OutOfMemory => BuildFailure::OutOfMemory,
        SandboxEnd::TimedOut => BuildFailure::TimedOut,
        SandboxEnd::TooMuchOutput => BuildFailure::TooMuchOutput,
    };
    BuildEnd::failed(failure, "")
}

/// An error's words, with those of its fields.
fn words(error: &ServiceError) -> String {
    match error {
        ServiceError::Invalid(fields) => fields.0.values().cloned().collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}
