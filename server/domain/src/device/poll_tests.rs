use super::poll::{Poll, read};
use crate::provider::DeviceProtocol::{self, CodexDeviceAuth, Rfc8628};
use secrecy::ExposeSecret;
use time::Duration;

/// The answer in one word, for tables.
fn word(protocol: DeviceProtocol, status: u16, body: &str) -> String {
    match read(protocol, status, body.as_bytes()) {
        Poll::Granted => "granted".into(),
        Poll::Code { authorization_code, code_verifier } => {
            format!("code {} {}", authorization_code.expose_secret(), code_verifier.expose_secret())
        }
        Poll::Pending => "pending".into(),
        Poll::SlowDown { interval } => format!("slow {}", interval.unwrap_or(Duration::ZERO).whole_seconds()),
        Poll::Denied => "denied".into(),
        Poll::Expired => "expired".into(),
        Poll::Refused { code, message } => format!("refused {code}: {message}"),
        Poll::Nothing => "nothing".into(),
    }
}

#[test]
fn the_standard_and_its_deviations() {
    for (status, body, expected) in [
        (400, r#"{"error":"authorization_pending"}"#, "pending"),
        (200, r#"{"error":"authorization_pending"}"#, "pending"),
        (403, r#"{"error":{"code":"authorization_pending"}}"#, "pending"),
        (400, r#"{"error":"slow_down"}"#, "slow 0"),
        (429, r#"{"error":"slow_down","interval":10}"#, "slow 10"),
        (200, r#"{"error":"slow_down","interval":"12"}"#, "slow 12"),
        (400, r#"{"error":"access_denied"}"#, "denied"),
        (400, r#"{"error":"authorization_denied"}"#, "denied"),
        (400, r#"{"error":"expired_token"}"#, "expired"),
        (400, r#"{"error":"invalid_client","error_description":"no"}"#, "refused invalid_client: no"),
        (401, r#"{"error":{"type":"invalid_request","message":"m"}}"#, "refused invalid_request: m"),
        (400, r#"{"detail":"odd"}"#, "refused 400: the provider answered with status 400"),
        (200, r#"{"access_token":"t","token_type":"Bearer"}"#, "granted"),
        (200, r#"{"access_token":""}"#, "nothing"),
        (200, r#"{"ok":true}"#, "nothing"),
        (200, "<html>log in to the hotel</html>", "nothing"),
        (403, "<html>challenge</html>", "nothing"),
        (200, "access_token=t", "nothing"),
        (429, r#"{"message":"too many"}"#, "nothing"),
        (503, r#"{"error":"temporarily_unavailable"}"#, "nothing"),
        (502, "", "nothing"),
        (302, "{}", "nothing"),
    ] {
        assert_eq!(word(Rfc8628, status, body), expected, "{status} {body}");
    }
}

#[test]
fn codex_means_not_yet_by_403_and_404() {
    let code = r#"{"authorization_code":"ac","code_challenge":"cc","code_verifier":"cv"}"#;
    for (status, body, expected) in [
        (200, code, "code ac cv"),
        (200, r#"{"authorization_code":"ac"}"#, "nothing"),
        (200, r#"{"access_token":"t"}"#, "nothing"),
        (403, r#"{"error":{"code":"deviceauth_authorization_pending"}}"#, "pending"),
        (403, r#"{"error":{"code":"something_new"}}"#, "pending"),
        (403, "<html>", "pending"),
        (404, "", "pending"),
        (403, r#"{"error":{"code":"deviceauth_access_denied"}}"#, "denied"),
        (400, r#"{"error":{"code":"deviceauth_expired_token"}}"#, "expired"),
        (429, "", "slow 0"),
        (400, r#"{"error":"invalid_request","error_description":"bad"}"#, "refused invalid_request: bad"),
        (500, "", "nothing"),
    ] {
        assert_eq!(word(CodexDeviceAuth, status, body), expected, "{status} {body}");
    }
}

#[test]
fn the_code_and_its_verifier_are_not_printed() {
    let answer = read(CodexDeviceAuth, 200, br#"{"authorization_code":"ac-secret","code_verifier":"cv-secret"}"#);
    assert!(!format!("{answer:?}").contains("secret\""), "{answer:?}");
}
