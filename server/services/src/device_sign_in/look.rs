//! What pages and programs see of signing in with a code.

use super::DeviceSignIn;
use super::begin::signs_in;
use crate::error::ServiceResult;
use domain::device::{DeviceFlow, FailureReason, Shown, UserCode};
use domain::people::Caller;
use domain::provider::Provider;
use time::{Duration, OffsetDateTime};
use vocab::{DeviceMode, DevicePhase, FlowId, Permission, ProviderId};

/// How something ended is shown this long, or until something newer happened.
const SHOWN: Duration = Duration::hours(1);

/// A sign-in.
#[derive(Debug, Clone)]
pub struct DeviceFlowState {
    /// Which.
    pub id: FlowId,
    /// Who began it.
    pub by: String,
    /// Is that who asks?
    pub mine: bool,
    /// Who speaks the protocol.
    pub mode: DeviceMode,
    /// Where it stands.
    pub phase: DevicePhase,
    /// Code and address, while it waits, for those who may connect providers.
    pub shown: Option<Shown>,
    /// When the code stops being valid, while it waits.
    pub expires_at: Option<OffsetDateTime>,
    /// The present that this is compared with.
    pub now: OffsetDateTime,
    /// Code of the reason, when it failed.
    pub reason: Option<String>,
    /// What happened and what to do, when it ended without a connection.
    pub words: String,
}

/// How a provider's sign-in with a code stands.
#[derive(Debug, Clone)]
pub struct DeviceOffer {
    /// What can be begun, best first.
    pub modes: Vec<DeviceMode>,
    /// The provider's program, where it would be used and is not installed.
    pub missing_program: Option<String>,
    /// What a person should know of the sandbox that the program would run in.
    pub warnings: Vec<String>,
    /// The provider's own hurdles.
    pub hints: Vec<String>,
    /// The sign-in that is open, or how the last one ended lately.
    pub flow: Option<DeviceFlowState>,
}

impl DeviceSignIn {
    /// The sign-in with a code of a provider as its page shows it; `None` where there is none.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_platform`, [`crate::ServiceError::NotFound`].
    pub async fn state(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Option<DeviceOffer>> {
        caller.require(Permission::ViewPlatform).or_else(|refused| caller.require_sign_in(id).map_err(|_| refused))?;
        let provider = self.0.parts.credentials.provider(id)?;
        let Ok((_, settings)) = Self::settings(&provider) else { return Ok(None) };
        let modes = self.modes(&provider, settings);
        let program = provider.cli.as_ref().filter(|cli| settings.mode == DeviceMode::Cli && signs_in(cli));
        let missing = program.filter(|_| !modes.contains(&DeviceMode::Cli)).map(|cli| cli.name().to_owned());
        let warnings = if modes.contains(&DeviceMode::Cli) { self.ports().sandbox.nature().warnings } else { Vec::new() };
        let now = self.ports().installation.now().await?;
        let newest = self.ports().device_flows.newest(id).await?;
        let news = |flow: &DeviceFlow| flow.is_open() || (flow.facts.phase != DevicePhase::Cancelled && now - flow.facts.at < SHOWN);
        let flow = newest.filter(news).map(|flow| Self::view(caller, &provider, &flow, now));
        Ok(Some(DeviceOffer { modes, missing_program: missing, warnings, hints: settings.hints.clone(), flow }))
    }

    /// One sign-in for one viewer. Whoever approved a code would connect their own account, so only those who may connect see it.
    pub(super) fn view(caller: &Caller, provider: &Provider, flow: &DeviceFlow, now: OffsetDateTime) -> DeviceFlowState {
        let facts = &flow.facts;
        let shown = || {
            let user_code = UserCode::read(facts.user_code.as_deref()?)?;
            let verification_uri = facts.verification_uri.clone()?;
            Some(Shown { user_code, verification_uri, verification_uri_complete: facts.verification_uri_complete.clone() })
        };
        let waiting = facts.phase == DevicePhase::Waiting;
        let reason = facts.reason.as_deref().and_then(|code| FailureReason::from_facts(code, facts.detail.clone()));
        DeviceFlowState {
            id: flow.id,
            by: flow.user_name.clone(),
            mine: caller.actor.user_id() == Some(flow.user_id),
            mode: flow.mode,
            phase: facts.phase,
            shown: (waiting && caller.require_sign_in(&flow.provider_id).is_ok()).then(shown).flatten(),
            expires_at: waiting.then_some(facts.at),
            now,
            reason: facts.reason.clone(),
            words: match (facts.phase, reason) {
                (DevicePhase::Failed, Some(reason)) => reason.words(&provider.name),
                (DevicePhase::Denied, _) => format!("{} says the sign-in was denied. Start again and choose Allow.", provider.name),
                (DevicePhase::Expired, _) => {
                    "Nobody approved in time, so the code is no longer valid. Start again for a new one.".to_owned()
                }
                _ => String::new(),
            },
        }
    }
}
