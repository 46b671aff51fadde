//! The credential file of a provider's program: read when it has signed in, written when a run borrows.

use super::{codex, grok};
use crate::provider::CredentialFormat;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use time::OffsetDateTime;

/// Longest file that is read; a real one has a few kilobytes.
pub(super) const LONGEST: usize = 256 * 1024;

/// What a program's credential file holds. Never printed: `Debug` redacts the secrets.
#[derive(Debug, Clone)]
pub struct CliCredential {
    /// Sent with inference calls.
    pub access_token: SecretString,
    /// Fetches the next one.
    pub refresh_token: Option<SecretString>,
    /// Who signed in (`OpenID` Connect), raw and not verified.
    pub id_token: Option<SecretString>,
    /// When the access token stops working, where the file or the token says so.
    pub expires_at: Option<OffsetDateTime>,
    /// The account that inference calls have to name.
    pub account_id: Option<String>,
    /// The person at the provider.
    pub user_id: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// The client it was issued to: the refresh has to name the same.
    pub client_id: Option<String>,
}

/// Why a credential file cannot be used. No variant repeats what is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialFileError {
    /// More than any credential file has.
    #[error("it is larger than a credential file is")]
    TooLarge,
    /// Empty, cut off in the middle, or no JSON at all.
    #[error("it is not whole, or no JSON")]
    NotJson,
    /// JSON, but not what this program writes.
    #[error("it is not what this program writes: {0} is missing")]
    OtherSchema(&'static str),
    /// It holds an API key instead of a sign-in.
    #[error("it holds an API key, not a sign-in")]
    ApiKey,
    /// Several sign-ins, and nothing says which one is meant.
    #[error("it holds several sign-ins")]
    Several,
    /// The access token has run out already.
    #[error("its access token has run out")]
    RunOut,
}

impl CliCredential {
    /// Reads a credential file.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(format: CredentialFormat, bytes: &[u8], now: OffsetDateTime) -> Result<Self, CredentialFileError> {
        if bytes.len() > LONGEST {
            return Err(CredentialFileError::TooLarge);
        }
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Err(CredentialFileError::NotJson) };
        let Value::Object(members) = value else { return Err(CredentialFileError::OtherSchema("the object")) };
        let credential = match format {
            CredentialFormat::Grok => grok::read(&members),
            CredentialFormat::Codex => codex::read(&members),
        }?;
        // With a refresh token a late access token is no matter.
        let late = credential.refresh_token.is_none() && credential.expires_at.is_some_and(|at| at <= now);
        if late { Err(CredentialFileError::RunOut) } else { Ok(credential) }
    }

    /// The file for a run that borrows: the access token, and nothing that could fetch another one.
    pub fn lent(&self, format: CredentialFormat, now: OffsetDateTime) -> SecretString {
        let only_access = Self { refresh_token: None, ..self.clone() };
        only_access.handed_over(format, now)
    }

    /// The whole file, for the one run that has the credential to itself.
    pub fn handed_over(&self, format: CredentialFormat, now: OffsetDateTime) -> SecretString {
        let members = match format {
            CredentialFormat::Grok => grok::write(self, now),
            CredentialFormat::Codex => codex::write(self, now),
        };
        SecretString::from(members.to_string())
    }
}

/// A member that is a text with something in it.
pub(super) fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A token: visible ASCII, as every header value has to be.
pub(super) fn token(members: &Map<String, Value>, name: &str) -> Option<SecretString> {
    text(members, name).filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic())).map(SecretString::from)
}

/// The text of a secret for a file that is written.
pub(super) fn plain(secret: Option<&SecretString>) -> Option<&str> {
    secret.map(ExposeSecret::expose_secret)
}
