//! The issuer against the rules it is there to try: what `domain` builds from the catalogue is what each vendor wants.

use super::books::Recorded;
use super::{Consent, Issuer, IssuerParameter, Refusal, Shape, Switches, Vendor, token};
use crate::environment::{MockClock, SeededEntropy};
use domain::flow::{AuthorizeRequest, Callback, CallbackAnswer, FlowSecrets, authorize_url, dynamic_client_parameters, redirect_of};
use domain::provider::{Catalogue, OAuthSettings, TokenFormat};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::Duration;
use url::Url;
use vocab::AuthMethod;

const HOST: uuid::Uuid = uuid::Uuid::from_u128(7);

struct World {
    issuer: Issuer,
    clock: MockClock,
    catalogue: Catalogue,
}

fn world() -> World {
    let clock = MockClock::default();
    let issuer = Issuer::new("http://127.0.0.1:4801", Arc::new(clock.clone()));
    let catalogue = Catalogue::with_overlay("practice.toml", &issuer.overlay()).unwrap_or_else(|error| panic!("{error}"));
    World { issuer, clock, catalogue }
}

/// A sign-in that has been approved.
struct Approved {
    settings: OAuthSettings,
    secrets: FlowSecrets,
    redirect_uri: Url,
    client_id: Option<String>,
    callback: Callback,
}

impl World {
    fn settings(&self, vendor: Vendor) -> OAuthSettings {
        let provider = self.catalogue.get(&vendor.id().parse().unwrap()).unwrap();
        provider.method(AuthMethod::OAuth).and_then(|method| method.oauth.clone()).unwrap()
    }

    fn asked(&self, vendor: Vendor, issued: Option<&str>) -> (OAuthSettings, FlowSecrets, Url, Url) {
        let (settings, secrets) = (self.settings(vendor), FlowSecrets::generate(&SeededEntropy::new(9)));
        let redirect_uri = redirect_of(&settings.redirect_uri, &Url::parse("http://localhost:3000").unwrap());
        let client_id = issued.or(settings.client_id.as_deref());
        let extra = dynamic_client_parameters(&settings, issued, HOST);
        let request = AuthorizeRequest { settings: &settings, client_id, redirect_uri: &redirect_uri, secrets: &secrets, extra: &extra };
        let url = authorize_url(&request);
        (settings, secrets, redirect_uri, url)
    }

    fn approved(&self, vendor: Vendor, issued: Option<&str>) -> Approved {
        let (settings, secrets, redirect_uri, url) = self.asked(vendor, issued);
        let back = self.issuer.approve(&url).unwrap();
        assert_eq!(back.origin(), redirect_uri.origin());
        let callback = Callback::parse(back.query().unwrap()).unwrap();
        assert_eq!(callback.state.expose_secret(), secrets.state.expose_secret());
        let client_id = callback.client_id.clone().or_else(|| settings.client_id.clone());
        Approved { settings, secrets, redirect_uri, client_id, callback }
    }

    fn send(&self, vendor: Vendor, json: bool, fields: BTreeMap<String, String>) -> Result<Value, Refusal> {
        token::answer(&self.issuer, vendor, &Recorded { json, fields, caller: String::new() })
    }

    fn exchange(&self, vendor: Vendor, approved: &Approved) -> Result<Value, Refusal> {
        self.send(vendor, approved.settings.token_format == TokenFormat::Json, approved.fields())
    }

    fn refresh(&self, vendor: Vendor, approved: &Approved, token: &str) -> Result<Value, Refusal> {
        let mut fields = BTreeMap::from([("grant_type".into(), "refresh_token".into()), ("refresh_token".into(), token.to_owned())]);
        fields.extend(approved.client_id.clone().map(|id| ("client_id".into(), id)));
        fields.extend(approved.settings.resource.clone().map(|resource| ("resource".into(), resource)));
        self.send(vendor, approved.settings.token_format == TokenFormat::Json, fields)
    }
}

impl Approved {
    fn fields(&self) -> BTreeMap<String, String> {
        let CallbackAnswer::Code(code) = &self.callback.answer else { panic!("denied") };
        let mut fields = BTreeMap::from([
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.expose_secret().to_owned()),
            ("code_verifier".to_owned(), self.secrets.code_verifier.expose_secret().to_owned()),
            ("redirect_uri".to_owned(), self.redirect_uri.to_string()),
        ]);
        fields.extend(self.client_id.clone().map(|id| ("client_id".to_owned(), id)));
        fields.extend(self.settings.resource.clone().map(|resource| ("resource".to_owned(), resource)));
        if self.settings.send_state {
            fields.insert("state".to_owned(), self.secrets.state.expose_secret().to_owned());
        }
        fields
    }
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_default()
}

#[test]
fn what_the_catalogue_asks_for_is_what_each_vendor_wants() {
    let world = world();
    for vendor in [Vendor::Anthropic, Vendor::Codex, Vendor::Chatgpt, Vendor::Openrouter] {
        let approved = world.approved(vendor, None);
        let answer = world.exchange(vendor, &approved).unwrap_or_else(|refusal| panic!("{vendor}: {refusal:?}"));
        let token = if vendor == Vendor::Openrouter { text(&answer, "key") } else { text(&answer, "access_token") };
        assert!(token.starts_with(vendor.prefixes().0) && world.issuer.accepts(vendor, token), "{vendor}: {answer}");
        assert_eq!(world.issuer.counts(vendor).authorizations, 1);
    }
}

#[test]
fn deviations_are_insisted_on() {
    let world = world();
    let wrong = |vendor: Vendor, json: bool, change: &dyn Fn(&mut BTreeMap<String, String>)| {
        let mut fields = world.approved(vendor, None).fields();
        change(&mut fields);
        world.send(vendor, json, fields).expect_err("refused")
    };
    let state = |fields: &mut BTreeMap<String, String>| drop(fields.insert("state".into(), "s".into()));
    let without = |name: &'static str| move |fields: &mut BTreeMap<String, String>| drop(fields.remove(name));
    assert_eq!(wrong(Vendor::Anthropic, true, &without("state")).shape, Shape::Typed);
    assert_eq!(wrong(Vendor::Anthropic, true, &state).code, "invalid_grant");
    assert_eq!(wrong(Vendor::Codex, false, &state).code, "unknown_parameter");
    assert_eq!(wrong(Vendor::Codex, true, &|_| ()).shape, Shape::Coded);
    assert_eq!(wrong(Vendor::Chatgpt, false, &without("resource")).code, "invalid_request");
    let dynamic = |fields: &mut BTreeMap<String, String>| drop(fields.insert("client_id".into(), "dynamic_agent_client".into()));
    assert_eq!(wrong(Vendor::Chatgpt, false, &dynamic).code, "invalid_client");
    assert_eq!(wrong(Vendor::Openrouter, true, &without("code_verifier")).status, 403);
    for (name, value) in [("code_verifier", "x".repeat(43)), ("redirect_uri", "http://localhost:3000/other".into())] {
        let change = |fields: &mut BTreeMap<String, String>| drop(fields.insert(name.into(), value.clone()));
        assert_eq!(wrong(Vendor::Codex, false, &change).code, "invalid_grant", "{name}");
    }
}

#[test]
fn a_client_is_issued_once_and_used_later() {
    let world = world();
    let first = world.approved(Vendor::Chatgpt, None);
    let issued = first.callback.client_id.clone().unwrap();
    assert!(issued.starts_with("oaiapp_"));
    assert_eq!(world.approved(Vendor::Chatgpt, Some(&issued)).callback.client_id, Some(issued));
    let (.., stranger) = world.asked(Vendor::Chatgpt, Some("oaiapp_unknown"));
    assert_eq!(world.issuer.approve(&stranger).expect_err("unknown").code, "invalid_client");
}

#[test]
fn a_refresh_token_is_good_once_and_a_second_use_ends_the_family() {
    let world = world();
    for vendor in [Vendor::Anthropic, Vendor::Codex, Vendor::Chatgpt] {
        let approved = world.approved(vendor, None);
        let first = world.exchange(vendor, &approved).unwrap();
        let second = world.refresh(vendor, &approved, text(&first, "refresh_token")).unwrap();
        assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
        assert!(world.issuer.accepts(vendor, text(&first, "access_token")), "an older access token lives on");
        world.refresh(vendor, &approved, text(&first, "refresh_token")).expect_err("spent");
        assert!(!world.issuer.accepts(vendor, text(&second, "access_token")), "reuse ends everything");
        world.refresh(vendor, &approved, text(&second, "refresh_token")).expect_err("ended");
        let counts = world.issuer.counts(vendor);
        assert_eq!((counts.refreshed, counts.duplicates, counts.families_revoked), (1, 1, 1));
    }
}

#[test]
fn a_code_is_good_once_and_a_second_use_ends_what_it_gave() {
    let world = world();
    let approved = world.approved(Vendor::Codex, None);
    let tokens = world.exchange(Vendor::Codex, &approved).unwrap();
    assert_eq!(world.exchange(Vendor::Codex, &approved).expect_err("spent").code, "invalid_grant");
    assert!(!world.issuer.accepts(Vendor::Codex, text(&tokens, "access_token")));
}

#[test]
fn tokens_end_with_their_time_and_when_they_are_revoked() {
    let world = world();
    world.issuer.switch(Vendor::Codex, |switches| switches.access_seconds = Some(60));
    let approved = world.approved(Vendor::Codex, None);
    let tokens = world.exchange(Vendor::Codex, &approved).unwrap();
    assert_eq!(tokens["expires_in"], 60);
    world.clock.advance(Duration::seconds(60));
    assert!(!world.issuer.accepts(Vendor::Codex, text(&tokens, "access_token")));
    let tokens = world.refresh(Vendor::Codex, &approved, text(&tokens, "refresh_token")).unwrap();
    assert!(world.issuer.accepts(Vendor::Codex, text(&tokens, "access_token")));
    let fields =
        BTreeMap::from([("token".to_owned(), text(&tokens, "refresh_token").to_owned()), ("client_id".to_owned(), "x".to_owned())]);
    token::revoke(&world.issuer, Vendor::Codex, &Recorded { json: false, fields: fields.clone(), caller: String::new() })
        .expect_err("JSON is wanted");
    token::revoke(&world.issuer, Vendor::Codex, &Recorded { json: true, fields, caller: String::new() }).unwrap();
    assert!(!world.issuer.accepts(Vendor::Codex, text(&tokens, "access_token")));
    assert_eq!(world.refresh(Vendor::Codex, &approved, text(&tokens, "refresh_token")).expect_err("revoked").status, 401);
}

#[test]
fn switches_change_what_comes_back() {
    let world = world();
    let (.., url) = world.asked(Vendor::Codex, None);
    let refused = Callback::parse(world.issuer.deny(&url).unwrap().query().unwrap()).unwrap();
    assert!(matches!(refused.answer, CallbackAnswer::Refused { error, .. } if error == "access_denied"));
    world.issuer.switch(Vendor::Codex, |switches| switches.iss = IssuerParameter::Own);
    assert_eq!(world.approved(Vendor::Codex, None).callback.issuer, world.settings(Vendor::Codex).issuer);
    world.issuer.switch(Vendor::Chatgpt, |switches| {
        switches.plan_shared = false;
        switches.omit.extend(["refresh_token".to_owned(), "expires_in".to_owned(), "token_type".to_owned()]);
    });
    let answer = world.exchange(Vendor::Chatgpt, &world.approved(Vendor::Chatgpt, None)).unwrap();
    assert!(!text(&answer, "scope").contains("chatgpt.tokens.use.direct"));
    assert!(["refresh_token", "expires_in", "token_type"].iter().all(|name| answer.get(name).is_none()), "{answer}");
    let asked: Switches = serde_json::from_str(r#"{"consent":"approve","troubles":[{"rate_limited":7},"down"]}"#).unwrap();
    assert_eq!((asked.consent, asked.troubles.len(), asked.rotates), (Consent::Approve, 2, true));
}

#[test]
fn addresses_beyond_this_machine_are_refused() {
    let world = world();
    for (vendor, bad) in [
        (Vendor::Anthropic, "https://purser.example/callback"),
        (Vendor::Anthropic, "http://192.168.1.5:3000/callback"),
        (Vendor::Codex, "http://127.0.0.1:1455/auth/callback"),
        (Vendor::Codex, "http://localhost:1455/elsewhere"),
        (Vendor::Chatgpt, "http://localhost:1455/auth/callback"),
    ] {
        let (.., mut url) = world.asked(vendor, None);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let moved = pairs.into_iter().map(|(name, value)| if name == "redirect_uri" { (name, bad.to_owned()) } else { (name, value) });
        let moved: Vec<(String, String)> = moved.collect();
        url.query_pairs_mut().clear().extend_pairs(moved);
        assert!(world.issuer.approve(&url).is_err(), "{vendor} {bad}");
    }
}
