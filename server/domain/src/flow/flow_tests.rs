//! A sign-in's states, and what is sent to the provider.

use super::*;
use crate::Entropy;
use crate::provider::{Catalogue, OAuthSettings, RedirectUri};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use time::macros::datetime;
use uuid::Uuid;
use vocab::AuthMethod;

const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

/// Other bytes at every call.
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

fn secrets() -> FlowSecrets {
    FlowSecrets::generate(&Counting(AtomicU8::new(1)))
}

fn flow() -> OAuthFlow {
    OAuthFlow {
        id: FlowId::new(Uuid::nil()),
        provider_id: "codex".parse().expect("an id"),
        user_id: UserId::new(Uuid::nil()),
        user_name: "Ana".into(),
        begun_in: BegunIn::Session(SessionId::new(Uuid::nil())),
        state_hash: state_hash(&secrets().state),
        sealed: vec![1, 2, 3],
        redirect_uri: "http://localhost:1455/auth/callback".parse().expect("an address"),
        client_id: None,
        issuer: None,
        pasting: false,
        port_taken: None,
        created_at: NOW,
        expires_at: NOW + LIFETIME,
        state: FlowState::Waiting,
    }
}

fn settings(id: &str) -> OAuthSettings {
    let catalogue = Catalogue::built_in().unwrap_or_else(|error| panic!("{error}"));
    let provider = catalogue.get(&id.parse().expect("an id")).expect("a provider");
    provider.method(AuthMethod::OAuth).and_then(|method| method.oauth.clone()).expect("a browser sign-in")
}

fn asked(id: &str, client_id: Option<&str>, extra: &[(String, String)]) -> (Url, BTreeMap<String, String>) {
    let (settings, secrets) = (settings(id), secrets());
    let public = Url::parse("https://purser.example/").expect("an address");
    let redirect_uri = redirect_of(&settings.redirect_uri, &public);
    let client_id = client_id.or(settings.client_id.as_deref());
    let url = authorize_url(&AuthorizeRequest { settings: &settings, client_id, redirect_uri: &redirect_uri, secrets: &secrets, extra });
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let fields: BTreeMap<String, String> = pairs.iter().cloned().collect();
    assert_eq!(pairs.len(), fields.len(), "nothing is said twice: {url}");
    assert!(!url.as_str().contains(secrets.code_verifier.expose_secret()), "the verifier stays here");
    assert_eq!(
        (fields["code_challenge"].as_str(), fields["code_challenge_method"].as_str()),
        (code_challenge(&secrets.code_verifier).as_str(), "S256")
    );
    (url, fields)
}

#[test]
fn a_sign_in_is_claimed_once() {
    let claimed = flow().claim(NOW).expect("waiting");
    assert_eq!(claimed.phase(NOW), FlowPhase::Finishing);
    assert_eq!(claimed.clone().claim(NOW).expect_err("claimed"), FlowEnded(FlowPhase::Finishing));
    let done = claimed.succeed(NOW).expect("claimed before");
    assert!(done.sealed.is_empty(), "its secrets go with it");
    for ended in [done.clone().claim(NOW), done.clone().succeed(NOW), done.clone().cancel(NOW)] {
        assert_eq!(ended.expect_err("ended"), FlowEnded(FlowPhase::Succeeded));
    }
    assert!(done.fail(NOW, FlowFailure::Internal, "").is_err());
}

#[test]
fn waiting_ends_after_ten_minutes() {
    let (just, end) = (NOW + LIFETIME - Duration::seconds(1), NOW + LIFETIME);
    assert!(flow().claim(just).is_ok());
    assert_eq!(flow().claim(end).expect_err("too late"), FlowEnded(FlowPhase::Expired));
    assert_eq!(flow().failure(end), Some((FlowFailure::Expired, "")));
    assert_eq!((flow().failure(just), flow().phase(just)), (None, FlowPhase::Waiting));
}

#[test]
fn a_claimed_one_that_is_never_finished_was_interrupted() {
    let claimed = flow().claim(NOW).expect("waiting");
    let late = NOW + FINISHING_LIMIT + Duration::seconds(1);
    assert_eq!((claimed.phase(NOW + FINISHING_LIMIT), claimed.failure(NOW)), (FlowPhase::Finishing, None));
    assert_eq!((claimed.phase(late), claimed.failure(late)), (FlowPhase::Failed, Some((FlowFailure::Interrupted, ""))));
}

#[test]
fn it_fails_before_and_after_the_claim_and_is_cancelled_only_before() {
    let denied = flow().fail(NOW, FlowFailure::AccessDenied, "no").expect("waiting");
    assert_eq!((denied.failure(NOW), denied.sealed.len()), (Some((FlowFailure::AccessDenied, "no")), 0));
    let claimed = flow().claim(NOW).expect("waiting");
    assert!(claimed.clone().cancel(NOW).is_err());
    assert_eq!(claimed.fail(NOW, FlowFailure::CodeRefused, "").expect("claimed").phase(NOW), FlowPhase::Failed);
    let cancelled = flow().cancel(NOW).expect("waiting");
    assert_eq!((cancelled.phase(NOW), cancelled.sealed.len()), (FlowPhase::Cancelled, 0));
    assert!(cancelled.claim(NOW).is_err());
    assert!(flow().succeed(NOW).is_err(), "nobody claimed it");
}

#[test]
fn three_secrets_that_say_nothing_of_each_other() {
    let secrets = secrets();
    let (state, verifier, nonce) = (secrets.state.expose_secret(), secrets.code_verifier.expose_secret(), secrets.nonce.expose_secret());
    assert!(state != verifier && verifier != nonce && nonce != state);
    for text in [state, verifier, nonce] {
        assert_eq!(text.len(), 43, "32 bytes in base64url; RFC 7636 §4.1 wants 43 to 128 characters");
    }
    let back = FlowSecrets::from_sealed(&secrets.to_sealable()).expect("ours");
    assert_eq!(back.code_verifier.expose_secret(), verifier);
    assert!(FlowSecrets::from_sealed(&"{}".into()).is_none());
    let printed = format!("{secrets:?} {:?} {:?}", secrets.to_sealable(), flow());
    assert!(![state, verifier, nonce].iter().any(|text| printed.contains(*text)), "{printed}");
}

#[test]
fn the_challenge_is_that_of_the_rfc() {
    // RFC 7636, appendix B.
    let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(code_challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn claude_is_asked_as_it_wants_it() {
    let (url, fields) = asked("anthropic-sub", None, &[]);
    assert!(url.as_str().starts_with("https://claude.ai/oauth/authorize?"));
    assert_eq!((fields["code"].as_str(), fields["response_type"].as_str()), ("true", "code"));
    assert_eq!(fields["redirect_uri"], "https://purser.example/callback");
    assert_eq!(fields["scope"], "user:profile user:inference");
    assert_eq!(fields["state"], secrets().state.expose_secret());
    assert!(!fields.contains_key("nonce") && !fields.contains_key("resource"));
}

#[test]
fn codex_is_asked_under_our_own_name() {
    let (_, fields) = asked("codex", None, &[]);
    assert_eq!((fields["originator"].as_str(), fields["redirect_uri"].as_str()), ("purser", "http://localhost:1455/auth/callback"));
    assert_eq!((fields["codex_cli_simplified_flow"].as_str(), fields["id_token_add_organizations"].as_str()), ("true", "true"));
    assert!(!fields.contains_key("nonce"), "the vendor's own program sends none");
}

#[test]
fn sign_in_with_chatgpt_names_the_installation_always_and_its_name_once() {
    let host = Uuid::from_u128(7);
    let siwc = settings("chatgpt");
    let (_, first) = asked("chatgpt", None, &dynamic_client_parameters(&siwc, None, host));
    assert_eq!((first["client_id"].as_str(), first["agent_name_hint"].as_str()), ("dynamic_agent_client", "Purser"));
    assert_eq!(first["ext_agent_host_id"], "urn:uuid:00000000-0000-0000-0000-000000000007");
    assert_eq!((first["resource"].as_str(), first["nonce"].as_str()), ("https://api.openai.com/v1", secrets().nonce.expose_secret()));
    let issued = Some("oaiapp_1");
    let (_, later) = asked("chatgpt", issued, &dynamic_client_parameters(&siwc, issued, host));
    assert_eq!((later["client_id"].as_str(), later.contains_key("agent_name_hint")), ("oaiapp_1", false));
    assert_eq!(later["ext_agent_host_id"], first["ext_agent_host_id"]);
    assert!(dynamic_client_parameters(&settings("codex"), None, host).is_empty());
}

#[test]
fn openrouter_has_no_state_so_it_travels_in_the_callback() {
    let (_, fields) = asked("openrouter", None, &[]);
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["callback_url", "code_challenge", "code_challenge_method"]);
    let back = Url::parse(&fields["callback_url"]).expect("an address");
    assert_eq!(back.path(), RedirectUri::DEFAULT_PATH);
    let callback = Callback::parse(&format!("{}&code=c", back.query().unwrap_or_default())).expect("an answer");
    assert_eq!(callback.state.expose_secret(), secrets().state.expose_secret());
}

#[test]
fn the_way_back_comes_from_settings_and_never_from_a_request() {
    let public = Url::parse("https://purser.example/").expect("an address");
    let back = |redirect: RedirectUri| redirect_of(&redirect, &public).to_string();
    assert_eq!(back(RedirectUri::Default), "https://purser.example/api/v1/auth/provider-oauth/callback");
    assert_eq!(back(RedirectUri::OwnPath("/callback".into())), "https://purser.example/callback");
    let fixed = Url::parse("http://localhost:1455/auth/callback").expect("an address");
    assert_eq!(back(RedirectUri::Fixed(fixed)), "http://localhost:1455/auth/callback");
}
