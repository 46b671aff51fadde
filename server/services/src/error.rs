//! What a use case can answer instead of a value. Outside words and inside causes are kept apart: `Display` is safe
//! for whoever asked, `source()` is for the log.

use crate::ports::{CallFailure, StoreError};
use domain::people::Forbidden;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use vocab::Verdict;

/// Result of every use case.
pub type ServiceResult<T> = Result<T, ServiceError>;

/// Field name → what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<String, String>);

impl FieldErrors {
    /// One field.
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// One more field.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.insert(field.to_owned(), message.into());
    }

    /// `Ok` when no field is wrong.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with all of them.
    pub fn check(self) -> ServiceResult<()> {
        if self.0.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(self)) }
    }
}

/// What went wrong. `Display` is for people; the variant decides code and status in one place of the floor above.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nobody is signed in, or the session or access token is not good (any more).
    #[error("Sign in first.")]
    SignedOut,
    /// Wrong e-mail address or password; never says which.
    #[error("That e-mail address and password do not match an account.")]
    WrongCredentials,
    /// Signed in, and not allowed.
    #[error("Your role does not allow this. An owner can change it under Settings → Team.")]
    Forbidden(#[from] Forbidden),
    /// The access token is limited to other providers or models.
    #[error("This access token may not use {0}.")]
    OutsideToken(String),
    /// A sign-in at a provider that somebody else began.
    #[error("Somebody else began this sign-in. Sign in to Purser as that person, or start your own.")]
    AnotherPerson,
    /// The one-time setup link is missing, wrong or spent.
    #[error("This setup link is not valid. Use the one that stands in the server's output.")]
    SetupLink,
    /// No such thing.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// Fields are wrong.
    #[error("Please check the marked fields.")]
    Invalid(FieldErrors),
    /// A request body is wrong.
    #[error("{message}")]
    BadRequest {
        /// Which parameter, for the caller's dialect.
        parameter: Option<String>,
        /// What is wrong with it.
        message: String,
    },
    /// Somebody else changed it first.
    #[error("{0}")]
    Conflict(&'static str),
    /// The state of things does not allow it.
    #[error("{0}")]
    Refused(String),
    /// Too many tries.
    #[error("Too many tries. Wait until {} UTC, then try again.", clock_text(*until))]
    Throttled {
        /// When the next try is allowed.
        until: OffsetDateTime,
    },
    /// The provider refused the credential; nothing was saved.
    #[error("{provider} rejected the key, so it was not saved.{}", quoted(message))]
    CredentialRejected {
        /// Provider's name.
        provider: String,
        /// Its own words; may be empty.
        message: String,
    },
    /// The provider has no connection. The seed's words.
    #[error("Provider not configured — add an API key or sign in.")]
    ProviderNotConfigured {
        /// Provider's name.
        provider: String,
    },
    /// The provider ended the sign-in. The seed's words.
    #[error("Token expired — sign in again.")]
    TokenExpired {
        /// Provider's name.
        provider: String,
    },
    /// Nobody can serve the request. The seed's words.
    #[error("No eligible endpoints — sync models & profiles.")]
    NoEligibleEndpoints {
        /// The model name as asked.
        asked: String,
    },
    /// A named model that nobody has.
    #[error("The model {asked:?} is not known here. No eligible endpoints — sync models & profiles.")]
    UnknownModel {
        /// The model name as asked.
        asked: String,
    },
    /// The method exists in the catalogue and not in this release, or not for this provider.
    #[error("{0}")]
    MethodUnavailable(String),
    /// The stored credential does not open.
    #[error("The stored credential of {provider} does not open with the keys Purser has. Restore the key, or save the credential again.")]
    CannotDecrypt {
        /// Provider's name.
        provider: String,
    },
    /// A call to the provider failed.
    #[error("{provider}: {failure}")]
    Provider {
        /// Provider's name.
        provider: String,
        /// What happened.
        failure: CallFailure,
    },
    /// The database did not do its part.
    #[error("{}", store_words(.0))]
    Store(#[source] StoreError),
    /// A bug.
    #[error("Something went wrong inside Purser. The log has it under this request id.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(words) => Self::Conflict(conflict_words(words)),
            other => Self::Store(other),
        }
    }
}

impl ServiceError {
    /// A bug, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// One wrong field.
    pub fn field(name: &str, message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(name, message))
    }

    /// Is it worth the log's attention, with its causes?
    pub const fn is_ours(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Internal(_))
    }

    /// The verdict behind a provider's failure, if it is one.
    pub const fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Provider { failure, .. } => Some(failure.verdict),
            Self::CredentialRejected { .. } => Some(Verdict::BadCredential),
            _ => None,
        }
    }
}

/// Words for the conflicts that storage can name.
fn conflict_words(kind: &'static str) -> &'static str {
    match kind {
        "stale_version" => "Somebody else changed this meanwhile. Reload the page to see it, then try again.",
        "email_taken" => "That e-mail address already has an account.",
        "last_owner" => "This is the last active owner. Make somebody else an owner first.",
        "flow_ended" => "This sign-in has ended meanwhile. Reload the page, then start again.",
        "already_set_up" => "Purser is set up already. Sign in instead.",
        other => other,
    }
}

fn store_words(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unavailable(_) => "The database is not available right now. Nothing was lost; try again in a moment.",
        StoreError::Full(_) => "The disk or database is full. Nothing was saved; make room and try again.",
        StoreError::Conflict(_) | StoreError::Inconsistent { .. } | StoreError::Failed(_) => {
            "Something went wrong inside Purser. The log has it under this request id."
        }
    }
}

fn quoted(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(" It says: “{message}”") }
}

fn clock_text(at: OffsetDateTime) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}
