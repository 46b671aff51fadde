//! What a signed-in grant holds, as it is sealed.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Tokens and what belongs to them. Never printed: `Debug` redacts the secrets.
#[derive(Debug, Clone)]
pub struct GrantSecrets {
    /// Sent with inference calls.
    pub access_token: SecretString,
    /// Fetches the next access token; some providers give none.
    pub refresh_token: Option<SecretString>,
    /// The client the tokens were issued to, where the provider issued one for us.
    pub client_id: Option<String>,
    /// The account at the provider that inference calls have to name.
    pub account_id: Option<String>,
    /// The person at the provider (`sub`), where told: signing in again must be the same one.
    pub subject: Option<String>,
}

/// As sealed. Keys may be added; a missing one reads as absent.
#[derive(Serialize, Deserialize)]
struct Plain {
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

impl GrantSecrets {
    /// The text to seal.
    pub fn to_sealable(&self) -> SecretString {
        let plain = Plain {
            access_token: self.access_token.expose_secret().to_owned(),
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose_secret().to_owned()),
            client_id: self.client_id.clone(),
            account_id: self.account_id.clone(),
            subject: self.subject.clone(),
        };
        SecretString::from(serde_json::to_string(&plain).unwrap_or_default())
    }

    /// Back from the vault; `None` for a text that is not ours.
    pub fn from_sealed(text: &SecretString) -> Option<Self> {
        let plain: Plain = serde_json::from_str(text.expose_secret()).ok()?;
        Some(Self {
            access_token: plain.access_token.into(),
            refresh_token: plain.refresh_token.map(SecretString::from),
            client_id: plain.client_id,
            account_id: plain.account_id,
            subject: plain.subject,
        })
    }
}

/// Names a token without telling it: sixteen hexadecimal digits of its SHA-256, for lease owners and comparisons.
pub fn fingerprint(token: &SecretString) -> String {
    hex::encode(&Sha256::digest(token.expose_secret().as_bytes())[..8])
}
