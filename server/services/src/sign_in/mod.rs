//! Signing in at providers with a browser: begun here, finished by whoever brings the provider's answer.
//!
//! Nothing of a sign-in lives in memory only. It is a row with sealed secrets, found by the hash of `state`, claimed once, and ended
//! together with the connection it makes. All instants of it are the database's, so it does not matter whose clock is wrong.
//!
//! What RFC 9700 (best current practice) and RFC 9207 (issuer identification) ask of a client, and the test that shows it
//! (`tests/it/sign_in.rs` and `tests/it/grants.rs` of this crate, unless said otherwise):
//!
//! | point | test |
//! |---|---|
//! | §2.1 exact redirect address, never from a request | `redirects_are_ours_whatever_the_request_says` |
//! | §2.1, §4.7 `state` bound to the person, single use, cross-site answers refused | `a_state_that_nobody_began_burns_nothing`, `another_persons_session_and_another_address_are_turned_away_and_burn_nothing` |
//! | §2.1.1 PKCE with S256, verifier independent of `state` and nonce | `every_vendor_as_it_wants_to_be_spoken_with` (the stand-ins check it), domain's flow tests |
//! | §4.5 code injection and replay: one claim, one exchange | `a_replayed_answer_hears_the_first_ones_outcome_and_is_exchanged_once` |
//! | §4.4, RFC 9207 §2.4 mix-up: `iss` compared, the code goes nowhere | `a_mix_up_of_issuers_is_noticed` |
//! | §4.4.2.2 one redirect address a server, others refused | `another_persons_session_and_another_address_are_turned_away_and_burn_nothing` |
//! | §4.2 nothing secret in what is passed on: `state` alone leads onward, no referrer | server's sign-in tests |
//! | §2.2.2, §4.14 refresh tokens rotate, are spent once and revoked | `two_processes_refresh_once`, `one_sign_in_connects_both_and_says_what_happens_to_the_other` |
//! | §2.6 end of session ends pending requests | `who_was_signed_out_or_lost_the_right_connects_nothing` |
//! | §4.11 no open redirect | `redirects_are_ours_whatever_the_request_says`, server's sign-in tests |

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
    /// The catalogue's entries; seals, opens and gives back.
    pub credentials: Credentials,
    /// The one door in.
    pub connections: Connections,
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
