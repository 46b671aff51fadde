//! Starting, repeating and cancelling builds, and which programs are ready for them.

use super::Builds;
use crate::error::{FieldErrors, ServiceError, ServiceResult};
use crate::ports::{Trail, WorkspaceError};
use crate::trail::TrailBuilder;
use bytes::Bytes;
use domain::audit::{Action, Object};
use domain::build::{Build, BuildState, LONGEST_PROMPT, MOST_QUEUED, Workspace};
use domain::events::Event;
use domain::people::Caller;
use domain::provider::{CliSettings, Provider};
use std::sync::Arc;
use vocab::{BuildId, Lending, Permission, ProviderId};

/// A build as asked for.
#[derive(Debug, Clone)]
pub struct StartForm {
    /// Whose program.
    pub provider_id: ProviderId,
    /// What it is told to do.
    pub prompt: String,
    /// What it works on.
    pub workspace: WorkspaceForm,
    /// How it borrows the credential; `None` is the catalogue's word.
    pub lending: Option<Lending>,
}

/// What a build is to work on.
#[derive(Debug, Clone)]
pub enum WorkspaceForm {
    /// A new, empty folder.
    Empty,
    /// What this tar or tar.gz holds.
    Archive(Bytes),
    /// A folder of Purser's machine.
    Folder(String),
}

/// A program that builds can run, or why not.
#[derive(Debug, Clone)]
pub struct ReadyProgram {
    /// Whose.
    pub provider_id: ProviderId,
    /// The provider's name.
    pub provider: String,
    /// The program's name.
    pub program: String,
    /// How a run may borrow; the first one is what the catalogue chose.
    pub lendings: Vec<Lending>,
    /// What is missing, in words; `None` when it can run.
    pub trouble: Option<String>,
}

/// Why nothing borrows through the broker on a machine.
pub(super) const NO_BROKER: &str = "runs cannot ask for tokens on this machine: that needs bubblewrap, which puts a socket of its own into each run; choose another way to borrow";

impl Builds {
    /// Every program that could run builds, in order of the catalogue.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub async fn programs(&self, caller: &Caller) -> ServiceResult<Vec<ReadyProgram>> {
        caller.require(Permission::ManageBuilds)?;
        let mut programs = Vec::new();
        for provider in self.0.catalogue.iter() {
            let Some(cli) = runs(provider) else { continue };
            programs.push(ReadyProgram {
                provider_id: provider.id.clone(),
                provider: provider.name.clone(),
                program: std::path::Path::new(&cli.program).file_name().unwrap_or_default().to_string_lossy().into_owned(),
                lendings: self.lendings(cli),
                trouble: self.trouble(provider, cli).await?,
            });
        }
        Ok(programs)
    }

    /// What warns of the sandbox itself, and folders that builds may work in.
    pub fn surroundings(&self) -> (Vec<String>, Vec<String>) {
        (self.0.ports.sandbox.nature().warnings, self.0.ports.builds.workspaces.roots())
    }

    /// Puts a build into the queue.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] naming the fields, [`ServiceError::Forbidden`].
    pub async fn start(&self, caller: &Caller, form: StartForm) -> ServiceResult<Build> {
        self.queue(caller, form, None).await
    }

    /// The same again. Its archive is not: what was uploaded was given to the first one.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Invalid`] while it is still going on, or as [`Builds::start`].
    pub async fn retry(&self, caller: &Caller, id: BuildId) -> ServiceResult<Build> {
        caller.require(Permission::ManageBuilds)?;
        let old = self.repo().build(id).await?.ok_or(ServiceError::NotFound("build"))?;
        if old.phase().is_open() {
            return Err(ServiceError::field("id", "this build is still going on"));
        }
        let workspace = match old.workspace {
            Workspace::Empty => WorkspaceForm::Empty,
            Workspace::Folder(folder) => WorkspaceForm::Folder(folder),
            Workspace::Archive => {
                return Err(ServiceError::field("id", "a build on an uploaded archive cannot be repeated; upload the archive again"));
            }
        };
        let form = StartForm { provider_id: old.provider_id, prompt: old.prompt, workspace, lending: Some(old.lending) };
        self.queue(caller, form, Some(id)).await
    }

    /// Calls a build off: a waiting one ends at once, a running one with all its processes.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn cancel(&self, caller: &Caller, id: BuildId) -> ServiceResult<()> {
        caller.require(Permission::ManageBuilds)?;
        let build = self.repo().build(id).await?.ok_or(ServiceError::NotFound("build"))?;
        caller.require_for(Permission::ManageBuilds, &build.provider_id)?;
        let trail = TrailBuilder::new(&self.0.environment, caller)
            .done(Action::BUILD_CANCEL, Object::Build(id), build.provider_id.to_string())
            .event(Event::BuildChanged { build_id: id });
        self.repo().cancel_build(id, trail.build()).await?;
        if let Some(poke) = self.here().get(&id) {
            poke.notify_one();
        }
        Ok(())
    }

    async fn queue(&self, caller: &Caller, form: StartForm, retry_of: Option<BuildId>) -> ServiceResult<Build> {
        caller.require_for(Permission::ManageBuilds, &form.provider_id)?;
        let provider = self.0.catalogue.get(&form.provider_id).ok_or(ServiceError::NotFound("provider"))?.clone();
        let lending = self.check(&provider, &form).await?;
        let id = BuildId::new(self.0.environment.uuid());
        let workspace = self.workspace(id, form.workspace).await?;
        let build = Build {
            id,
            provider_id: provider.id.clone(),
            prompt: form.prompt.trim().to_owned(),
            workspace,
            lending,
            started_by: caller.actor.name().to_owned(),
            user_id: caller.actor.user_id(),
            retry_of,
            created_at: self.0.environment.now(),
            state: BuildState::Queued,
        };
        self.repo().add_build(&build, self.started(caller, &build)).await?;
        self.take_turns().await?;
        Ok(build)
    }

    fn started(&self, caller: &Caller, build: &Build) -> Trail {
        let detail = format!("{}, {}, {}", build.provider_id, build.lending, build.workspace.kind());
        let trail = TrailBuilder::new(&self.0.environment, caller).done(Action::BUILD_START, Object::Build(build.id), detail);
        trail.event(Event::BuildChanged { build_id: build.id }).build()
    }

    async fn check(&self, provider: &Arc<Provider>, form: &StartForm) -> ServiceResult<Lending> {
        let mut errors = FieldErrors::default();
        let prompt = form.prompt.trim();
        if prompt.is_empty() || prompt.len() > LONGEST_PROMPT {
            errors.add("prompt", format!("enter what the program is to do, in at most {} kB", LONGEST_PROMPT / 1024));
        }
        let mut lending = form.lending.unwrap_or_default();
        match runs(provider) {
            None => errors.add("provider_id", "this provider has no program that runs builds"),
            Some(cli) => {
                let here = self.lendings(cli);
                lending = form.lending.or_else(|| here.first().copied()).unwrap_or(cli.lending);
                if !cli.lendings.contains(&lending) {
                    errors.add("lending", "this program does not borrow a credential like that");
                } else if !here.contains(&lending) {
                    errors.add("lending", NO_BROKER);
                }
                if let Some(trouble) = self.trouble(provider, cli).await? {
                    errors.add("provider_id", trouble);
                }
            }
        }
        errors.check()?;
        if self.repo().builds_waiting().await? >= MOST_QUEUED {
            return Err(ServiceError::field("prompt", "too many builds are waiting already; wait for some of them, or cancel them"));
        }
        Ok(lending)
    }

    async fn workspace(&self, id: BuildId, form: WorkspaceForm) -> ServiceResult<Workspace> {
        let workspaces = &self.0.ports.builds.workspaces;
        let refused = |error: WorkspaceError, field: &str| match error {
            WorkspaceError::Io(error) => ServiceError::internal(error),
            told => ServiceError::field(field, told.to_string()),
        };
        match form {
            WorkspaceForm::Empty => Ok(Workspace::Empty),
            WorkspaceForm::Archive(archive) => {
                workspaces.unpack(id, archive).await.map_err(|error| refused(error, "archive"))?;
                Ok(Workspace::Archive)
            }
            WorkspaceForm::Folder(folder) => {
                workspaces.folder(&folder).map_err(|error| refused(error, "folder"))?;
                Ok(Workspace::Folder(folder))
            }
        }
    }

    /// How a run of this program may borrow on this machine; the catalogue's word first.
    fn lendings(&self, cli: &CliSettings) -> Vec<Lending> {
        let broker = self.0.ports.sandbox.nature().sockets && self.0.ports.builds.sockets.helper().is_some();
        cli.lendings.iter().copied().filter(|lending| broker || *lending != Lending::Broker).collect()
    }

    async fn trouble(&self, provider: &Provider, cli: &CliSettings) -> ServiceResult<Option<String>> {
        let nature = self.0.ports.sandbox.nature();
        if nature.name == "none" {
            return Ok(Some(nature.warnings.join(" ")));
        }
        if self.0.ports.programs.find(&cli.program).is_none() {
            let words = format!("The program {0} is not installed here. On Purser's machine, run: purser tools install {0}", cli.program);
            return Ok(Some(words));
        }
        if self.lendings(cli).is_empty() {
            return Ok(Some(NO_BROKER.to_owned()));
        }
        let connection = self.0.ports.connections.of_provider(&provider.id).await?;
        let grant = match connection.and_then(|connection| connection.grant_id) {
            Some(id) => self.0.ports.connections.grant(id).await?,
            None => None,
        };
        let signed_in = grant.is_some_and(|grant| grant.life.is_some());
        Ok((!signed_in).then(|| format!("Sign in to {} first: builds borrow a sign-in, never an API key.", provider.name)))
    }
}

/// The provider's program, if it runs builds.
pub(super) fn runs(provider: &Provider) -> Option<&CliSettings> {
    provider.cli.as_ref().filter(|cli| !cli.run.is_empty() && cli.credential_format.is_some())
}
