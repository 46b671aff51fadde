//! Our access tokens: what an agent presents to us.
//!
//! Form: `pur_` + 12 characters of public id + `_` + 43 characters of secret (32 random bytes, base64url without
//! padding, RFC 4648 §5). The public id finds the row; only the SHA-256 of the whole token is stored. The secret has
//! full entropy, so a fast hash is enough and a slow one would only slow the gateway.

use crate::Entropy;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use time::OffsetDateTime;
use vocab::{AccessTokenId, ProviderId, Scope, UserId};

/// How every access token begins.
pub const PREFIX: &str = "pur_";
const PUBLIC_CHARS: usize = 12;
const SECRET_CHARS: usize = 43;

/// What a token may be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenLimits {
    /// At least one.
    pub scopes: Vec<Scope>,
    /// Only these providers; empty means all.
    pub providers: Vec<ProviderId>,
    /// Only these models (bare ids); empty means all.
    pub models: Vec<String>,
}

impl TokenLimits {
    /// May the token use this provider?
    pub fn allows_provider(&self, id: &ProviderId) -> bool {
        self.providers.is_empty() || self.providers.contains(id)
    }

    /// May the token use this model?
    pub fn allows_model(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|allowed| allowed == model)
    }
}

/// An access token's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The row's id.
    pub id: AccessTokenId,
    /// The person who made it; their role bounds it, and disabling them stops it.
    pub created_by: UserId,
    /// As shown.
    pub name: String,
    /// Finds the row; not secret.
    pub public_id: String,
    /// SHA-256 of the whole token.
    pub secret_hash: [u8; 32],
    /// What it may be used for.
    pub limits: TokenLimits,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it stops by itself.
    pub expires_at: Option<OffsetDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
    /// When it was last used (to the minute).
    pub last_used_at: Option<OffsetDateTime>,
}

impl AccessToken {
    /// Is it good at `now`?
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }

    /// Does `presented` match the stored hash? Constant time.
    pub fn matches(&self, presented: &PresentedToken<'_>) -> bool {
        self.secret_hash.ct_eq(&presented.hash).into()
    }
}

/// A fresh token, shown once.
pub struct NewToken {
    /// The whole token.
    pub secret: SecretString,
    /// For the row.
    pub public_id: String,
    /// For the row.
    pub secret_hash: [u8; 32],
}

/// Makes a token.
pub fn issue(entropy: &dyn Entropy) -> NewToken {
    let public_id = URL_SAFE_NO_PAD.encode(entropy.bytes::<9>()).replace(['-', '_'], "x");
    let token = format!("{PREFIX}{public_id}_{}", URL_SAFE_NO_PAD.encode(entropy.bytes::<32>()));
    NewToken { secret_hash: hash(&token), public_id, secret: SecretString::from(token) }
}

/// A token somebody presented, well-formed but unproven.
#[derive(Debug)]
pub struct PresentedToken<'a> {
    /// Finds the row.
    pub public_id: &'a str,
    /// SHA-256 of the whole token.
    pub hash: [u8; 32],
}

/// Reads a presented token; `None` when it cannot be one of ours.
pub fn read(token: &SecretString) -> Option<PresentedToken<'_>> {
    let text = token.expose_secret();
    let (public_id, secret) = text.strip_prefix(PREFIX)?.split_at_checked(PUBLIC_CHARS)?;
    let secret = secret.strip_prefix('_')?;
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (secret.len() == SECRET_CHARS && plain(public_id) && plain(secret)).then(|| PresentedToken { public_id, hash: hash(text) })
}

/// SHA-256, the form in which bearer secrets of full entropy are stored.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for (i, byte) in buffer.iter_mut().enumerate() {
                *byte = u8::try_from(i).unwrap_or(0) ^ 0xa5;
            }
        }
    }

    #[test]
    fn an_issued_token_reads_back() {
        let new = issue(&Counting);
        let presented = read(&new.secret);
        assert_eq!(presented.as_ref().map(|p| p.public_id), Some(new.public_id.as_str()));
        assert_eq!(presented.map(|p| p.hash), Some(new.secret_hash));
    }

    #[test]
    fn strangers_do_not_read() {
        for text in ["", "pur_", "pur_short", "sk-abc", &format!("pur_{}", "x".repeat(56)), &"ä".repeat(60)] {
            assert!(read(&SecretString::from(text)).is_none(), "{text}");
        }
    }
}
