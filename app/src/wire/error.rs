//! The one error a page or an agent sees.

use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use std::collections::BTreeMap;

/// A stable code; the interface reacts to it and people quote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Nobody is signed in, or the session ended.
    SignedOut,
    /// Signed in, and not allowed.
    Forbidden,
    /// No such thing.
    NotFound,
    /// A field is wrong; see `field_errors`.
    Invalid,
    /// Somebody else changed it first.
    Conflict,
    /// Too many tries; wait.
    Throttled,
    /// The provider refused the credential; nothing was saved.
    CredentialRejected,
    /// The provider has no connection.
    ProviderNotConfigured,
    /// The sign-in ended.
    TokenExpired,
    /// Nobody can serve the request.
    NoEligibleEndpoints,
    /// The provider answered with an error.
    ProviderError,
    /// The database is not available; nothing was lost.
    Unavailable,
    /// The browser and the server do not understand each other (old page after an update?).
    Protocol,
    /// A bug; the log has it under the request id.
    Internal,
}

/// What went wrong, in words that are safe for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// For programs.
    pub code: ErrorCode,
    /// For people: who, what happened, the remedy.
    pub message: String,
    /// Field name → what is wrong with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub field_errors: BTreeMap<String, String>,
    /// Finds the log lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl AppError {
    /// An error without field errors.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field_errors: BTreeMap::new(), request_id: None }
    }

    /// What is wrong with one field.
    pub fn field(&self, name: &str) -> Option<String> {
        self.field_errors.get(name).cloned()
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::new(ErrorCode::Unavailable, "Purser did not answer. Check your connection and try again.")
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::new(ErrorCode::Protocol, "This page is older than the server. Reload it and try again.")
            }
            _ => Self::new(ErrorCode::Protocol, "The answer could not be read. Reload the page and try again."),
        }
    }
}
