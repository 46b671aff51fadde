//! Grants: one stored credential with one writer; several connections may point at it.
//!
//! A pasted key never changes. A signed-in grant lives: its access token is short, its refresh token usually good for one
//! use. [`Life`] says how it is, [`schedule`] when to act, [`token_answer`] what the provider's token endpoint means.

mod identity;
mod life;
pub mod schedule;
mod secrets;
pub mod token_answer;

#[cfg(test)]
mod schedule_tests;
#[cfg(test)]
mod token_answer_tests;

pub use identity::Identity;
pub(crate) use identity::OPENAI_AUTH;
pub use life::{Life, LifeFacts, Refresh};
pub use secrets::{GrantSecrets, fingerprint};
pub use token_answer::{TokenError, TokenErrorKind, Tokens};

use time::OffsetDateTime;
use vocab::{AuthMethod, GrantId, ProviderId};

/// A sealed credential.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Part of the associated data, so the ciphertext belongs to this row.
    pub id: GrantId,
    /// What the vault made of the key, or of [`GrantSecrets`].
    pub sealed: Vec<u8>,
    /// When it was first stored.
    pub created_at: OffsetDateTime,
    /// Whose sign-in made it: that provider's settings refresh and revoke it, whoever else uses it. `None` for a key.
    pub provider_id: Option<ProviderId>,
    /// By which sign-in; `ApiKey` for a key.
    pub made_by: AuthMethod,
    /// How a signed-in credential lives; `None` for a key.
    pub life: Option<Life>,
    /// Grows by one with every rotation; a stale writer is refused.
    pub version: i64,
}

/// What came of wanting a fresh access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider gave a new one, and it is stored.
    Refreshed,
    /// Somebody else had just done it, or it was not necessary.
    AlreadyFresh,
    /// Not now; a still valid access token stays usable.
    Transient {
        /// When to try again.
        retry_at: OffsetDateTime,
        /// The provider's or the network's own words.
        message: String,
    },
    /// The provider ended the sign-in: a person has to sign in again.
    Terminal {
        /// The provider's error code.
        code: String,
        /// Its own words.
        message: String,
    },
}
