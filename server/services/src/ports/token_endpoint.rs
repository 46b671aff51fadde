//! A provider's authorization server, as the sign-in flows and the refresh see it.

use async_trait::async_trait;
use domain::provider::TokenFormat;
use secrecy::SecretString;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};
use url::Url;

/// One request to a token or revocation endpoint. What is in it and what the answer means is decided in the domain.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// Where.
    pub url: Url,
    /// How the fields are written.
    pub format: TokenFormat,
    /// Names and values, in this order. All values are treated as secrets.
    pub fields: Vec<(&'static str, SecretString)>,
    /// Further names and values, from the catalogue; no secrets.
    pub parameters: BTreeMap<String, String>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct TokenReply {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
    /// At most 256 KiB; holds tokens, so it is never printed.
    pub body: SecretString,
}

/// No answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NoReply {
    /// May the request have arrived? `false` for DNS, TCP and TLS failures.
    pub sent: bool,
    /// The network's words.
    pub message: String,
}

/// What an ID token has to prove (`OpenID` Connect Core §3.1.3.7).
#[derive(Debug, Clone)]
pub struct IdTokenCheck<'a> {
    /// The raw token.
    pub id_token: &'a SecretString,
    /// Where the issuer's keys are.
    pub jwks_uri: &'a Url,
    /// `iss` must be this.
    pub issuer: &'a str,
    /// `aud` must name this client.
    pub audience: &'a str,
    /// `nonce` must be this, at sign-in.
    pub nonce: Option<&'a SecretString>,
    /// The present, for `exp`, `nbf` and `iat`, with a minute of grace.
    pub now: OffsetDateTime,
}

/// An ID token that could not be shown to prove what it has to, in words that carry no claim values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// It proves nothing.
    #[error("the ID token proves nothing: {0}")]
    Invalid(String),
    /// The issuer's keys could not be had; that says nothing about the token.
    #[error("{0}")]
    Unreachable(String),
}

/// The provider's authorization server.
#[async_trait]
pub trait TokenEndpoint: Send + Sync {
    /// Sends one request; no redirects are followed; 30 s at most.
    ///
    /// # Errors
    /// [`NoReply`] when nothing came back.
    async fn send(&self, request: TokenRequest) -> Result<TokenReply, NoReply>;

    /// Verifies an ID token against the issuer's published keys (cached; fetched again for an unknown key id, not too often) and
    /// returns its claims.
    ///
    /// # Errors
    /// [`IdTokenError`] when it does not prove what it has to, or when the keys could not be fetched.
    async fn verify_id_token(&self, check: IdTokenCheck<'_>) -> Result<serde_json::Value, IdTokenError>;
}
