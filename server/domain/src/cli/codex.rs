//! Codex's `auth.json`: one object with `tokens` (codex-rs `login/src/auth/storage.rs`).

use super::credential::{CliCredential, CredentialFileError, plain, text, token};
use crate::grant::{Identity, OPENAI_AUTH};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) fn read(file: &Map<String, Value>) -> Result<CliCredential, CredentialFileError> {
    let Some(tokens) = file.get("tokens").and_then(Value::as_object) else {
        let key = text(file, "OPENAI_API_KEY").is_some();
        return Err(if key { CredentialFileError::ApiKey } else { CredentialFileError::OtherSchema("`tokens`") });
    };
    let access_token = token(tokens, "access_token").ok_or(CredentialFileError::OtherSchema("`tokens.access_token`"))?;
    let id_token = token(tokens, "id_token");
    let identity = id_token.as_ref().and_then(claims).map(|claims| Identity::of_claims(&claims)).unwrap_or_default();
    let access = claims(&access_token).unwrap_or_default();
    // Since 0.169 the file itself says whom the tokens are from.
    let origin = tokens.get("oauth_provenance").and_then(Value::as_object);
    let named = |name: &str| origin.and_then(|origin| text(origin, name));
    Ok(CliCredential {
        expires_at: access.get("exp").and_then(Value::as_i64).and_then(|exp| OffsetDateTime::from_unix_timestamp(exp).ok()),
        issuer: named("issuer").or_else(|| text_of(&access, "iss")),
        client_id: named("client_id").or_else(|| text_of(&access, "client_id")),
        access_token,
        refresh_token: token(tokens, "refresh_token"),
        id_token,
        account_id: text(tokens, "account_id").or(identity.account_id),
        user_id: identity.subject,
        email: identity.email,
    })
}

/// The program needs every member of `tokens` to be there: without a refresh token it is an empty text. A `last_refresh` of
/// now keeps it from refreshing, which it does after eight days or five minutes before the end. Measured with codex 0.169.
pub(super) fn write(credential: &CliCredential, now: OffsetDateTime) -> Value {
    let named = unsigned(credential);
    json!({
        "auth_mode": "chatgpt",
        "OPENAI_API_KEY": null,
        "tokens": {
            "id_token": plain(credential.id_token.as_ref()).unwrap_or(&named),
            "access_token": plain(Some(&credential.access_token)),
            "refresh_token": plain(credential.refresh_token.as_ref()).unwrap_or_default(),
            "account_id": credential.account_id,
        },
        "last_refresh": now.format(&Rfc3339).unwrap_or_default(),
    })
}

/// The program reads account and e-mail from an ID token and takes no file without one. It does not look at the signature,
/// and sends it nowhere: one that only says what we know does.
fn unsigned(credential: &CliCredential) -> String {
    let claims = json!({ "email": credential.email, OPENAI_AUTH: { "chatgpt_account_id": credential.account_id } });
    format!("e30.{}.e30", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// Claims of a token from a file that a genuine program wrote: for times and names, never for trust.
fn claims(token: &SecretString) -> Option<Value> {
    let payload = token.expose_secret().split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}

fn text_of(claims: &Value, name: &str) -> Option<String> {
    claims.get(name)?.as_str().map(str::to_owned)
}
