//! Every kind of answer a token endpoint gives, as the vendors write them.

use super::token_answer::{read, read_key};
use super::{GrantSecrets, TokenError, TokenErrorKind, Tokens};
use crate::provider::sign_in::Terminal;
use secrecy::{ExposeSecret, SecretString};
use time::Duration;

fn codex() -> Terminal {
    Terminal { codes: Vec::new(), statuses: vec![401] }
}

fn good(body: &str) -> Tokens {
    read(200, None, body, &Terminal::default()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn bad(status: u16, body: &str) -> TokenError {
    read(status, None, body, &Terminal::default()).expect_err(body)
}

fn shown(token: Option<&SecretString>) -> Option<&str> {
    token.map(ExposeSecret::expose_secret)
}

#[test]
fn a_full_answer() {
    let tokens = good(
        r#"{"token_type":"bearer","access_token":"a","refresh_token":"r","id_token":"i","expires_in":3600,"scope":"one two",
            "account":{"uuid":"x","email_address":"ana@example.org"},"organization":{"name":"Example"}}"#,
    );
    assert_eq!(tokens.access_token.expose_secret(), "a");
    assert_eq!((shown(tokens.refresh_token.as_ref()), shown(tokens.id_token.as_ref())), (Some("r"), Some("i")));
    assert_eq!(tokens.expires_in, Some(Duration::hours(1)));
    assert_eq!(tokens.scope.as_deref(), Some(&["one".to_owned(), "two".to_owned()][..]));
    assert_eq!(tokens.account.as_deref(), Some("ana@example.org"));
}

#[test]
fn an_answer_with_nothing_but_an_access_token() {
    let tokens = good(r#"{"access_token":"a"}"#);
    assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none() && tokens.expires_in.is_none() && tokens.scope.is_none());
    let empty = good(r#"{"access_token":"a","refresh_token":"","scope":null,"expires_in":null,"token_type":null,"error":null}"#);
    assert!(empty.refresh_token.is_none() && empty.scope.is_none());
}

#[test]
fn lifetimes_in_every_spelling_and_none_that_is_nonsense() {
    for (written, seconds) in [("3600", 3600), ("\"3600\"", 3600), ("59.9", 59), ("\" 60 \"", 60)] {
        let expires_in = good(&format!(r#"{{"access_token":"a","expires_in":{written}}}"#)).expires_in;
        assert_eq!(expires_in.map(Duration::whole_seconds), Some(seconds), "{written}");
    }
    for nonsense in ["0", "-5", "\"soon\"", "1e300", "{}", "true"] {
        assert_eq!(good(&format!(r#"{{"access_token":"a","expires_in":{nonsense}}}"#)).expires_in, None, "{nonsense}");
    }
}

#[test]
fn errors_in_both_shapes() {
    for (status, body, code, words) in [
        (400, r#"{"error":"invalid_grant","error_description":"Refresh token not found"}"#, "invalid_grant", "Refresh token not found"),
        (400, r#"{"type":"error","error":{"type":"invalid_grant","message":"no"}}"#, "invalid_grant", "no"),
        (
            401,
            r#"{"error":{"message":"used","type":"invalid_request_error","code":"refresh_token_reused"}}"#,
            "refresh_token_reused",
            "used",
        ),
        (400, r#"{"code":"token_expired","error":{},"message":"gone"}"#, "token_expired", "gone"),
        (200, r#"{"error":"invalid_grant"}"#, "invalid_grant", "invalid_grant (HTTP 200)"),
    ] {
        let error = bad(status, body);
        assert_eq!((error.kind, error.code.as_str(), error.message.as_str()), (TokenErrorKind::Ended, code, words), "{body}");
        assert_eq!(error.status, Some(status));
    }
}

#[test]
fn only_known_codes_end_a_grant() {
    for (status, body) in [
        (400, r#"{"error":"invalid_request","error_description":"no"}"#),
        (403, r#"{"error":{"type":"permission_error","message":"no"}}"#),
        (400, r#"{"error":"something_new"}"#),
        (401, r#"{"error":"something_new"}"#),
        (429, r#"{"error":"invalid_grant"}"#),
        (500, r#"{"error":"invalid_grant"}"#),
        (503, r#"{"error":{"type":"overloaded_error","message":"busy"}}"#),
        (403, "<html><title>Just a moment...</title></html>"),
        (307, ""),
        (404, "not found"),
    ] {
        assert_eq!(bad(status, body).kind, TokenErrorKind::Transient, "{status} {body}");
    }
    assert_eq!(bad(400, r#"{"error":"invalid_client"}"#).kind, TokenErrorKind::Ended);
    let own = Terminal { codes: vec!["account_closed".into()], statuses: Vec::new() };
    assert_eq!(read(403, None, r#"{"error":"account_closed"}"#, &own).expect_err("closed").kind, TokenErrorKind::Ended);
}

#[test]
fn a_status_may_end_a_grant_whatever_the_code_is() {
    for body in [r#"{"error":"something_new"}"#, r#"{"detail":"Unauthorized"}"#, "{}"] {
        assert_eq!(read(401, None, body, &codex()).expect_err(body).kind, TokenErrorKind::Ended, "{body}");
    }
}

#[test]
fn a_status_on_a_page_of_somebody_in_between_ends_nothing() {
    for body in ["<html><title>Proxy authentication required</title></html>", "", "Unauthorized", "[]", "\"denied\""] {
        assert_eq!(read(401, None, body, &codex()).expect_err(body).kind, TokenErrorKind::Transient, "{body}");
    }
}

#[test]
fn an_answer_that_was_lost_on_the_way_may_have_spent_the_token() {
    for (status, body) in [
        (200, "OK"),
        (200, "<html>Welcome to Harbour Wi-Fi</html>"),
        (200, r#"{"access_token":"a"#),
        (200, "[]"),
        (200, "{}"),
        (200, r#"{"access_token":""}"#),
        (200, r#"{"access_token":7}"#),
        (200, r#"{"access_token":"a","token_type":"mac"}"#),
        (502, "Bad Gateway"),
        (504, "<html>Gateway Timeout</html>"),
        (502, r#"{"error":"bad_gateway"}"#),
    ] {
        assert_eq!(bad(status, body).kind, TokenErrorKind::Unanswered, "{status} {body}");
    }
    assert_eq!(TokenError::network(true, "x").kind, TokenErrorKind::Unanswered);
    assert_eq!(TokenError::network(false, "x").kind, TokenErrorKind::Transient);
}

#[test]
fn retry_after_is_handed_on() {
    let wait = Some(Duration::seconds(17));
    let error = read(429, wait, r#"{"error":{"type":"rate_limit_error","message":"slow down"}}"#, &codex()).expect_err("429");
    assert_eq!((error.retry_after, error.kind, error.message.as_str()), (wait, TokenErrorKind::Transient, "slow down"));
}

#[test]
fn words_are_plain_and_carry_no_token() {
    let hostile = r#"{"error":"x","error_description":"a\u0000b\u202ec\nd   e","access_token":"secret-a","refresh_token":"secret-r"}"#;
    let error = bad(400, hostile);
    assert_eq!(error.message, "a bc d e");
    let long = bad(400, &format!(r#"{{"error":"x","error_description":"{}"}}"#, "w".repeat(5000)));
    assert_eq!(long.message.chars().count(), 300);
    for body in [hostile, r#"{"access_token":"secret-a","token_type":"mac"}"#, "secret-a secret-r"] {
        let error = read(200, None, body, &Terminal::default()).expect_err("refused");
        assert!(!format!("{error} {error:?}").contains("secret-"), "{error:?}");
    }
}

#[test]
fn what_an_answer_leaves_out_stays() {
    let before = GrantSecrets {
        access_token: "old-a".into(),
        refresh_token: Some("old-r".into()),
        client_id: Some("oaiapp_1".into()),
        account_id: Some("acct".into()),
        subject: Some("sub".into()),
    };
    let after = good(r#"{"access_token":"new-a"}"#).merged(Some(&before));
    assert_eq!((after.access_token.expose_secret(), shown(after.refresh_token.as_ref())), ("new-a", Some("old-r")));
    assert_eq!((after.client_id, after.account_id, after.subject), (before.client_id, before.account_id, before.subject));
    let rotated = good(r#"{"access_token":"new-a","refresh_token":"new-r"}"#);
    assert_eq!(shown(rotated.merged(None).refresh_token.as_ref()), Some("new-r"));
}

#[test]
fn a_code_becomes_a_key_at_openrouter() {
    let terminal = Terminal { codes: Vec::new(), statuses: vec![400, 403] };
    let read = |status, body| read_key(status, None, body, &terminal);
    assert_eq!(read(200, r#"{"key":"sk-or-v1-1","user_id":"u"}"#).expect("key").expose_secret(), "sk-or-v1-1");
    let wrong = read(403, r#"{"error":{"code":403,"message":"Invalid code or code_verifier"}}"#).expect_err("wrong code");
    assert_eq!((wrong.kind, wrong.message.as_str()), (TokenErrorKind::Ended, "Invalid code or code_verifier"));
    for (status, body, kind) in
        [(200, "{}", TokenErrorKind::Unanswered), (200, r#"{"key":" "}"#, TokenErrorKind::Unanswered), (503, "", TokenErrorKind::Transient)]
    {
        assert_eq!(read(status, body).expect_err(body).kind, kind, "{body}");
    }
}

#[test]
fn secrets_survive_sealing_and_are_never_printed() {
    let secrets = good(r#"{"access_token":"secret-a","refresh_token":"secret-r"}"#).merged(None);
    let back = GrantSecrets::from_sealed(&secrets.to_sealable()).expect("ours");
    assert_eq!((back.access_token.expose_secret(), shown(back.refresh_token.as_ref())), ("secret-a", Some("secret-r")));
    assert!(GrantSecrets::from_sealed(&"sk-a-key".into()).is_none());
    let tokens = good(r#"{"access_token":"secret-a","refresh_token":"secret-r","id_token":"secret-i"}"#);
    assert!(!format!("{secrets:?} {tokens:?} {:?}", secrets.to_sealable()).contains("secret-"));
    let print = super::fingerprint(&"secret-a".into());
    assert!(print.len() == 16 && print != super::fingerprint(&"secret-b".into()) && !print.contains("secret"));
}

#[test]
fn the_end_of_a_refresh_token_is_taken_from_the_answer_then_from_the_documentation() {
    let now = time::macros::datetime!(2026-11-23 12:00 UTC);
    let month = Some(Duration::days(30));
    for name in ["refresh_token_expires_in", "refresh_expires_in"] {
        let said = good(&format!(r#"{{"access_token":"a","refresh_token":"r","{name}":"86400"}}"#));
        assert_eq!(said.refresh_ends_at(now, month), Some(now + Duration::days(1)), "{name}");
    }
    let rotated = good(r#"{"access_token":"a","refresh_token":"r"}"#);
    assert_eq!(rotated.refresh_ends_at(now, month), Some(now + Duration::days(30)));
    assert_eq!(rotated.refresh_ends_at(now, None), None);
    assert_eq!(good(r#"{"access_token":"a"}"#).refresh_ends_at(now, month), None, "nothing new, nothing prolonged");
}
