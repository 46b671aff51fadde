//! Connections: an account at a provider, what the last check said, and the health an operator sees.

mod check;
mod detection;
mod health;
mod standing;

pub use check::{Check, next_check_after};
pub use detection::Detection;
pub use health::{CredentialFacts, HealthReport, health_of};
pub use standing::{Standing, StandingFacts};

use crate::flow::OAuthFlow;
use crate::grant::Grant;
use crate::people::Actor;
use time::OffsetDateTime;
use url::Url;
use vocab::{AuthMethod, ConnectionId, FlowId, GrantId, ProviderId, UserId};

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

/// A credential has just proved itself (or a local engine answered): everything [`Connection`] needs.
#[derive(Debug, Clone)]
pub struct Activation {
    /// The connection as it shall be. Its id is kept if the provider already has one.
    pub connection: Connection,
    /// The new credential; `None` keeps the stored one (blank key) or none is needed.
    pub grant: Option<Grant>,
    /// Connections of other providers that the same grant serves, as they shall be.
    pub siblings: Vec<Connection>,
    /// The sign-in that ends with it. A key or an engine ends every waiting sign-in of the provider instead.
    pub finishes: Option<Finished>,
    /// What made it active: `api_key`, `detected`, `re_enabled`, `method_switch` …
    pub trigger: &'static str,
    /// Who.
    pub actor: Actor,
}

/// A sign-in that ends with its connection.
#[derive(Debug, Clone)]
pub enum Finished {
    /// In a browser, as it shall be.
    Browser(Box<OAuthFlow>),
    /// With a code.
    Device {
        /// Which.
        id: FlowId,
        /// When.
        at: OffsetDateTime,
    },
}
