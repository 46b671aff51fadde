//! Token requests and ID tokens against the stand-in issuer, which follows each vendor to the letter.

use crate::support::{hasty, raw};
use adapters::{HttpSettings, TokenEndpointHttp};
use domain::Clock as _;
use domain::flow::code_challenge;
use domain::provider::TokenFormat;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use services::ports::{IdTokenCheck, IdTokenError, NoReply, TokenEndpoint as _, TokenReply, TokenRequest};
use std::sync::Arc;
use testkit::environment::MockClock;
use testkit::issuer::{IdTokenFault, Issuer, Running, Trouble, Vendor};
use time::Duration;
use tokio::io::AsyncWriteExt as _;
use url::Url;

const VERIFIER: &str = "0123456789012345678901234567890123456789abc";
const CLIENT: &str = "app_practice";
const REDIRECT: &str = "http://localhost:1455/auth/callback";

struct Bench {
    issuer: Running,
    clock: MockClock,
    http: TokenEndpointHttp,
}

async fn bench() -> Bench {
    let clock = MockClock::default();
    let issuer = Issuer::start(Arc::new(clock.clone())).await.unwrap();
    let http = TokenEndpointHttp::new(&HttpSettings::default(), Arc::new(clock.clone())).unwrap();
    Bench { issuer, clock, http }
}

fn request(url: &str, format: TokenFormat, fields: &[(&'static str, &str)]) -> TokenRequest {
    let fields = fields.iter().map(|(name, value)| (*name, SecretString::from(*value))).collect();
    TokenRequest { url: Url::parse(url).unwrap(), format, fields, parameters: std::collections::BTreeMap::new() }
}

fn json(reply: &TokenReply) -> Value {
    serde_json::from_str(reply.body.expose_secret()).unwrap()
}

impl Bench {
    /// A person says yes; gives the code.
    fn code(&self, vendor: Vendor, client: &str, redirect: &str) -> String {
        let mut url = Url::parse(&self.issuer.address(vendor, "authorize")).unwrap();
        let challenge = code_challenge(&VERIFIER.into());
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", redirect),
            ("state", "state-of-this-one"),
            ("nonce", "nonce-of-this-one"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let back = self.issuer.approve(&url).unwrap();
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    async fn send(&self, vendor: Vendor, format: TokenFormat, fields: &[(&'static str, &str)]) -> Result<TokenReply, NoReply> {
        self.http.send(request(&self.issuer.address(vendor, "token"), format, fields)).await
    }

    async fn codex_exchange(&self) -> Result<TokenReply, NoReply> {
        let code = self.code(Vendor::Codex, CLIENT, REDIRECT);
        self.send(Vendor::Codex, TokenFormat::Form, &exchange(&code, CLIENT, REDIRECT)).await
    }

    async fn codex_tokens(&self) -> Value {
        let reply = self.codex_exchange().await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body.expose_secret());
        json(&reply)
    }

    async fn verify(&self, id_token: &str) -> Result<Value, IdTokenError> {
        let (id_token, nonce) = (SecretString::from(id_token), SecretString::from("nonce-of-this-one"));
        let jwks_uri = Url::parse(&self.issuer.address(Vendor::Codex, "jwks.json")).unwrap();
        let issuer = self.issuer.name(Vendor::Codex);
        let (nonce, now) = (Some(&nonce), self.clock.now());
        let check = IdTokenCheck { id_token: &id_token, jwks_uri: &jwks_uri, issuer: &issuer, audience: CLIENT, nonce, now };
        self.http.verify_id_token(check).await
    }
}

fn exchange<'a>(code: &'a str, client: &'a str, redirect: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect),
        ("client_id", client),
        ("code_verifier", VERIFIER),
    ]
}

#[tokio::test]
async fn a_form_is_a_form_and_json_is_json() {
    let bench = bench().await;
    let tokens = bench.codex_tokens().await;
    assert!(tokens["access_token"].as_str().unwrap().starts_with("codex-access-"));
    assert!(!bench.issuer.last_request(Vendor::Codex).unwrap().json);

    let (client, redirect) = ("9d1c250a-e61b-44d9-88ed-5944d1962f5e", "http://localhost:3000/callback");
    let code = bench.code(Vendor::Anthropic, client, redirect);
    let mut fields = exchange(&code, client, redirect);
    fields.push(("state", "state-of-this-one"));
    let reply = bench.send(Vendor::Anthropic, TokenFormat::Json, &fields).await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.body.expose_secret());
    assert_eq!(json(&reply)["account"]["email_address"], "practice-person@example.org");
    let written = bench.issuer.last_request(Vendor::Anthropic).unwrap();
    assert!(written.json && written.fields["code_verifier"] == VERIFIER);

    let agents = bench.issuer.counts(Vendor::Codex).user_agents;
    assert!(agents.len() == 1 && agents.iter().all(|agent| agent.starts_with("Purser/")), "{agents:?}");
}

#[tokio::test]
async fn values_arrive_as_they_are() {
    let bench = bench().await;
    let odd = "a+b c&d=e%20/ü";
    for format in [TokenFormat::Form, TokenFormat::Json] {
        bench.send(Vendor::Codex, format, &[("grant_type", "refresh_token"), ("refresh_token", odd)]).await.unwrap();
        assert_eq!(bench.issuer.last_request(Vendor::Codex).unwrap().fields["refresh_token"], odd);
    }
}

#[tokio::test]
async fn answers_come_back_whatever_their_status() {
    let bench = bench().await;
    for (trouble, status, wait) in [
        (Trouble::RateLimited(17), 429, Some(Duration::seconds(17))),
        (Trouble::Down, 503, None),
        (Trouble::Html, 403, None),
        (Trouble::Garbage, 200, None),
        (Trouble::Redirect, 307, None),
    ] {
        bench.issuer.switch(Vendor::Codex, |switches| switches.troubles = vec![trouble]);
        let reply = bench.codex_exchange().await.unwrap();
        assert_eq!((reply.status, reply.retry_after), (status, wait));
        assert!(!format!("{reply:?}").contains("access"), "{reply:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_says_whether_the_request_was_sent() {
    let mut bench = bench().await;
    bench.issuer.switch(Vendor::Codex, |switches| switches.troubles = vec![Trouble::Cut, Trouble::Huge, Trouble::Hang]);
    assert!(bench.codex_exchange().await.unwrap_err().sent, "broken off");
    let huge = bench.codex_exchange().await.unwrap_err();
    assert!(huge.sent && huge.message.contains("256 KiB"), "{huge}");
    bench.http = TokenEndpointHttp::new(&hasty(), Arc::new(bench.clock.clone())).unwrap();
    let hung = bench.codex_exchange().await.unwrap_err();
    assert!(hung.sent && hung.message.contains("no answer from 127.0.0.1"), "{hung}");

    let fields = [("grant_type", "refresh_token")];
    for (url, words) in [
        ("http://127.0.0.1:9/token", "connection refused"),
        ("https://no-such-host.invalid/token", "could not find host"),
        ("http://169.254.169.254/token", ""),
        ("http://example.com/token", "https"),
    ] {
        let lost = bench.http.send(request(url, TokenFormat::Form, &fields)).await.unwrap_err();
        assert!(!lost.sent && lost.message.contains(words), "{url}: {lost}");
    }
    let hangs_up = raw(|mut socket| async move { drop(socket.shutdown().await) }).await;
    assert!(bench.http.send(request(&hangs_up, TokenFormat::Form, &fields)).await.unwrap_err().sent);
}

#[tokio::test]
async fn an_id_token_proves_who_signed_in() {
    let bench = bench().await;
    let tokens = bench.codex_tokens().await;
    let claims = bench.verify(tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(claims["sub"], "practice-person");
    assert_eq!(claims["https://api.openai.com/auth"]["chatgpt_plan_type"], "plus");
}

#[tokio::test]
async fn an_id_token_with_a_flaw_proves_nothing() {
    let bench = bench().await;
    for (fault, words) in [
        (IdTokenFault::Nonce, "another sign-in"),
        (IdTokenFault::Audience, "another client"),
        (IdTokenFault::Issuer, "another issuer"),
        (IdTokenFault::Signature, "signature"),
        (IdTokenFault::Key, "does not publish"),
        (IdTokenFault::Unsigned, "RS256"),
        (IdTokenFault::Expired, "expired"),
        (IdTokenFault::Future, "in the future"),
        (IdTokenFault::Nobody, "nobody"),
    ] {
        bench.issuer.switch(Vendor::Codex, |switches| switches.id_token = fault);
        let tokens = bench.codex_tokens().await;
        let error = bench.verify(tokens["id_token"].as_str().unwrap()).await.unwrap_err();
        assert!(matches!(&error, IdTokenError::Invalid(why) if why.contains(words)), "{fault:?}: {error}");
        assert!(!error.to_string().contains("practice-person"), "{error}");
    }
    for nonsense in ["", "a.b.c", "e30.e30.", "e30.e30.e30.e30", &"x".repeat(70_000)] {
        assert!(matches!(bench.verify(nonsense).await, Err(IdTokenError::Invalid(_))), "{nonsense:.9}");
    }
}

#[tokio::test]
async fn a_clock_an_hour_off_is_named_and_a_few_seconds_are_forgiven() {
    let bench = bench().await;
    let tokens = bench.codex_tokens().await;
    let id_token = tokens["id_token"].as_str().unwrap();
    for (moved, fine) in [(-30, true), (-3600, false), (3600 + 3630, true), (60, false)] {
        bench.clock.advance(Duration::seconds(moved));
        match bench.verify(id_token).await {
            Ok(_) => assert!(fine, "{moved}"),
            Err(error) => assert!(!fine && error.to_string().contains("is the clock right?"), "{moved}: {error}"),
        }
    }
}

#[tokio::test]
async fn the_issuers_keys_are_kept_and_not_asked_for_at_every_unknown_name() {
    let bench = bench().await;
    let tokens = bench.codex_tokens().await;
    let id_token = tokens["id_token"].as_str().unwrap();
    let asked = |bench: &Bench| bench.issuer.counts(Vendor::Codex).key_requests;
    for _ in 0..5 {
        bench.verify(id_token).await.unwrap();
    }
    assert_eq!(asked(&bench), 1);
    bench.issuer.switch(Vendor::Codex, |switches| switches.id_token = IdTokenFault::Key);
    let tokens = bench.codex_tokens().await;
    for (advance, expected) in [(0, 1), (30, 1), (31, 2), (0, 2)] {
        bench.clock.advance(Duration::seconds(advance));
        bench.verify(tokens["id_token"].as_str().unwrap()).await.unwrap_err();
        assert_eq!(asked(&bench), expected);
    }
    bench.clock.advance(Duration::minutes(61));
    let _ = bench.verify(id_token).await;
    assert_eq!(asked(&bench), 3, "an hour later they are fetched again");
}

#[tokio::test]
async fn keys_that_cannot_be_had_say_nothing_about_the_token() {
    let bench = bench().await;
    let tokens = bench.codex_tokens().await;
    let id_token = SecretString::from(tokens["id_token"].as_str().unwrap());
    for address in [bench.issuer.address(Vendor::Codex, "nothing"), "http://127.0.0.1:9/jwks".to_owned()] {
        let jwks_uri = Url::parse(&address).unwrap();
        let now = bench.clock.now();
        let check = IdTokenCheck { id_token: &id_token, jwks_uri: &jwks_uri, issuer: "x", audience: CLIENT, nonce: None, now };
        let error = bench.http.verify_id_token(check).await.unwrap_err();
        assert!(matches!(error, IdTokenError::Unreachable(_)), "{error}");
    }
}
