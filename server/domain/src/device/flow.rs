//! A device-code sign-in as it is stored.

use super::facts::DeviceFacts;
use super::state::DeviceState;
use crate::flow::BegunIn;
use secrecy::SecretString;
use time::OffsetDateTime;
use vocab::{DeviceMode, FlowId, ProviderId, UserId};

/// One sign-in. All its instants are the database's.
#[derive(Debug, Clone)]
pub struct DeviceFlow {
    /// Which.
    pub id: FlowId,
    /// At which provider.
    pub provider_id: ProviderId,
    /// Who began it.
    pub user_id: UserId,
    /// Their name then, or their access token's.
    pub user_name: String,
    /// What they began it with, and it lives as long as.
    pub begun_in: BegunIn,
    /// Who speaks the protocol.
    pub mode: DeviceMode,
    /// When it was begun.
    pub created_at: OffsetDateTime,
    /// Grows by one with every write; a stale writer is refused.
    pub version: i64,
    /// The device code, sealed; empty when there is none.
    pub sealed: Vec<u8>,
    /// Where it stands, without its device code.
    pub facts: DeviceFacts,
}

impl DeviceFlow {
    /// Where it stands, with its device code opened; `None` when the facts contradict each other.
    pub fn state(&self, device_code: Option<SecretString>) -> Option<DeviceState> {
        DeviceState::from_facts(DeviceFacts { device_code, ..self.facts.clone() })
    }

    /// The same sign-in at its next state. A device code goes to `seal`, and nowhere else.
    ///
    /// # Errors
    /// What `seal` says.
    pub fn moved<E>(self, state: &DeviceState, seal: impl FnOnce(&SecretString) -> Result<Vec<u8>, E>) -> Result<Self, E> {
        let mut facts = state.facts();
        let sealed = facts.device_code.take().map_or_else(|| Ok(Vec::new()), |code| seal(&code))?;
        Ok(Self { sealed, facts, ..self })
    }

    /// Is something still going on?
    pub const fn is_open(&self) -> bool {
        self.facts.phase.is_open()
    }
}
