//! The sealing keys: what lies under which, and re-sealing everything under the newest.

use crate::Ports;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{InstallationRepo, LeaseOwner, SealedRepo, SealedValue, StoreResult, Trail};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::people::Caller;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;
use vault::{KeyId, KeyRing, KeyState, Place};
use vocab::Permission;

const PAGE: u32 = 100;
const LEASE: &str = "rotate-keys";
const LEASE_FOR: Duration = Duration::from_mins(1);

/// How many sealed values lie under which key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyReport {
    /// Under the key that seals now.
    pub current: u64,
    /// Under an older key of the ring.
    pub old: u64,
    /// They do not open.
    pub undecryptable: u64,
}

/// What one key does, and how much lies under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The key's name; `None` for values that name none, because they are damaged.
    pub id: Option<String>,
    /// What it does.
    pub role: KeyRole,
    /// Values under it that open.
    pub opens: u64,
    /// Values under it that do not.
    pub shut: u64,
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// It is the first of the ring.
    Seals,
    /// It is in the ring.
    Opens,
    /// Something was sealed with it, and it is not in the ring.
    Missing,
}

/// The sealing keys' use cases.
#[derive(Clone)]
pub struct Keys {
    sealed: Arc<dyn SealedRepo>,
    installation: Arc<dyn InstallationRepo>,
    audit: Arc<dyn crate::ports::AuditRepo>,
    events: Arc<dyn crate::ports::EventLog>,
    ring: Arc<KeyRing>,
    environment: Environment,
}

impl Keys {
    /// Wires the use cases.
    pub fn new(ports: &Ports, ring: Arc<KeyRing>, environment: Environment) -> Self {
        Self {
            sealed: ports.sealed.clone(),
            installation: ports.installation.clone(),
            audit: ports.audit.clone(),
            events: ports.events.clone(),
            ring,
            environment,
        }
    }

    /// Name of the key that seals now.
    pub fn current(&self) -> String {
        self.ring.current().to_string()
    }

    /// Counts sealed values by key, trying to open each.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn report(&self, caller: &Caller) -> ServiceResult<KeyReport> {
        caller.require(Permission::ManageSettings)?;
        Ok(report(&*self.sealed, &self.ring).await?)
    }

    /// Every key of the ring in its order, then those that are missing, with what lies under each.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn uses(&self, caller: &Caller) -> ServiceResult<Vec<KeyUse>> {
        caller.require(Permission::ManageSettings)?;
        let mut uses: Vec<KeyUse> = self.ring.ids().enumerate().map(|(n, id)| in_ring(n, id)).collect();
        each(&*self.sealed, |value| {
            let id = vault::key_of(&value.sealed).map(|id| id.to_string());
            let known = uses.iter().position(|found| found.id == id);
            let at = known.unwrap_or_else(|| {
                uses.push(KeyUse { id, role: KeyRole::Missing, opens: 0, shut: 0 });
                uses.len() - 1
            });
            match self.ring.state_of(place_of(value), &value.sealed) {
                KeyState::Undecryptable => uses[at].shut += 1,
                KeyState::Current | KeyState::Old => uses[at].opens += 1,
            }
        })
        .await?;
        Ok(uses)
    }

    /// Re-seals every value that lies under an older key, while the server runs. `progress` hears (done, total) now and
    /// then. Interrupted, it can simply be run again: what is done is done.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] when another rotation runs.
    pub async fn rotate(&self, caller: &Caller, mut progress: impl FnMut(u64, u64) + Send) -> ServiceResult<KeyReport> {
        caller.require(Permission::ManageSettings)?;
        let owner = LeaseOwner(self.environment.uuid().to_string());
        if !self.installation.take_lease(LEASE, &owner, LEASE_FOR).await? {
            return Err(ServiceError::Conflict("Another key rotation is running. Wait until it has finished."));
        }
        let moved = self.reseal_all(&owner, &mut progress).await;
        self.installation.release_lease(LEASE, &owner).await?;
        let moved = moved?;
        let report = self.report(caller).await?;
        let detail = format!("{moved} re-sealed; {} on an old key, {} undecryptable", report.old, report.undecryptable);
        let trail = TrailBuilder::new(&self.environment, caller).done(Action::KEYS_ROTATE, Object::Installation, detail).build();
        self.write(trail).await?;
        Ok(report)
    }

    async fn reseal_all(&self, owner: &LeaseOwner, progress: &mut (impl FnMut(u64, u64) + Send)) -> ServiceResult<u64> {
        let total = self.sealed.count().await?;
        let (mut done, mut moved, mut cursor) = (0, 0, None::<String>);
        loop {
            let page = self.sealed.page(cursor.as_deref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            cursor = Some(cursor_of(last));
            for value in &page {
                moved += u64::from(self.reseal(value).await?);
                done += 1;
            }
            progress(done, total.max(done));
            self.installation.take_lease(LEASE, owner, LEASE_FOR).await?;
        }
        Ok(moved)
    }

    /// Re-seals one value; what does not open is left as it is, never deleted.
    async fn reseal(&self, value: &SealedValue) -> ServiceResult<bool> {
        let place = place_of(value);
        if self.ring.state_of(place, &value.sealed) != KeyState::Old {
            return Ok(false);
        }
        let plain = self.ring.open(place, &value.sealed).map_err(ServiceError::internal)?;
        let nonce = self.environment.entropy().bytes();
        let sealed = self.ring.seal(place, plain.expose_secret(), nonce).map_err(ServiceError::internal)?;
        Ok(self.sealed.replace(value, sealed).await?)
    }

    async fn write(&self, trail: Trail) -> ServiceResult<()> {
        self.audit.append(trail.audit).await?;
        Ok(self.events.publish(vec![Event::KeysChanged]).await?)
    }
}

/// Counts sealed values by key. Also used before anything else at start, when there are no services yet.
///
/// # Errors
/// When the database does not answer.
pub async fn report(sealed: &dyn SealedRepo, ring: &KeyRing) -> StoreResult<KeyReport> {
    let mut report = KeyReport::default();
    each(sealed, |value| match ring.state_of(place_of(value), &value.sealed) {
        KeyState::Current => report.current += 1,
        KeyState::Old => report.old += 1,
        KeyState::Undecryptable => report.undecryptable += 1,
    })
    .await?;
    Ok(report)
}

/// Shows every sealed value once.
async fn each(sealed: &dyn SealedRepo, mut seen: impl FnMut(&SealedValue) + Send) -> StoreResult<()> {
    let mut cursor = None::<String>;
    loop {
        let page = sealed.page(cursor.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        cursor = Some(cursor_of(last));
        page.iter().for_each(&mut seen);
    }
}

fn in_ring(position: usize, id: KeyId) -> KeyUse {
    let role = if position == 0 { KeyRole::Seals } else { KeyRole::Opens };
    KeyUse { id: Some(id.to_string()), role, opens: 0, shut: 0 }
}

fn place_of(value: &SealedValue) -> Place<'_> {
    Place { table: value.table, row: &value.row, field: value.field }
}

fn cursor_of(value: &SealedValue) -> String {
    format!("{}/{}/{}", value.table, value.row, value.field)
}
