//! Signing in at providers with a code: a person approves on any device, Purser waits.
//!
//! Everything there is to know stands in a row, so every operator, tab and replica sees the same sign-in. Purser asks itself
//! (`native`: one request a tick, at the pace that is stored with the row, so a restart goes on where it was) or the provider's own
//! program does, in a sandbox (`program`: it lives as long as this process, and a row that nobody keeps alive has failed). Both end in
//! `finish`, through the one door that every sign-in ends in.
//!
//! Which test shows what (`services/tests/it/` unless said otherwise; rules alone are tested beside them in `domain::{device, cli}`):
//!
//! 1. program missing: `device_program::without_the_program_purser_asks_itself_and_says_what_is_missing`; another version,
//!    crash, garbage, an address elsewhere, ten codes, 100 MB: `device_program::programs_that_do_not_sign_in_say_why`; never
//!    an end: `device_program::a_program_without_end_is_ended`
//! 2. credential file missing, half-written, of another schema, readable by others, a link, somebody else's:
//!    `device_program::credential_files_that_cannot_be_used_say_why`, `sandbox::files` in `adapters/tests/it`
//! 3. denied, expired, storms of `slow_down`, across a restart: `device_native`; told by a program: `device_program`
//! 4. cancelled at every phase: `device_program::cancelling_stops_the_program_at_every_phase`; killed: `builds_killed` in
//!    `server/tests/it`, `device_native::one_that_a_stop_cut_short_says_so_and_starts_again`,
//!    `device_native::a_yes_is_not_lost_to_a_job_that_is_cut_short`
//! 5. two who start at once: `device_native::two_who_start_at_once_get_one_sign_in`
//! 6. the genuine codex: `codex`; the genuine grok: `device.spec.ts` in `end2end/specs`, `sandbox::genuine` in `adapters/tests/it`
//! 7. nothing of it in arguments, environments or files: `secrets`

mod begin;
mod end;
mod finish;
mod look;
mod native;
mod program;

pub use begin::DeviceBegun;
pub use look::{DeviceFlowState, DeviceOffer};

use crate::Ports;
use crate::connections::Connections;
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::places::DEVICE_CODE;
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object, Origin};
use domain::device::{DeviceFlow, DeviceState, FailureReason};
use domain::events::Event;
use domain::people::Actor;
use domain::provider::{DeviceSettings, Method, Provider};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use vault::{KeyRing, Place};
use vocab::{AuthMethod, DevicePhase, FlowId};

/// A request to a provider takes at most half a minute, and what follows it not much longer: then nobody works on it any more.
const ALIVE: Duration = Duration::from_secs(90);

/// What signing in with a code is made of.
pub struct Parts {
    /// The outside.
    pub ports: Ports,
    /// The catalogue's entries; seals, opens and gives back.
    pub credentials: Credentials,
    /// The one door in.
    pub connections: Connections,
    /// The sealing keys.
    pub ring: Arc<KeyRing>,
    /// Clock and randomness.
    pub environment: Environment,
}

/// Use cases of signing in with a code.
#[derive(Clone)]
pub struct DeviceSignIn(Arc<Inner>);

struct Inner {
    parts: Parts,
    /// The programs that run in this process, and how to tell them to stop.
    running: Mutex<HashMap<FlowId, Arc<Notify>>>,
}

impl DeviceSignIn {
    /// Wires the use cases.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner { parts, running: Mutex::default() }))
    }

    fn ports(&self) -> &Ports {
        &self.0.parts.ports
    }

    /// The settings of a sign-in with a code.
    fn settings(provider: &Provider) -> ServiceResult<(&Method, &DeviceSettings)> {
        let method = provider.method(AuthMethod::DeviceCode);
        method
            .and_then(|method| method.device.as_ref().map(|settings| (method, settings)))
            .ok_or_else(|| ServiceError::MethodUnavailable(format!("{} has no sign-in with a code.", provider.name)))
    }

    /// Where it stands, with its device code opened. `None` when that does not open, which is told to the log.
    fn state_of(&self, flow: &DeviceFlow) -> Option<DeviceState> {
        let row = flow.id.to_string();
        let code = match flow.sealed.as_slice() {
            [] => None,
            sealed => match self.0.parts.ring.open_text(place(&row), sealed) {
                Ok(code) => Some(code),
                Err(error) => {
                    tracing::warn!(provider = %flow.provider_id, flow = %flow.id, %error, "a device code does not open");
                    return None;
                }
            },
        };
        flow.state(code)
    }

    /// Writes the next state and tells open pages. `None`: it was cancelled or overtaken meanwhile.
    async fn step(&self, flow: DeviceFlow, state: &DeviceState, alive: Duration) -> ServiceResult<Option<DeviceFlow>> {
        let (id, before) = (flow.id, flow.facts.phase);
        let next = flow.moved(state, |code| self.seal(id, code))?;
        let object = Object::Provider(next.provider_id.clone());
        let actor = Actor::Person { user_id: next.user_id, name: next.user_name.clone() };
        let mut trail = TrailBuilder::of(&self.0.parts.environment, actor, Origin::default());
        if let Some(words) = why_not(state, &self.name(&next)) {
            trail = trail.failed(Action::PROVIDER_SIGN_IN_FAILED, object, words);
        }
        if next.facts.phase != before {
            trail = trail.event(Event::FlowChanged { provider_id: next.provider_id.clone() });
        }
        if !self.ports().device_flows.save(&next, alive, trail.build()).await? {
            return Ok(None);
        }
        if !next.is_open() {
            count(&next);
        }
        Ok(Some(DeviceFlow { version: next.version + 1, ..next }))
    }

    /// Ends it with a reason, whatever it was doing.
    async fn fail(&self, flow: DeviceFlow, reason: FailureReason) -> ServiceResult<()> {
        let now = self.ports().installation.now().await?;
        self.step(flow, &DeviceState::Failed { at: now, reason }, ALIVE).await.map(drop)
    }

    fn seal(&self, id: FlowId, code: &SecretString) -> ServiceResult<Vec<u8>> {
        let row = id.to_string();
        let nonce = self.0.parts.environment.entropy().bytes();
        self.0.parts.ring.seal(place(&row), code.expose_secret().as_bytes(), nonce).map_err(ServiceError::internal)
    }

    fn name(&self, flow: &DeviceFlow) -> String {
        self.0.parts.credentials.provider(&flow.provider_id).map_or_else(|_| flow.provider_id.to_string(), |provider| provider.name.clone())
    }
}

/// What the audit log says of an end without a connection.
fn why_not(state: &DeviceState, provider: &str) -> Option<String> {
    match state {
        DeviceState::Failed { reason, .. } => Some(reason.words(provider)),
        DeviceState::Denied { .. } => Some(format!("{provider} says that the sign-in was denied.")),
        DeviceState::Expired { .. } => Some("Nobody approved in time.".to_owned()),
        _ => None,
    }
}

fn count(flow: &DeviceFlow) {
    let outcome = match flow.facts.phase {
        DevicePhase::Failed => flow.facts.reason.clone().unwrap_or_default(),
        phase => phase.to_string(),
    };
    metrics::counter!("purser_sign_ins_total", "provider" => flow.provider_id.to_string(), "outcome" => outcome).increment(1);
}

fn place(row: &str) -> Place<'_> {
    Place { table: DEVICE_CODE.table, row, field: DEVICE_CODE.field }
}
