//! What a run is given of the credential, by its mode.

use super::Builds;
use super::desk::Desk;
use super::follow::Known;
use super::start::NO_BROKER;
use crate::error::{ServiceError, ServiceResult};
use crate::grants::HandedOver;
use crate::ports::{HomeFile, HomePath, OpenSocket, Program, SandboxLimits, SandboxSpec};
use crate::trail::TrailBuilder;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::audit::{Action, Object};
use domain::build::{Build, HOME_CAPABILITY, HOME_PROMPT, Lane, run_script};
use domain::events::Event;
use domain::people::Caller;
use domain::provider::{CliSettings, Provider};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use vocab::{BuildId, GrantId, Lending, ProviderId};

/// Where the broker's socket is in the sandbox.
pub const SOCKET: &str = "/run/purser.sock";

/// What a run has been lent, for as long as it lasts.
pub(super) struct Borrowed {
    pub(super) files: Vec<HomeFile>,
    pub(super) env: Vec<(String, String)>,
    pub(super) readable: Vec<PathBuf>,
    pub(super) socket: Option<Box<dyn OpenSocket>>,
    pub(super) desk: Option<Arc<Desk>>,
    pub(super) handed: Option<HandedOver>,
    pub(super) known: Arc<Known>,
}

/// Everything about a run that does not change.
pub(super) struct Case<'a> {
    pub(super) build: &'a Build,
    pub(super) provider: Arc<Provider>,
    pub(super) cli: CliSettings,
    pub(super) program: Program,
    pub(super) grant: GrantId,
    pub(super) workspace: PathBuf,
}

impl Builds {
    /// What this run gets; `None` while the sign-in is somebody else's (hand-over only).
    pub(super) async fn borrow(&self, case: &Case<'_>) -> ServiceResult<Option<Borrowed>> {
        let known = Arc::new(Known::default());
        let mut borrowed = Borrowed {
            files: vec![file(HOME_PROMPT, case.build.prompt.clone().into())?],
            env: Vec::new(),
            readable: Vec::new(),
            socket: None,
            desk: None,
            handed: None,
            known,
        };
        match case.build.lending {
            Lending::Lend => self.lend(case, &mut borrowed).await?,
            Lending::Broker => self.open_desk(case, &mut borrowed).await?,
            Lending::HandOver => {
                let run = case.build.id.to_string();
                let Some(handed) = self.0.grants.hand_over(&case.provider, case.grant, &run).await? else { return Ok(None) };
                borrowed.known.add(&handed.credential.access_token);
                handed.credential.refresh_token.iter().for_each(|token| borrowed.known.add(token));
                let (path, format) = credential_file(&case.cli)?;
                let text = handed.credential.handed_over(format, self.0.environment.now());
                borrowed.handed = Some(handed);
                self.note_credential(case.build.id, &case.provider.id, "the whole sign-in, handed over").await?;
                borrowed.files.push(HomeFile { path, contents: text });
            }
        }
        Ok(Some(borrowed))
    }

    async fn lend(&self, case: &Case<'_>, borrowed: &mut Borrowed) -> ServiceResult<()> {
        let credential = self.0.grants.lend(&case.provider, case.grant).await?;
        borrowed.known.add(&credential.access_token);
        let (path, format) = credential_file(&case.cli)?;
        self.note_credential(case.build.id, &case.provider.id, "an access token, lent").await?;
        borrowed.files.push(HomeFile { path, contents: credential.lent(format, self.0.environment.now()) });
        Ok(())
    }

    async fn open_desk(&self, case: &Case<'_>, borrowed: &mut Borrowed) -> ServiceResult<()> {
        let sockets = &self.0.ports.builds.sockets;
        let missing = || ServiceError::MethodUnavailable(NO_BROKER.to_owned());
        let (helper, words) = sockets.helper().ok_or_else(missing)?;
        let variable = case.cli.broker_variable.clone().ok_or_else(missing)?;
        let capability = SecretString::from(URL_SAFE_NO_PAD.encode(self.0.environment.entropy().bytes::<32>()));
        borrowed.known.add(&capability);
        let desk = Arc::new(Desk {
            builds: self.clone(),
            id: case.build.id,
            provider: case.provider.clone(),
            grant: case.grant,
            capability: capability.clone(),
            over: AtomicBool::new(false),
            known: borrowed.known.clone(),
            last: tokio::sync::Mutex::default(),
        });
        borrowed.socket = Some(sockets.open(desk.clone()).await.map_err(ServiceError::internal)?);
        borrowed.desk = Some(desk);
        borrowed.files.push(file(HOME_CAPABILITY, capability)?);
        let command: Vec<String> = std::iter::once(helper.display().to_string()).chain(words).collect();
        borrowed.env.push((variable, command.join(" ")));
        borrowed.readable.push(helper);
        Ok(())
    }

    /// Each injection is a line of the audit log.
    pub(super) async fn note_credential(&self, id: BuildId, provider: &ProviderId, what: &str) -> ServiceResult<()> {
        let caller = Caller::system();
        let trail = TrailBuilder::new(&self.0.environment, &caller);
        let trail = trail.done(Action::BUILD_CREDENTIAL, Object::Build(id), format!("{provider}: {what}")).build();
        self.0.ports.audit.append(trail.audit).await?;
        Ok(())
    }

    pub(super) async fn tell(&self, id: BuildId) {
        drop(self.0.ports.events.publish(vec![Event::BuildChanged { build_id: id }]).await);
    }
}

impl Borrowed {
    /// What the sandbox is to run.
    pub(super) fn spec(&mut self, case: &Case<'_>, limits: SandboxLimits) -> SandboxSpec {
        let program = &case.program;
        let mut readable = std::mem::take(&mut self.readable);
        readable.push(program.folder.clone().unwrap_or_else(|| program.file.clone()));
        // A file of certificates that the catalogue names has to be there, too.
        let named = case.cli.env.values().filter(|value| value.starts_with('/')).map(PathBuf::from);
        readable.extend(named.filter(|path| path.is_file()));
        readable.retain(|path| !path.starts_with("/etc/ssl"));
        let path = program.file.display().to_string();
        let script = run_script(&case.cli, Lane { program: &path, lending: case.build.lending });
        let mut env = case.cli.env.clone();
        env.extend(std::mem::take(&mut self.env));
        SandboxSpec {
            program: Program { file: "/bin/sh".into(), folder: None },
            arguments: vec!["-c".to_owned(), script],
            env,
            files: std::mem::take(&mut self.files),
            stdin: None,
            workspace: Some(case.workspace.clone()),
            readable,
            sockets: self.socket.iter().map(|socket| (socket.path(), SOCKET.to_owned())).collect(),
            limits,
        }
    }
}

fn file(path: &str, contents: SecretString) -> ServiceResult<HomeFile> {
    let path = HomePath::read(path).ok_or(ServiceError::NotFound("path"))?;
    // A prompt that ends without a line break is a line that some readers drop.
    let contents = if contents.expose_secret().ends_with('\n') || path.parts().1 == "capability" {
        contents
    } else {
        SecretString::from(format!("{}\n", contents.expose_secret()))
    };
    Ok(HomeFile { path, contents })
}

pub(super) fn credential_file(cli: &CliSettings) -> ServiceResult<(HomePath, domain::provider::CredentialFormat)> {
    let unfit = || ServiceError::MethodUnavailable("The catalogue does not say where this program keeps its credential.".to_owned());
    let path = cli.credential_file.as_deref().and_then(HomePath::read).ok_or_else(unfit)?;
    Ok((path, cli.credential_format.ok_or_else(unfit)?))
}
