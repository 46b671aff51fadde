//! Signing in at providers with a browser: begun here, finished by whoever brings the provider's answer.
//!
//! Nothing of a sign-in lives in memory only. It is a row with sealed secrets, found by the hash of `state`, claimed once, and ended
//! together with the connection it makes. All instants of it are the database's, so it does not matter whose clock is wrong.

mod begin;
mod connect;
mod exchange;
mod finish;
mod look;
mod verify;

pub use begin::{Begin, BrowserPlace};
pub use look::{OfferState, Onward, SignInState};

use crate::Ports;
use crate::connections::Connections;
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::grants::Grants;
use crate::ports::places::FLOW_SECRETS;
use domain::audit::Origin;
use domain::flow::{Callback, FlowSecrets, OAuthFlow};
use domain::provider::{Method, OAuthSettings, Provider};
use secrecy::ExposeSecret;
use std::sync::Arc;
use url::Url;
use vault::{KeyRing, Place};
use vocab::{AuthMethod, FlowFailure, FlowId, ProviderId, UserId};

/// A provider's answer, as a browser brought it.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The answer.
    pub callback: Callback,
    /// The path of ours that it arrived at; it must be the one the provider was given.
    pub path: String,
    /// The person whose session the browser shows, if it shows a good one. It need not show any.
    pub person: Option<UserId>,
    /// Where the browser is.
    pub origin: Origin,
}

/// What came of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackOutcome {
    /// At which provider.
    pub provider_id: ProviderId,
    /// Why it failed; `None` when the provider is connected.
    pub failure: Option<FlowFailure>,
    /// The provider's own words on the failure, plain and short; may be empty.
    pub message: String,
}

/// What signing in is made of.
pub struct Parts {
    /// The outside.
    pub ports: Ports,
    /// The catalogue entries and stored credentials.
    pub credentials: Credentials,
    /// The one door in.
    pub connections: Connections,
    /// Seals and revokes.
    pub grants: Grants,
    /// The sealing keys.
    pub ring: Arc<KeyRing>,
    /// Purser's own address, as configured. Never from a request.
    pub public_url: Url,
    /// Clock and randomness.
    pub environment: Environment,
}

/// Signing in's use cases.
#[derive(Clone)]
pub struct SignIn(Arc<Parts>);

impl SignIn {
    /// Wires the use cases.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Seals a flow's secrets.
    fn seal(&self, id: FlowId, secrets: &FlowSecrets) -> ServiceResult<Vec<u8>> {
        let row = id.to_string();
        let nonce = self.0.environment.entropy().bytes();
        let text = secrets.to_sealable();
        self.0.ring.seal(place(&row), text.expose_secret().as_bytes(), nonce).map_err(ServiceError::internal)
    }

    /// Opens them again. `None` when they do not open, or are gone.
    fn secrets(&self, flow: &OAuthFlow) -> Option<FlowSecrets> {
        let row = flow.id.to_string();
        match self.0.ring.open_text(place(&row), &flow.sealed) {
            Ok(text) => FlowSecrets::from_sealed(&text),
            Err(error) => {
                tracing::warn!(provider = %flow.provider_id, flow = %flow.id, %error, "the secrets of a sign-in do not open");
                None
            }
        }
    }

    /// The settings of a browser sign-in.
    fn settings(provider: &Provider) -> ServiceResult<(&Method, &OAuthSettings)> {
        let method = provider.method(AuthMethod::OAuth);
        method
            .and_then(|method| method.oauth.as_ref().map(|settings| (method, settings)))
            .ok_or_else(|| ServiceError::MethodUnavailable(format!("{} has no sign-in with a browser.", provider.name)))
    }
}

fn place(row: &str) -> Place<'_> {
    Place { table: FLOW_SECRETS.table, row, field: FLOW_SECRETS.field }
}
