use super::credential::LONGEST;
use super::{CliCredential, CredentialFileError};
use crate::provider::CredentialFormat::{self, Codex, Grok};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use secrecy::ExposeSecret;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

/// As grok 1.0 writes it.
const GROK_FILE: &str = r#"{
  "https://auth.x.ai::b1a00492": {
    "key": "at-secret", "auth_mode": "oidc", "create_time": "2026-11-23T09:00:00.123456789Z", "user_id": "u-1", "email": null,
    "refresh_token": "rt-secret", "expires_at": "2026-11-23T15:00:00.123456789Z", "oidc_issuer": "https://auth.x.ai",
    "oidc_client_id": "b1a00492", "coding_data_retention_opt_out": false
  }
}"#;

fn jwt(claims: &serde_json::Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn codex_file() -> String {
    let access = jwt(&serde_json::json!({ "exp": 1_796_000_000, "iss": "https://auth.openai.com", "client_id": "app_1" }));
    let id =
        jwt(&serde_json::json!({ "sub": "u-2", "email": "a@b.example", "https://api.openai.com/auth": { "chatgpt_account_id": "acc-1" } }));
    serde_json::json!({
        "auth_mode": "chatgpt", "OPENAI_API_KEY": null, "last_refresh": "2026-11-23T09:00:00Z", "agent_identity": null,
        "tokens": { "id_token": id, "access_token": access, "refresh_token": "rt-secret", "account_id": "acc-1" },
    })
    .to_string()
}

fn refused(format: CredentialFormat, text: &str) -> CredentialFileError {
    CliCredential::read(format, text.as_bytes(), NOW).expect_err(text)
}

#[test]
fn grok_s_file_reads() {
    let credential = CliCredential::read(Grok, GROK_FILE.as_bytes(), NOW).expect("reads");
    assert_eq!(credential.access_token.expose_secret(), "at-secret");
    assert_eq!(credential.refresh_token.as_ref().map(ExposeSecret::expose_secret), Some("rt-secret"));
    assert_eq!(credential.expires_at, Some(datetime!(2026-11-23 15:00:00.123456789 UTC)));
    assert_eq!((credential.issuer.as_deref(), credential.client_id.as_deref()), (Some("https://auth.x.ai"), Some("b1a00492")));
    assert_eq!((credential.user_id.as_deref(), credential.email), (Some("u-1"), None));
}

#[test]
fn codex_s_file_reads() {
    let credential = CliCredential::read(Codex, codex_file().as_bytes(), NOW).expect("reads");
    assert_eq!(credential.expires_at.map(OffsetDateTime::unix_timestamp), Some(1_796_000_000));
    assert_eq!((credential.account_id.as_deref(), credential.email.as_deref()), (Some("acc-1"), Some("a@b.example")));
    assert_eq!((credential.user_id.as_deref(), credential.client_id.as_deref()), (Some("u-2"), Some("app_1")));
}

/// As codex 0.169 wrote it, captured; tokens replaced.
const CODEX_FILE: &str = r#"{
  "auth_mode": "chatgpt",
  "OPENAI_API_KEY": null,
  "tokens": {
    "id_token": "e30.eyJlbWFpbCI6ICJhQGIuYyJ9.c2ln",
    "access_token": "at-opaque",
    "refresh_token": "rt-secret",
    "oauth_provenance": { "issuer": "https://auth.openai.com", "client_id": "app_2" },
    "login_owner_id": "6GPm6fj4QNmyhBmdmcd4TQRgJYRvDW4i5DhUkUn23Kg",
    "account_id": "acct"
  },
  "last_refresh": "2026-11-30T23:59:48.682013443Z"
}"#;

#[test]
fn codex_s_file_says_whom_it_is_from() {
    let credential = CliCredential::read(Codex, CODEX_FILE.as_bytes(), NOW).expect("reads");
    assert_eq!((credential.issuer.as_deref(), credential.client_id.as_deref()), (Some("https://auth.openai.com"), Some("app_2")));
    assert_eq!((credential.email.as_deref(), credential.account_id.as_deref()), (Some("a@b.c"), Some("acct")));
    assert_eq!(credential.expires_at, None, "nothing says so");
}

#[test]
fn what_is_lent_cannot_be_refreshed() {
    for (format, file) in [(Grok, GROK_FILE.to_owned()), (Codex, codex_file())] {
        let credential = CliCredential::read(format, file.as_bytes(), NOW).expect("reads");
        let lent = credential.lent(format, NOW);
        assert!(!lent.expose_secret().contains("rt-secret"));
        let again = CliCredential::read(format, lent.expose_secret().as_bytes(), NOW).expect("the program reads it, too");
        assert!(again.refresh_token.is_none());
        assert_eq!(again.access_token.expose_secret(), credential.access_token.expose_secret());
        assert_eq!((again.expires_at, &again.account_id), (credential.expires_at, &credential.account_id));
        let whole = credential.handed_over(format, NOW);
        let whole = CliCredential::read(format, whole.expose_secret().as_bytes(), NOW).expect("reads");
        assert_eq!(whole.refresh_token.map(|token| token.expose_secret().to_owned()).as_deref(), Some("rt-secret"));
    }
}

#[test]
fn codex_gets_an_id_token_even_when_we_keep_none() {
    let credential = CliCredential::read(Codex, codex_file().as_bytes(), NOW).expect("reads");
    let kept = CliCredential { id_token: None, ..credential.clone() };
    let lent = kept.lent(Codex, NOW);
    let again = CliCredential::read(Codex, lent.expose_secret().as_bytes(), NOW).expect("reads");
    assert_eq!((again.email, again.account_id), (credential.email, credential.account_id));
    assert_eq!(again.id_token.map(|token| token.expose_secret().split('.').filter(|part| !part.is_empty()).count()), Some(3));
}

#[test]
fn a_file_that_cannot_be_used_says_why_and_nothing_else() {
    for format in [Grok, Codex] {
        for text in ["", "{", "not json", "\u{0}\u{0}", r#"{"a": "at-secret"#] {
            assert_eq!(refused(format, text), CredentialFileError::NotJson, "{text}");
        }
        for text in ["{}", "[]", "3", r#"{"version":2,"token":"at-secret"}"#] {
            let error = refused(format, text);
            assert!(matches!(error, CredentialFileError::OtherSchema(_)), "{text}: {error}");
            assert!(!error.to_string().contains("at-secret"));
        }
        assert_eq!(refused(format, &" ".repeat(LONGEST + 1)), CredentialFileError::TooLarge);
    }
    for (start, _) in GROK_FILE.char_indices().skip(1).take_while(|(at, _)| *at < GROK_FILE.len() - 1) {
        assert_eq!(refused(Grok, &GROK_FILE[..start]), CredentialFileError::NotJson, "half-written");
    }
    assert_eq!(refused(Grok, r#"{"xai::api_key":{"key":"xai-1","auth_mode":"api_key"}}"#), CredentialFileError::ApiKey);
    assert_eq!(refused(Codex, r#"{"OPENAI_API_KEY":"sk-1"}"#), CredentialFileError::ApiKey);
    assert_eq!(refused(Grok, r#"{"i::c":{"auth_mode":"oidc","key":""}}"#), CredentialFileError::OtherSchema("`key`"));
    assert_eq!(refused(Grok, "{\"i::c\":{\"key\":\"a b\"}}"), CredentialFileError::OtherSchema("`key`"), "no header could carry it");
    assert_eq!(refused(Grok, r#"{"a::c":{"key":"1"},"b::c":{"key":"2"}}"#), CredentialFileError::Several);
    assert_eq!(refused(Codex, r#"{"tokens":{"refresh_token":"r"}}"#), CredentialFileError::OtherSchema("`tokens.access_token`"));
    let late = r#"{"i::c":{"key":"k","expires_at":"2026-11-23T09:59:59Z"}}"#;
    assert_eq!(refused(Grok, late), CredentialFileError::RunOut);
}

#[test]
fn nothing_of_it_is_printed() {
    let credential = CliCredential::read(Grok, GROK_FILE.as_bytes(), NOW).expect("reads");
    assert!(!format!("{credential:?}").contains("secret\""), "{credential:?}");
}

proptest! {
    #[test]
    fn no_file_panics(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        json in "\\{(\"[a-z:]{1,9}\":(\\{\"key\":\"x\"\\}|1|null),?){0,3}\\}",
    ) {
        for format in [Grok, Codex] {
            let _ = CliCredential::read(format, &bytes, NOW);
            let _ = CliCredential::read(format, json.as_bytes(), NOW);
        }
    }
}
