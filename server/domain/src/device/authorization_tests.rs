use super::authorization::{AuthorizationError, DeviceAuthorization, read};
use super::{FailureReason, VerificationRule};
use crate::provider::{Catalogue, DeviceProtocol, DeviceSettings};
use secrecy::ExposeSecret;
use time::Duration;
use vocab::AuthMethod;

fn settings(provider: &str) -> DeviceSettings {
    let catalogue = Catalogue::built_in().expect("a catalogue");
    let provider = catalogue.get(&provider.parse().expect("an id")).expect("known").clone();
    provider.method(AuthMethod::DeviceCode).and_then(|method| method.device.clone()).expect("a device method")
}

fn ask(provider: &str, status: u16, body: &str) -> Result<DeviceAuthorization, AuthorizationError> {
    let settings = settings(provider);
    read(&settings, &settings.verification_rule(), status, body.as_bytes())
}

fn xai(extra: &str) -> Result<DeviceAuthorization, AuthorizationError> {
    let body = format!(
        r#"{{"device_code":"dev-secret","user_code":"ABCD-EFGH","verification_uri":"https://accounts.x.ai/oauth2/device","expires_in":600{extra}}}"#
    );
    ask("xai", 200, &body)
}

#[test]
fn the_example_of_the_standard_reads() {
    let mut settings = settings("xai");
    settings.verification_hosts = vec!["example.com".to_owned()];
    // RFC 8628 §3.2, the example answer.
    let body = r#"{"device_code":"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS","user_code":"WDJB-MJHT",
        "verification_uri":"https://example.com/device","verification_uri_complete":"https://example.com/device?user_code=WDJB-MJHT",
        "expires_in":1800,"interval":5}"#;
    let answer = read(&settings, &settings.verification_rule(), 200, body.as_bytes()).expect("reads");
    assert_eq!(answer.device_code.expose_secret(), "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS");
    assert_eq!(answer.shown.user_code.as_str(), "WDJB-MJHT");
    assert_eq!(answer.shown.link().as_str(), "https://example.com/device?user_code=WDJB-MJHT");
    assert_eq!((answer.interval, answer.lifetime), (Duration::seconds(5), Duration::minutes(30)));
    assert!(!format!("{answer:?}").contains("GmRhmhcx"), "the device code is never printed");
}

#[test]
fn an_interval_in_any_spelling_is_at_least_a_second() {
    for (text, seconds) in [
        ("", 5),
        (r#","interval":"7""#, 7),
        (r#","interval":0"#, 5),
        (r#","interval":"soon""#, 5),
        (r#","interval":-1"#, 5),
        (r#","interval":null"#, 5),
        (r#","interval":0.1"#, 1),
        (r#","interval":1e12"#, 300),
    ] {
        assert_eq!(xai(text).expect("reads").interval, Duration::seconds(seconds), "{text}");
    }
}

#[test]
fn a_missing_lifetime_is_ten_minutes() {
    let body = r#"{"device_code":"d","user_code":"AB-CD","verification_uri":"https://auth.x.ai/d"}"#;
    assert_eq!(ask("xai", 200, body).expect("reads").lifetime, Duration::minutes(10));
    let endless = r#"{"device_code":"d","user_code":"AB-CD","verification_uri":"https://auth.x.ai/d","expires_in":99999999}"#;
    assert_eq!(ask("xai", 200, endless).expect("reads").lifetime, Duration::hours(1));
}

#[test]
fn codex_answers_in_its_own_way() {
    assert_eq!(settings("codex").protocol, DeviceProtocol::CodexDeviceAuth);
    for name in ["user_code", "usercode"] {
        let body = format!(r#"{{"device_auth_id":"da-secret","{name}":"ABCD-12345","interval":"5"}}"#);
        let answer = ask("codex", 200, &body).expect("reads");
        assert_eq!(answer.shown.verification_uri.as_str(), "https://auth.openai.com/codex/device");
        assert_eq!((answer.interval, answer.lifetime), (Duration::seconds(5), Duration::minutes(15)));
    }
    let off = ask("codex", 404, r#"{"error":{"message":"Not found"}}"#).expect_err("off");
    assert_eq!(off, AuthorizationError::Disabled);
    assert!(FailureReason::from(off).words("OpenAI Codex").contains("security settings"));
    assert_eq!(ask("xai", 404, "<html>").expect_err("off"), AuthorizationError::Disabled);
}

#[test]
fn what_cannot_be_used_says_why() {
    let refused = ask("xai", 400, r#"{"error":"invalid_client","error_description":"unknown\u001b[31m client"}"#).expect_err("refused");
    assert_eq!(refused, AuthorizationError::Refused { code: "invalid_client".into(), message: "unknown [31m client".into() });
    assert!(matches!(ask("xai", 200, r#"{"error":"invalid_scope"}"#), Err(AuthorizationError::Refused { .. })), "an error with 200");
    assert_eq!(ask("xai", 503, "busy").expect_err("busy"), AuthorizationError::Unavailable(503));
    for bad in ["", "<html>hello</html>", "[]", "{}", r#"{"device_code":"d"}"#, r#"{"device_code":"","user_code":"A"}"#] {
        assert!(matches!(ask("xai", 200, bad), Err(AuthorizationError::Unreadable(_))), "{bad}");
    }
    let script = r#"{"device_code":"d","user_code":"<script>","verification_uri":"https://auth.x.ai/d"}"#;
    assert!(matches!(ask("xai", 200, script), Err(AuthorizationError::Unreadable(_))));
    for (uri, host) in [("https://evil.example/device", "evil.example"), ("http://auth.x.ai/d", "auth.x.ai"), ("javascript:alert(1)", "")] {
        let body = format!(r#"{{"device_code":"d","user_code":"AB-CD","verification_uri":"{uri}"}}"#);
        assert_eq!(ask("xai", 200, &body).expect_err(uri), AuthorizationError::ForeignAddress(host.to_owned()));
    }
}

#[test]
fn device_codes_and_tokens_stay_with_the_server_that_issued_them() {
    let own = settings("codex").poll_endpoint().expect("there");
    assert_eq!(own.as_str(), "https://auth.openai.com/api/accounts/deviceauth/token");
    assert_eq!(settings("xai").poll_endpoint(), settings("xai").token_url);
    let overlay = "[providers.codex.device]\ndevice_authorization_url = \"http://127.0.0.1:9002/deviceauth/usercode\"\n";
    let catalogue = Catalogue::with_overlay("overlay.toml", overlay).expect("reads");
    let provider = catalogue.get(&"codex".parse().expect("an id")).expect("known");
    let moved = provider.method(AuthMethod::DeviceCode).and_then(|method| method.device.as_ref()).expect("a device method");
    assert_eq!(moved.poll_endpoint().expect("there").as_str(), "http://127.0.0.1:9002/deviceauth/token");
    assert_eq!((&moved.revoke_url, moved.protocol), (&None, DeviceProtocol::CodexDeviceAuth));
}

#[test]
fn an_overlay_moves_the_issuer_to_this_machine() {
    let overlay = r#"
        [providers.xai.device]
        mode = "native"
        device_authorization_url = "http://127.0.0.1:9002/device"
        token_url = "http://127.0.0.1:9002/token"
        client_id = "purser-test"
    "#;
    let catalogue = Catalogue::with_overlay("overlay.toml", overlay).expect("reads");
    let provider = catalogue.get(&"xai".parse().expect("an id")).expect("known");
    let settings = provider.method(AuthMethod::DeviceCode).and_then(|method| method.device.as_ref()).expect("a device method");
    let rule = settings.verification_rule();
    assert!(rule.read("http://127.0.0.1:9002/approve").is_some() && rule.read("http://127.0.0.3/approve").is_none());
    assert_ne!(rule, VerificationRule::default());
}
