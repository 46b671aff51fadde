//! Grok's `auth.json`: records by `<issuer>::<client id>` (grok-build `auth/model.rs`, `auth/storage.rs`).

use super::credential::{CliCredential, CredentialFileError, plain, text, token};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Scope key of a stored API key.
const API_KEY: &str = "xai::api_key";

pub(super) fn read(records: &Map<String, Value>) -> Result<CliCredential, CredentialFileError> {
    let signed_in: Vec<(&String, &Map<String, Value>)> = records
        .iter()
        .filter_map(|(scope, record)| Some((scope, record.as_object()?)))
        .filter(|(scope, record)| *scope != API_KEY && matches!(text(record, "auth_mode").as_deref(), None | Some("oidc")))
        .collect();
    let (scope, record) = match signed_in.as_slice() {
        [one] => *one,
        [] if records.contains_key(API_KEY) => return Err(CredentialFileError::ApiKey),
        [] => return Err(CredentialFileError::OtherSchema("a sign-in")),
        _ => return Err(CredentialFileError::Several),
    };
    let named = scope.rsplit_once("::");
    Ok(CliCredential {
        access_token: token(record, "key").ok_or(CredentialFileError::OtherSchema("`key`"))?,
        refresh_token: token(record, "refresh_token"),
        id_token: None,
        expires_at: text(record, "expires_at").and_then(|at| OffsetDateTime::parse(&at, &Rfc3339).ok()),
        account_id: None,
        user_id: text(record, "user_id"),
        email: text(record, "email"),
        issuer: text(record, "oidc_issuer").or_else(|| named.map(|(issuer, _)| issuer.to_owned())),
        client_id: text(record, "oidc_client_id").or_else(|| named.map(|(_, client)| client.to_owned())),
    })
}

/// Without a refresh token the program uses the access token until `expires_at` and asks nobody for another one.
pub(super) fn write(credential: &CliCredential, now: OffsetDateTime) -> Value {
    let at = |time: OffsetDateTime| time.format(&Rfc3339).unwrap_or_default();
    let issuer = credential.issuer.as_deref().unwrap_or_default();
    let client_id = credential.client_id.as_deref().unwrap_or_default();
    let mut record = json!({
        "key": plain(Some(&credential.access_token)),
        "auth_mode": "oidc",
        "create_time": at(now),
        "user_id": credential.user_id.as_deref().unwrap_or_default(),
        "email": credential.email,
        "oidc_issuer": issuer,
        "oidc_client_id": client_id,
    });
    if let (Some(record), Some(expires_at)) = (record.as_object_mut(), credential.expires_at) {
        record.insert("expires_at".to_owned(), at(expires_at).into());
    }
    if let (Some(record), Some(refresh)) = (record.as_object_mut(), plain(credential.refresh_token.as_ref())) {
        record.insert("refresh_token".to_owned(), refresh.into());
    }
    json!({ format!("{issuer}::{client_id}"): record })
}
