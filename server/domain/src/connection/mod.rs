//! Connections: an account at a provider, what the last check said, and the health an operator sees.

mod check;
mod detection;
mod health;
mod standing;

pub use check::{Check, next_check_after};
pub use detection::Detection;
pub use health::{HealthReport, health_of};
pub use standing::{Standing, StandingFacts};

use crate::people::Actor;
use time::OffsetDateTime;
use url::Url;
use vocab::{AuthMethod, ConnectionId, GrantId, ProviderId, UserId};

/// An account at a provider. One a provider for now; the id keeps room for more.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The connection's id; survives re-connecting.
    pub id: ConnectionId,
    /// Which catalogue entry.
    pub provider_id: ProviderId,
    /// How it authenticates.
    pub method: AuthMethod,
    /// The sealed credential behind it; `None` for local engines.
    pub grant_id: Option<GrantId>,
    /// The operator's endpoint, where the catalogue asks for one or a local address was edited.
    pub base_url: Option<Url>,
    /// Last four characters of the key, for example `…a1B2`.
    pub key_hint: Option<String>,
    /// Account name or e-mail, where the provider tells.
    pub account: Option<String>,
    /// Who connected it.
    pub connected_by: Option<UserId>,
    /// Their name then.
    pub connected_by_name: String,
    /// When.
    pub connected_at: OffsetDateTime,
    /// What the last check said.
    pub standing: Standing,
    /// Switched off by an operator?
    pub enabled: bool,
    /// Grows by one with every write; a stale writer is refused.
    pub version: i64,
}

/// A sealed credential. One writer; several connections may point at it.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Part of the associated data, so the ciphertext belongs to this row.
    pub id: GrantId,
    /// What the vault made of the credential.
    pub sealed: Vec<u8>,
    /// When it was stored.
    pub created_at: OffsetDateTime,
}

/// A credential has just proved itself (or a local engine answered): everything [`Connection`] needs.
#[derive(Debug, Clone)]
pub struct Activation {
    /// The connection as it shall be. Its id is kept if the provider already has one.
    pub connection: Connection,
    /// The new credential; `None` keeps the stored one (blank key) or none is needed.
    pub grant: Option<Grant>,
    /// What made it active: `api_key`, `detected`, `re_enabled`, `method_switch` …
    pub trigger: &'static str,
    /// Who.
    pub actor: Actor,
}
