//! What a token endpoint's answer means (RFC 6749 §5.1 and §5.2, and how vendors deviate).

use super::GrantSecrets;
use crate::flow::plain_words;
use crate::provider::Terminal;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

/// Tokens as issued.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token.
    pub access_token: SecretString,
    /// A new refresh token; without one the old one stays (RFC 6749 §6).
    pub refresh_token: Option<SecretString>,
    /// Raw, not verified yet.
    pub id_token: Option<SecretString>,
    /// Lifetime of the access token, where said.
    pub expires_in: Option<Duration>,
    /// The life left to the refresh token. No RFC has it; servers that say it call it `refresh_token_expires_in` or
    /// `refresh_expires_in`.
    pub refresh_expires_in: Option<Duration>,
    /// Granted scopes; `None` means what was asked for (RFC 6749 §5.1).
    pub scope: Option<Vec<String>>,
    /// E-mail or organisation beside the tokens, where the provider puts one there.
    pub account: Option<String>,
}

/// A token request that brought no tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TokenError {
    /// What follows from it.
    pub kind: TokenErrorKind,
    /// The error code; empty when there was none.
    pub code: String,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The provider's or the network's own words, plain and short. Never a token.
    pub message: String,
    /// The provider's `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// What follows from a failed token request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenErrorKind {
    /// The provider ended the grant or refused the code, by a code that is known to mean so.
    Ended,
    /// Try again later: rate limit, outage, a page in between, an unknown error.
    Transient,
    /// The request went out and no answer came that could be read: the token may be spent.
    Unanswered,
}

/// Codes that end a grant at every provider (RFC 6749 §5.2, and the names OpenAI documents for Sign in with ChatGPT).
const ENDING: [&str; 7] = [
    "invalid_grant",
    "invalid_refresh_token",
    "token_expired",
    "refresh_token_expired",
    "refresh_token_reused",
    "refresh_token_invalidated",
    "invalid_client",
];

impl TokenError {
    /// The network failed. `sent` says whether the request may have arrived.
    pub fn network(sent: bool, message: impl Into<String>) -> Self {
        let kind = if sent { TokenErrorKind::Unanswered } else { TokenErrorKind::Transient };
        Self { kind, code: String::new(), status: None, message: message.into(), retry_after: None }
    }

    /// An answer without tokens. Where the token endpoint itself may have done its work (a 2xx that does not read, a gateway that
    /// lost the answer: RFC 9110 §15.6.3 and §15.6.5), a refresh token may be spent.
    fn answered(status: u16, retry_after: Option<Duration>, message: impl Into<String>) -> Self {
        let kind = if matches!(status, 200..300 | 502 | 504) { TokenErrorKind::Unanswered } else { TokenErrorKind::Transient };
        Self { kind, code: String::new(), status: Some(status), message: message.into(), retry_after }
    }
}

#[derive(Deserialize)]
struct Body {
    access_token: Option<String>,
    refresh_token: Option<String>,
    id_token: Option<String>,
    expires_in: Option<Value>,
    #[serde(alias = "refresh_token_expires_in")]
    refresh_expires_in: Option<Value>,
    scope: Option<String>,
    token_type: Option<String>,
    account: Option<Value>,
    error: Option<Value>,
}

/// Reads an answer.
///
/// # Errors
/// [`TokenError`]: an error in either of the two shapes in use, an HTML page, or a 2xx that carries no token.
pub fn read(status: u16, retry_after: Option<Duration>, body: &str, terminal: &Terminal) -> Result<Tokens, TokenError> {
    let value = object(status, retry_after, body, terminal)?;
    let Ok(body) = serde_json::from_value::<Body>(value) else {
        return Err(TokenError::answered(status, retry_after, "an answer whose members have the wrong types"));
    };
    tokens(body, status)
}

/// Reads an answer that carries a key instead of tokens (`OpenRouter`'s OAuth PKCE guide).
///
/// # Errors
/// As [`read`].
pub fn read_key(status: u16, retry_after: Option<Duration>, body: &str, terminal: &Terminal) -> Result<SecretString, TokenError> {
    let value = object(status, retry_after, body, terminal)?;
    let key = value.get("key").and_then(Value::as_str).filter(|key| !key.trim().is_empty());
    key.map(SecretString::from).ok_or_else(|| TokenError::answered(status, None, "an answer without a key"))
}

/// The object of a good answer.
fn object(status: u16, retry_after: Option<Duration>, body: &str, terminal: &Terminal) -> Result<Value, TokenError> {
    let success = (200..300).contains(&status);
    let parsed: Option<Value> = serde_json::from_str(body).ok().filter(Value::is_object);
    let Some(value) = parsed else {
        let what = if success { "an answer that is not JSON" } else { "an error page" };
        // Whatever its status: a proxy on the way says 401, too, and a token endpoint speaks JSON (RFC 6749 §5.2).
        return Err(TokenError::answered(status, retry_after, format!("{what} (HTTP {status})")));
    };
    if !success || value.get("error").is_some_and(|error| !error.is_null()) {
        return Err(refusal(status, retry_after, &value, terminal));
    }
    Ok(value)
}

fn tokens(body: Body, status: u16) -> Result<Tokens, TokenError> {
    let missing = |what: &str| TokenError::answered(status, None, format!("an answer without {what}"));
    if body.token_type.as_deref().is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(TokenError::answered(status, None, "a token of a kind that is not bearer"));
    }
    drop(body.error);
    let text = |token: Option<String>| token.filter(|token| !token.is_empty()).map(SecretString::from);
    Ok(Tokens {
        access_token: text(body.access_token).ok_or_else(|| missing("an access token"))?,
        refresh_token: text(body.refresh_token),
        id_token: text(body.id_token),
        expires_in: body.expires_in.as_ref().and_then(seconds),
        refresh_expires_in: body.refresh_expires_in.as_ref().and_then(seconds),
        scope: body.scope.map(|scope| scope.split_whitespace().map(str::to_owned).collect()),
        account: body.account.as_ref().and_then(|account| account.get("email_address")?.as_str().map(plain_words)),
    })
}

/// A number or a text of one; nothing useful counts as not said.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (1.0..=10.0 * 365.0 * 86_400.0).contains(&seconds).then(|| Duration::seconds_f64(seconds))
}

/// `{error, error_description}` (RFC 6749 §5.2), or `{error:{type|code, message}}`.
fn refusal(status: u16, retry_after: Option<Duration>, value: &Value, terminal: &Terminal) -> TokenError {
    let error = value.get("error").unwrap_or(&Value::Null);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let code =
        error.as_str().map(str::to_owned).or_else(|| text(error, "code")).or_else(|| text(error, "type")).or_else(|| text(value, "code"));
    let code = plain_words(&code.unwrap_or_default());
    let words = text(value, "error_description").or_else(|| text(error, "message")).or_else(|| text(value, "message"));
    let message = match words.map(|words| plain_words(&words)).filter(|words| !words.is_empty()) {
        Some(words) => words,
        None if code.is_empty() => format!("HTTP {status}"),
        None => format!("{code} (HTTP {status})"),
    };
    let known = ENDING.contains(&code.as_str()) || terminal.codes.contains(&code);
    let mut refused = TokenError { code, ..TokenError::answered(status, retry_after, message) };
    // An error that is spelled out is an answer, whatever its status; but a gateway's does not speak for the token endpoint.
    if status < 300 {
        refused.kind = TokenErrorKind::Transient;
    }
    // An overloaded provider sometimes says so with an error object of the same shape.
    if (known && status < 500 && status != 429) || terminal.statuses.contains(&status) {
        refused.kind = TokenErrorKind::Ended;
    }
    refused
}

impl Tokens {
    /// When the refresh token ends if it is never used: as this answer says, or as the provider documents it (`documented`).
    /// An answer without a refresh token prolongs nothing.
    pub fn refresh_ends_at(&self, now: OffsetDateTime, documented: Option<Duration>) -> Option<OffsetDateTime> {
        let documented = documented.filter(|_| self.refresh_token.is_some());
        Some(now + self.refresh_expires_in.or(documented)?)
    }

    /// What is sealed: what the answer leaves out stays as it was (RFC 6749 §6).
    pub fn merged(&self, before: Option<&GrantSecrets>) -> GrantSecrets {
        GrantSecrets {
            access_token: self.access_token.clone(),
            refresh_token: self.refresh_token.clone().or_else(|| before.and_then(|before| before.refresh_token.clone())),
            client_id: before.and_then(|before| before.client_id.clone()),
            account_id: before.and_then(|before| before.account_id.clone()),
            subject: before.and_then(|before| before.subject.clone()),
        }
    }
}
