//! A browser sign-in from its first click to its end (RFC 6749 authorization code, RFC 7636 PKCE).
//!
//! The pending sign-in is a row: it survives a reload, a restart, and a callback that lands on another replica. Its secrets
//! are sealed; it is found by the hash of `state`, claimed once, and kept a while so that a repeated callback hears the
//! first one's outcome.
//!
//! # What RFC 9700 (OAuth 2.0 security best current practice) asks of a client
//!
//! Tests named after a crate are in its `tests/it/`.
//!
//! | point | shown by |
//! |---|---|
//! | §2.1.1 PKCE for every code, always `S256`, a new verifier each time | `flow_tests::the_challenge_is_that_of_the_rfc`, `three_secrets_that_say_nothing_of_each_other` |
//! | §2.1 CSRF: `state` bound to the person and session that began | `services::sign_in::another_persons_session_and_another_address_are_turned_away_and_burn_nothing`, `who_was_signed_out_or_lost_the_right_connects_nothing`, `a_state_that_nobody_began_burns_nothing` |
//! | §4.4 mix-up: `iss` compared where it is sent (RFC 9207); provider and issuer are fixed when the sign-in begins | `services::sign_in::a_mix_up_of_issuers_is_noticed` |
//! | §4.5 code injection: verifier and, where an ID token is used, `nonce` | `adapters::oauth::an_id_token_with_a_flaw_proves_nothing` |
//! | §4.1, §4.11 exact redirect addresses, no open redirector: they come from settings only | `flow_tests::the_way_back_comes_from_settings_and_never_from_a_request` |
//! | §2.2.2 rotated refresh tokens are sent once | `services::grants::two_processes_refresh_once`, `an_answer_that_is_long_not_stored_keeps_the_lease_until_it_is`, `schedule_tests::a_token_that_may_be_spent_is_not_sent_while_there_is_something_left_to_use` |
//! | §4.3.2 no tokens in addresses | `flow_tests::claude_is_asked_as_it_wants_it` (the verifier stays here) |
//! | §2.6 answers of the token endpoint are not followed elsewhere | `adapters::oauth::answers_come_back_whatever_their_status` |

mod authorize;
mod callback;
mod pasted;
mod secrets;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod flow_tests;

pub use authorize::{AuthorizeRequest, authorize_url, code_challenge, dynamic_client_parameters, redirect_of};
pub use callback::{Callback, CallbackAnswer, CallbackError, plain_words};
pub use pasted::{Pasted, PastedError};
pub use secrets::{FlowSecrets, state_hash};

use time::{Duration, OffsetDateTime};
use url::Url;
use vocab::{AccessTokenId, FlowFailure, FlowId, FlowPhase, ProviderId, SessionId, UserId};

/// How long a person has at the provider's page.
pub const LIFETIME: Duration = Duration::minutes(10);
/// A claimed sign-in that is not finished after this long was cut by a restart.
pub const FINISHING_LIMIT: Duration = Duration::minutes(2);

/// A browser sign-in.
#[derive(Debug, Clone)]
pub struct OAuthFlow {
    /// Part of the sealed secrets' associated data.
    pub id: FlowId,
    /// Which provider is being connected.
    pub provider_id: ProviderId,
    /// Who began it; only they may finish it with their session.
    pub user_id: UserId,
    /// Their name then.
    pub user_name: String,
    /// Where they began it; when that is signed out or revoked, the sign-in ends with it.
    pub begun_in: BegunIn,
    /// Where the callback finds it: [`state_hash`].
    pub state_hash: [u8; 32],
    /// What the vault made of [`FlowSecrets`]; empty once the sign-in has ended.
    pub sealed: Vec<u8>,
    /// Sent to the provider, and again in the exchange: byte for byte the same.
    pub redirect_uri: Url,
    /// The client named in the authorization request.
    pub client_id: Option<String>,
    /// The issuer that has to answer, where known (RFC 9207).
    pub issuer: Option<String>,
    /// The browser cannot come back to us: what it ends on is pasted.
    pub pasting: bool,
    /// A port of this machine that another program holds, so that the answer cannot come by itself.
    pub port_taken: Option<u16>,
    /// When it was begun.
    pub created_at: OffsetDateTime,
    /// When the waiting ends.
    pub expires_at: OffsetDateTime,
    /// Where it stands.
    pub state: FlowState,
}

/// What a sign-in was begun with, and lives as long as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BegunIn {
    /// A signed-in browser.
    Session(SessionId),
    /// One of our access tokens.
    Token(AccessTokenId),
}

/// What is remembered of the sign-ins at a provider, connected or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remembered {
    /// An owner switched the method on.
    pub allowed: bool,
    /// The client that the provider issued to this installation.
    pub issued_client: Option<String>,
    /// The person at the provider (`sub`): with an issued client, signing in again must be the same one.
    pub subject: Option<String>,
}

/// Where a sign-in stands. Transitions are methods of [`OAuthFlow`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowState {
    /// The person is at the provider's page.
    Waiting,
    /// One callback has claimed it.
    Finishing {
        /// When.
        since: OffsetDateTime,
    },
    /// It ended with a connection.
    Succeeded {
        /// When.
        at: OffsetDateTime,
    },
    /// It ended without.
    Failed {
        /// When.
        at: OffsetDateTime,
        /// Why.
        failure: FlowFailure,
        /// The provider's own words, plain and short; may be empty.
        message: String,
    },
    /// An operator cancelled it.
    Cancelled {
        /// When.
        at: OffsetDateTime,
    },
}

/// A transition that the state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sign-in is {0}, so it cannot be changed this way")]
pub struct FlowEnded(pub FlowPhase);

impl OAuthFlow {
    /// Where it stands at `now`, running out of time included.
    pub fn phase(&self, now: OffsetDateTime) -> FlowPhase {
        match &self.state {
            FlowState::Waiting if now >= self.expires_at => FlowPhase::Expired,
            FlowState::Waiting => FlowPhase::Waiting,
            FlowState::Finishing { since } if now - *since > FINISHING_LIMIT => FlowPhase::Failed,
            FlowState::Finishing { .. } => FlowPhase::Finishing,
            FlowState::Succeeded { .. } => FlowPhase::Succeeded,
            FlowState::Failed { .. } => FlowPhase::Failed,
            FlowState::Cancelled { .. } => FlowPhase::Cancelled,
        }
    }

    /// Why it failed at `now`, if it did, with the provider's own words.
    pub fn failure(&self, now: OffsetDateTime) -> Option<(FlowFailure, &str)> {
        match (&self.state, self.phase(now)) {
            (FlowState::Failed { failure, message, .. }, _) => Some((*failure, message)),
            (_, FlowPhase::Failed) => Some((FlowFailure::Interrupted, "")),
            (_, FlowPhase::Expired) => Some((FlowFailure::Expired, "")),
            _ => None,
        }
    }

    /// One callback takes it.
    ///
    /// # Errors
    /// [`FlowEnded`] when it is not waiting any more.
    pub fn claim(self, now: OffsetDateTime) -> Result<Self, FlowEnded> {
        match self.phase(now) {
            FlowPhase::Waiting => Ok(Self { state: FlowState::Finishing { since: now }, ..self }),
            other => Err(FlowEnded(other)),
        }
    }

    /// The connection stands.
    ///
    /// # Errors
    /// [`FlowEnded`] when it was not claimed.
    pub fn succeed(self, now: OffsetDateTime) -> Result<Self, FlowEnded> {
        match self.state {
            FlowState::Finishing { .. } => Ok(Self { state: FlowState::Succeeded { at: now }, sealed: Vec::new(), ..self }),
            _ => Err(FlowEnded(self.phase(now))),
        }
    }

    /// It ends without a connection. A waiting one may fail too: the provider said no before there was a code.
    ///
    /// # Errors
    /// [`FlowEnded`] when it had ended already.
    pub fn fail(self, now: OffsetDateTime, failure: FlowFailure, message: impl Into<String>) -> Result<Self, FlowEnded> {
        match self.state {
            FlowState::Waiting | FlowState::Finishing { .. } => {
                let state = FlowState::Failed { at: now, failure, message: message.into() };
                Ok(Self { state, sealed: Vec::new(), ..self })
            }
            _ => Err(FlowEnded(self.phase(now))),
        }
    }

    /// An operator gives up waiting.
    ///
    /// # Errors
    /// [`FlowEnded`] when nobody is waiting.
    pub fn cancel(self, now: OffsetDateTime) -> Result<Self, FlowEnded> {
        match self.state {
            FlowState::Waiting => Ok(Self { state: FlowState::Cancelled { at: now }, sealed: Vec::new(), ..self }),
            _ => Err(FlowEnded(self.phase(now))),
        }
    }
}
