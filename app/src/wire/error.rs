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

impl ErrorCode {
    /// The one place that maps an error to an HTTP status: server functions, the machine API and the gateway use it.
    pub const fn status(self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Invalid | Self::CredentialRejected => 422,
            Self::Throttled => 429,
            Self::Protocol => 400,
            Self::ProviderNotConfigured | Self::TokenExpired | Self::NoEligibleEndpoints | Self::Unavailable => 503,
            Self::ProviderError => 502,
            Self::Internal => 500,
        }
    }

    /// The code as text, as it stands in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
            Self::CredentialRejected => "credential_rejected",
            Self::ProviderNotConfigured => "provider_not_configured",
            Self::TokenExpired => "token_expired",
            Self::NoEligibleEndpoints => "no_eligible_endpoints",
            Self::ProviderError => "provider_error",
            Self::Unavailable => "unavailable",
            Self::Protocol => "protocol",
            Self::Internal => "internal",
        }
    }
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
