//! Beginning: one sign-in a provider at a time, whoever comes second is shown the first one's.

use super::look::DeviceFlowState;
use super::{ALIVE, DeviceSignIn};
use crate::beginner::beginner;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::StoreError;
use crate::ports::conflict::FLOW_ENDED;
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::device::{DeviceFlow, DeviceState, FailureReason};
use domain::events::Event;
use domain::people::Caller;
use domain::provider::{CliSettings, DeviceSettings, Provider};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use vocab::{DeviceMode, DevicePhase, FlowId, ProviderId};

/// What came of beginning.
#[derive(Debug, Clone)]
pub struct DeviceBegun {
    /// The sign-in.
    pub flow: DeviceFlowState,
    /// Did this call begin it? Else somebody had one open.
    pub new: bool,
}

impl DeviceSignIn {
    /// Begins a sign-in, in the mode that is asked for, or else as the catalogue says; where the provider's program is missing,
    /// Purser speaks to the provider itself. The code to approve comes a moment later: [`DeviceSignIn::shown`] waits for it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::MethodUnavailable`] with the reason.
    pub async fn begin(&self, caller: &Caller, id: &ProviderId, mode: Option<DeviceMode>) -> ServiceResult<DeviceBegun> {
        caller.require_sign_in(id)?;
        let provider = self.0.parts.credentials.provider(id)?;
        let (method, settings) = Self::settings(&provider)?;
        if let Some(why) = &method.unavailable {
            return Err(ServiceError::MethodUnavailable(why.clone()));
        }
        let mode = self.mode(&provider, settings, mode)?;
        let flow = self.new_flow(caller, id, mode).await?;
        let detail = match (mode, &provider.cli) {
            (DeviceMode::Cli, Some(cli)) => format!("with a code, by the program {}", cli.name()),
            _ => "with a code".to_owned(),
        };
        let trail = TrailBuilder::new(&self.0.parts.environment, caller)
            .done(Action::PROVIDER_SIGN_IN, Object::Provider(id.clone()), detail)
            .event(Event::FlowChanged { provider_id: id.clone() });
        if self.ports().device_flows.begin(&flow, ALIVE, trail.build()).await? {
            let state = Self::view(caller, &provider, &flow, flow.created_at);
            self.run(provider.clone(), flow);
            return Ok(DeviceBegun { flow: state, new: true });
        }
        let open = self.ports().device_flows.newest(id).await?.filter(DeviceFlow::is_open);
        let flow = open.ok_or_else(|| ServiceError::from(StoreError::Conflict(FLOW_ENDED)))?;
        let now = self.ports().installation.now().await?;
        Ok(DeviceBegun { flow: Self::view(caller, &provider, &flow, now), new: false })
    }

    /// A sign-in as soon as it shows a code or is over, or as it is when that takes longer than `limit`.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn shown(&self, caller: &Caller, id: FlowId, limit: Duration) -> ServiceResult<DeviceFlowState> {
        let until = Instant::now() + limit;
        loop {
            let flow = self.ports().device_flows.get(id).await?.ok_or(ServiceError::NotFound("sign-in"))?;
            if flow.facts.phase != DevicePhase::Starting || Instant::now() >= until {
                caller.require_sign_in(&flow.provider_id)?;
                let provider = self.0.parts.credentials.provider(&flow.provider_id)?;
                let now = self.ports().installation.now().await?;
                return Ok(Self::view(caller, &provider, &flow, now));
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn new_flow(&self, caller: &Caller, id: &ProviderId, mode: DeviceMode) -> ServiceResult<DeviceFlow> {
        let (user_id, begun_in) = beginner(caller)?;
        let now = self.ports().installation.now().await?;
        Ok(DeviceFlow {
            id: FlowId::new(self.0.parts.environment.uuid()),
            provider_id: id.clone(),
            user_id,
            user_name: caller.actor.name().to_owned(),
            begun_in,
            mode,
            created_at: now,
            version: 1,
            sealed: Vec::new(),
            facts: DeviceState::start(now).facts(),
        })
    }

    /// Goes on in a task of its own.
    fn run(&self, provider: Arc<Provider>, flow: DeviceFlow) {
        let me = self.clone();
        tokio::spawn(async move {
            let (id, mode) = (flow.id, flow.mode);
            let done = match mode {
                DeviceMode::Native => me.ask(&provider, flow).await,
                DeviceMode::Cli => me.run_program(&provider, flow).await,
            };
            if let Err(error) = done {
                // The row says nothing more: it is left alone, and fails by itself.
                tracing::error!(provider = %provider.id, flow = %id, error = &error as &dyn std::error::Error, "a sign-in with a code was cut short");
            }
        });
    }

    /// Which mode: the one asked for, if it is possible, or the first that is.
    fn mode(&self, provider: &Provider, settings: &DeviceSettings, asked: Option<DeviceMode>) -> ServiceResult<DeviceMode> {
        let possible = self.modes(provider, settings);
        let wanted = asked.or_else(|| possible.first().copied()).unwrap_or(settings.mode);
        if possible.contains(&wanted) {
            return Ok(wanted);
        }
        let words = match (wanted, &provider.cli) {
            (DeviceMode::Cli, Some(cli)) => FailureReason::ProgramMissing(cli.name().to_owned()).words(&provider.name),
            (DeviceMode::Cli, None) => format!("{} has no program to sign in with.", provider.name),
            (DeviceMode::Native, _) => format!("Purser does not know how to ask {} for a code itself.", provider.name),
        };
        Err(ServiceError::MethodUnavailable(words))
    }

    /// What can be begun here, best first.
    pub(super) fn modes(&self, provider: &Provider, settings: &DeviceSettings) -> Vec<DeviceMode> {
        let program = provider.cli.as_ref().is_some_and(|cli| signs_in(cli) && self.ports().programs.find(&cli.program).is_some());
        let native = settings.device_authorization_url.is_some() && settings.token_url.is_some() && settings.client_id.is_some();
        let mut modes = Vec::new();
        modes.extend(program.then_some(DeviceMode::Cli));
        modes.extend(native.then_some(DeviceMode::Native));
        modes.sort_by_key(|mode| *mode != settings.mode);
        modes
    }
}

/// Does the catalogue say how this program signs in?
pub(super) fn signs_in(cli: &CliSettings) -> bool {
    !cli.login.is_empty() && cli.credential_file.is_some() && cli.credential_format.is_some()
}
