//! What only Purser may know of a sign-in under way.

use crate::Entropy;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Three independent random values, 32 bytes each in base64url: none can be guessed from another.
#[derive(Debug, Clone)]
pub struct FlowSecrets {
    /// Ties the answer to the question (RFC 6749 §10.12).
    pub state: SecretString,
    /// Proves in the exchange that the code was asked for by us (RFC 7636 §4.1).
    pub code_verifier: SecretString,
    /// Ties the ID token to the question (`OpenID` Connect Core §3.1.2.1).
    pub nonce: SecretString,
}

/// As sealed.
#[derive(Serialize, Deserialize)]
struct Plain {
    state: String,
    code_verifier: String,
    nonce: String,
}

impl FlowSecrets {
    /// New ones.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let random = || SecretString::from(URL_SAFE_NO_PAD.encode(entropy.bytes::<32>()));
        Self { state: random(), code_verifier: random(), nonce: random() }
    }

    /// The text to seal.
    pub fn to_sealable(&self) -> SecretString {
        let plain = Plain {
            state: self.state.expose_secret().to_owned(),
            code_verifier: self.code_verifier.expose_secret().to_owned(),
            nonce: self.nonce.expose_secret().to_owned(),
        };
        SecretString::from(serde_json::to_string(&plain).unwrap_or_default())
    }

    /// Back from the vault; `None` for a text that is not ours.
    pub fn from_sealed(text: &SecretString) -> Option<Self> {
        let plain: Plain = serde_json::from_str(text.expose_secret()).ok()?;
        Some(Self { state: plain.state.into(), code_verifier: plain.code_verifier.into(), nonce: plain.nonce.into() })
    }
}

/// How a sign-in is looked up: SHA-256 of `state`, so that the database never holds the value itself in the clear.
pub fn state_hash(state: &SecretString) -> [u8; 32] {
    Sha256::digest(state.expose_secret().as_bytes()).into()
}
