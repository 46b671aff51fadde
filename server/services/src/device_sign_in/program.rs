//! The provider's own program signs in, in a sandbox: what it prints is shown, and what it stores is sealed.
//!
//! It sees nothing of Purser, and its home directory is gone with it. Whatever it does, the sign-in comes to an end.

use super::finish::{Failed, Granted};
use super::{ALIVE, DeviceSignIn};
use crate::error::ServiceResult;
use crate::ports::{HomePath, Output, ReadRule, SandboxControl, SandboxEnd, SandboxError, SandboxLimits, SandboxRun, SandboxSpec};
use domain::cli::{CliCredential, LoginOutput, Reading};
use domain::device::{DeviceFlow, DeviceState, FailureReason, Shown, VerificationRule};
use domain::provider::{CliSettings, Provider};
use futures::StreamExt;
use secrecy::ExposeSecret;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use url::Url;
use vocab::FlowId;

/// The row is kept this far ahead: that long after a crash, everybody knows that the program is gone.
const ALIVE_FOR: Duration = Duration::from_secs(8);
/// How often that happens; also how soon a cancellation on another replica stops the program.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// A program that shows no code by then never will.
const FIRST_WORDS: Duration = Duration::from_secs(90);

/// A program under way.
struct Lane<'a> {
    provider: &'a Arc<Provider>,
    cli: &'a CliSettings,
    rule: VerificationRule,
    control: Arc<dyn SandboxControl>,
    output: LoginOutput,
    /// When it has been quiet for long enough that what it printed counts as all there is.
    quiet_at: Instant,
}

/// How watching ended.
enum Watched {
    /// The program came to an end by itself, or was stopped at a limit.
    Ended(SandboxEnd),
    /// It is no use to go on.
    Hopeless(FailureReason),
    /// Nobody approved in time.
    Late,
    /// Somebody called it off.
    Off,
}

/// What became of the credential, if the program stored one.
enum Credential {
    /// It was sealed, or given back.
    Taken,
    /// Nobody has read it.
    Left,
}

/// Takes a running program off the board, however its lane ends.
struct Registered<'a>(&'a DeviceSignIn, FlowId);

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.0.0.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl DeviceSignIn {
    /// From the start of the program to the end of the sign-in.
    pub(super) async fn run_program(&self, provider: &Arc<Provider>, flow: DeviceFlow) -> ServiceResult<()> {
        let (_, settings) = Self::settings(provider)?;
        let Some(cli) = &provider.cli else { return self.fail(flow, FailureReason::Internal).await };
        let Some(program) = self.ports().programs.find(&cli.program) else {
            return self.fail(flow, FailureReason::ProgramMissing(cli.name().to_owned())).await;
        };
        let stop = Arc::new(Notify::new());
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner).insert(flow.id, stop.clone());
        let registered = Registered(self, flow.id);
        let spec = SandboxSpec {
            program,
            arguments: cli.login.clone(),
            env: cli.env.clone(),
            files: Vec::new(),
            stdin: None,
            workspace: None,
            readable: cli.readable(),
            sockets: Vec::new(),
            limits: SandboxLimits::SIGN_IN,
        };
        let SandboxRun { output, control } = match self.ports().sandbox.start(spec).await {
            Ok(run) => run,
            Err(error) => return self.fail(flow, not_started(cli, &error)).await,
        };
        let mut lane = Lane { provider, cli, rule: settings.verification_rule(), control, output: LoginOutput::default(), quiet_at: far() };
        let done = self.watch(&mut lane, flow, output, &stop).await;
        // Whatever is left of it ends now; its home directory goes with the last holder.
        lane.control.kill().await;
        drop(registered);
        if !matches!(done, Ok(Credential::Taken)) {
            // It may have signed in all the same, just as somebody called it off: then nobody will use that.
            let granted = lane.credential(self.0.parts.environment.now()).await;
            self.unwanted(provider, granted).await;
        }
        done.map(drop)
    }

    /// Reads what the program prints until it has ended, and ends the sign-in accordingly.
    async fn watch(
        &self,
        lane: &mut Lane<'_>,
        mut flow: DeviceFlow,
        mut output: impl futures::Stream<Item = Output> + Unpin,
        stop: &Notify,
    ) -> ServiceResult<Credential> {
        let begun = Instant::now();
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let watched = loop {
            let waits = flow.facts.user_code.is_some();
            let late_at = begun + if waits { DeviceState::PROGRAM_LIFETIME.unsigned_abs() } else { FIRST_WORDS };
            let reading = tokio::select! {
                piece = output.next() => match piece {
                    Some(Output::Stdout(piece) | Output::Stderr(piece)) => lane.heard(&piece),
                    None => break lane.ended().await,
                },
                () = sleep_until(lane.quiet_at) => lane.quiet(),
                () = sleep_until(late_at) => break if waits { Watched::Late } else { Watched::Hopeless(FailureReason::TooLong) },
                () = stop.notified() => break Watched::Off,
                _ = heartbeat.tick() => {
                    if self.called_off(&flow).await {
                        break Watched::Off;
                    }
                    continue;
                }
            };
            flow = match reading {
                _ if waits => continue,
                Reading::Nothing => continue,
                Reading::Sure(shown) | Reading::Likely(shown) => match self.show(flow, shown).await? {
                    Some(next) => next,
                    None => return Ok(Credential::Left),
                },
                Reading::ManyCodes => break Watched::Hopeless(FailureReason::ManyCodes),
                Reading::ForeignAddress(host) => break Watched::Hopeless(FailureReason::ForeignAddress(host)),
            };
        };
        self.conclude(lane, flow, watched).await
    }

    /// Renews the row; tells whether it is over by now.
    async fn called_off(&self, flow: &DeviceFlow) -> bool {
        match self.ports().device_flows.keep_alive(flow.id, ALIVE_FOR).await {
            Ok(open) => !open,
            // It was renewed for longer than a hiccup of the database.
            Err(error) => {
                tracing::warn!(flow = %flow.id, %error, "a sign-in through a program could not be renewed");
                false
            }
        }
    }

    async fn show(&self, flow: DeviceFlow, shown: Shown) -> ServiceResult<Option<DeviceFlow>> {
        let now = self.ports().installation.now().await?;
        match DeviceState::start(flow.created_at).shown_by_program(shown, now) {
            Ok(waiting) => self.step(flow, &waiting, ALIVE_FOR).await,
            Err(_) => Ok(None),
        }
    }

    async fn conclude(&self, lane: &Lane<'_>, flow: DeviceFlow, watched: Watched) -> ServiceResult<Credential> {
        let now = self.ports().installation.now().await?;
        match watched {
            Watched::Off => {}
            Watched::Hopeless(reason) => self.fail(flow, reason).await?,
            Watched::Late => drop(self.step(flow, &DeviceState::Expired { at: now }, ALIVE).await?),
            Watched::Ended(SandboxEnd::Exited(0)) => {
                // What it stored is gone with its home: a stop of this process waits until that is sealed.
                let _hold = self.0.parts.credentials.grants().unbroken().go_on();
                if let Some(flow) = self.step(flow, &DeviceState::Finishing { since: now }, ALIVE).await? {
                    let granted = lane.credential(now).await;
                    self.finish(lane.provider, flow, granted).await;
                    return Ok(Credential::Taken);
                }
            }
            Watched::Ended(end) => {
                let state = lane.without_credential(&flow, end, now);
                self.step(flow, &state, ALIVE).await?;
            }
        }
        Ok(Credential::Left)
    }
}

impl Lane<'_> {
    /// A piece of output: only what leaves no doubt counts at once.
    fn heard(&mut self, piece: &[u8]) -> Reading {
        self.output.push(piece);
        self.quiet_at = Instant::now() + LoginOutput::QUIET.unsigned_abs();
        match self.output.reading(&self.rule) {
            sure @ Reading::Sure(_) => sure,
            _ => Reading::Nothing,
        }
    }

    /// Nothing came for a while.
    fn quiet(&mut self) -> Reading {
        self.output.end_line();
        self.quiet_at = far();
        self.output.reading(&self.rule)
    }

    /// Its output has ended.
    async fn ended(&mut self) -> Watched {
        self.output.end_line();
        Watched::Ended(self.control.wait().await)
    }

    /// What the program stored.
    async fn credential(&self, now: OffsetDateTime) -> Result<Granted, Failed> {
        let bad = |words: String| Failed::new(FailureReason::BadCredentialFile(words));
        let path = self.cli.credential_file.as_deref().and_then(HomePath::read);
        let (Some(path), Some(format)) = (path, self.cli.credential_format) else { return Err(Failed::new(FailureReason::Internal)) };
        let file = self.control.read_file(&path, ReadRule::CREDENTIAL).await.map_err(|error| bad(error.to_string()))?;
        let credential = CliCredential::read(format, file.expose_secret(), now).map_err(|error| bad(error.to_string()))?;
        // It will be refreshed where the catalogue says, so it has to be from there.
        let issuer = credential.issuer.as_deref().and_then(|issuer| Url::parse(issuer).ok());
        if issuer.is_some_and(|issuer| !self.rule.allows(&issuer)) {
            return Err(bad("it was issued by somebody else than the provider".to_owned()));
        }
        Ok(Granted::of_file(&credential, now))
    }

    /// The program did not sign in: what does that mean?
    fn without_credential(&self, flow: &DeviceFlow, end: SandboxEnd, now: OffsetDateTime) -> DeviceState {
        let words = self.output.last_words();
        let said = words.to_ascii_lowercase();
        let waiting = flow.facts.user_code.is_some();
        let reason = match (end, self.output.reading(&self.rule)) {
            (SandboxEnd::TooMuchOutput, _) => FailureReason::TooMuchOutput,
            (SandboxEnd::TimedOut, _) => FailureReason::TooLong,
            (SandboxEnd::OutOfMemory, _) => FailureReason::ProgramEnded("it wanted more memory than it may have".to_owned()),
            // Nothing standard says these; the genuine programs and their issuers do.
            _ if waiting && said.contains("denied") => return DeviceState::Denied { at: now },
            _ if waiting && (said.contains("expired") || said.contains("timed out")) => return DeviceState::Expired { at: now },
            (_, Reading::ManyCodes) if !waiting => FailureReason::ManyCodes,
            (_, Reading::ForeignAddress(host)) if !waiting => FailureReason::ForeignAddress(host),
            (SandboxEnd::Crashed | SandboxEnd::Killed, _) => FailureReason::ProgramEnded(with("it crashed", words)),
            (SandboxEnd::Exited(code), _) => FailureReason::ProgramEnded(with(&format!("it ended with code {code}"), words)),
        };
        DeviceState::Failed { at: now, reason }
    }
}

/// The program's own words, or what we know without any.
fn with(ours: &str, words: &str) -> String {
    if words.is_empty() { ours.to_owned() } else { words.to_owned() }
}

fn not_started(cli: &CliSettings, error: &SandboxError) -> FailureReason {
    match error {
        SandboxError::Program(_) => FailureReason::ProgramMissing(cli.name().to_owned()),
        SandboxError::Place(_) | SandboxError::Broken(_) | SandboxError::Io(_) => FailureReason::ProgramEnded(error.to_string()),
    }
}

/// Later than anything that happens here.
fn far() -> Instant {
    Instant::now() + Duration::from_hours(24)
}
