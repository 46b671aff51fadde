//! The built-in catalogue against the house's names and rules, and every way an overlay can be wrong.

use super::entry::{BaseUrl, CredentialHeader, ListSource, VerifyMethod};
use super::sign_in::{Exchange, Offered, RedirectUri, TokenFormat};
use super::*;
use std::collections::BTreeSet;
use time::macros::date;
use vocab::AuthMethod::{ApiKey, DeviceCode, OAuth};
use vocab::{AuthMethod, Category, DeviceMode, Dialect, ProviderId, Verdict};

pub(super) const IDS: [&str; 21] = [
    "anthropic",
    "anthropic-sub",
    "openai",
    "codex",
    "chatgpt",
    "gemini",
    "xai",
    "mistral",
    "groq",
    "deepseek",
    "together",
    "fireworks",
    "cohere",
    "openrouter",
    "azure-openai",
    "bedrock",
    "litellm",
    "portkey",
    "martian",
    "local",
    "ollama",
];

pub(super) fn id(text: &str) -> ProviderId {
    text.parse().expect("an id")
}

pub(super) fn built_in() -> Catalogue {
    Catalogue::built_in().unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn with(overlay: &str) -> Catalogue {
    Catalogue::with_overlay("providers.toml", overlay).unwrap_or_else(|error| panic!("{error}"))
}

/// Asserts that the overlay is refused at this line with these words.
pub(super) fn refused(overlay: &str, line: usize, words: &str) {
    let error = Catalogue::with_overlay("providers.toml", overlay).expect_err(overlay);
    assert_eq!((error.file.as_str(), error.line), ("providers.toml", line), "{error}");
    assert!(error.reason.contains(words), "{error}");
}

pub(super) fn provider(catalogue: &Catalogue, name: &str) -> Provider {
    catalogue.get(&id(name)).unwrap_or_else(|| panic!("{name}")).as_ref().clone()
}

#[test]
fn every_provider_of_the_contract_is_there_in_order() {
    let catalogue = built_in();
    assert_eq!(catalogue.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), IDS);
}

#[test]
fn every_entry_is_complete() {
    for provider in built_in().iter() {
        let name = provider.id.as_str();
        assert!(!provider.name.is_empty() && provider.name != name, "{name}");
        assert!(!provider.summary.starts_with("Added on"), "{name}");
        assert!(provider.links.docs.is_some(), "{name}");
        assert!(!provider.methods.is_empty() && !provider.verify.describe.is_empty(), "{name}");
        assert_eq!(provider.category == Category::Local, provider.method(AuthMethod::None).is_some(), "{name}");
        for method in &provider.methods {
            assert!(method.rule_url.is_some() && !method.rule.starts_with("Added on"), "{name}");
            assert_eq!(method.reviewed, date!(2026 - 11 - 23), "{name}");
            assert!(method.unavailable.is_none(), "{name}");
            assert_eq!(
                (method.oauth.is_some(), method.device.is_some()),
                (method.kind == AuthMethod::OAuth, method.kind == AuthMethod::DeviceCode)
            );
        }
        assert_eq!(provider.methods.iter().filter(|m| m.recommended).count(), usize::from(!matches!(name, "anthropic-sub" | "chatgpt")));
        assert!(!provider.hidden, "every provider has its row");
    }
}

#[test]
fn vendors_and_channels_are_those_of_finance() {
    let catalogue = built_in();
    let hint = |name: &str, kind| {
        let finance = provider(&catalogue, name).method(kind).unwrap_or_else(|| panic!("{name}")).finance.clone();
        (finance.vendor, finance.channel, finance.suggested_type)
    };
    let expected = |vendor: &str, channel: &str, kind: Option<&str>| (vendor.to_owned(), channel.to_owned(), kind.map(str::to_owned));
    assert_eq!(hint("anthropic", ApiKey), expected("anthropic", "api", Some("metered")));
    assert_eq!(hint("anthropic-sub", OAuth), expected("anthropic", "subscription", Some("subscription")));
    assert_eq!(hint("codex", ApiKey), expected("openai", "api", Some("metered")));
    assert_eq!(hint("codex", OAuth), hint("chatgpt", OAuth));
    assert_eq!(hint("azure-openai", ApiKey), expected("microsoft", "cloud", Some("metered")));
    assert_eq!(hint("gemini", ApiKey), expected("google", "api", Some("metered")));
    assert_eq!(hint("bedrock", ApiKey), expected("aws", "cloud", Some("metered")));
    assert_eq!(hint("xai", DeviceCode), expected("xai", "subscription", Some("subscription")));
    assert_eq!(hint("litellm", ApiKey), expected("none", "self_hosted", None));
    assert_eq!(hint("ollama", AuthMethod::None), expected("none", "self_hosted", None));
    for name in ["xai", "mistral", "cohere", "deepseek", "groq", "together", "fireworks"] {
        assert_eq!(hint(name, ApiKey), expected(name, "api", Some("metered")));
    }
    for name in ["openrouter", "portkey", "martian"] {
        assert_eq!(hint(name, ApiKey), expected(name, "router", Some("metered")));
    }
}

#[test]
fn wires_headers_and_calls_are_those_of_the_cards() {
    let catalogue = built_in();
    let anthropic = provider(&catalogue, "anthropic");
    assert_eq!(anthropic.credential_header, CredentialHeader::Named("x-api-key".into()));
    assert_eq!(anthropic.headers["anthropic-version"], "2023-06-01");
    assert_eq!(anthropic.dialect, Dialect::AnthropicMessages);
    assert_eq!(provider(&catalogue, "gemini").credential_header, CredentialHeader::Named("x-goog-api-key".into()));
    assert_eq!(provider(&catalogue, "azure-openai").credential_header, CredentialHeader::Named("api-key".into()));
    assert_eq!(provider(&catalogue, "ollama").credential_header, CredentialHeader::None);
    let xai = provider(&catalogue, "xai");
    assert_eq!((xai.verify.path.as_str(), xai.verify.flags.len()), ("/v1/api-key", 3));
    let cohere = provider(&catalogue, "cohere").verify;
    assert_eq!(
        (cohere.method, cohere.path.as_str(), cohere.must_have.as_deref()),
        (VerifyMethod::Post, "/v1/check-api-key", Some("valid"))
    );
    assert_eq!(provider(&catalogue, "deepseek").verify.flags[0].verdict, Verdict::NoFunds);
    assert_eq!(provider(&catalogue, "openrouter").verify.path, "key");
    assert_eq!(provider(&catalogue, "together").verify.must_have.as_deref(), Some("[]"));
    assert!(!provider(&catalogue, "litellm").verify.path.contains("health"));
    let shapes: BTreeSet<String> = catalogue
        .iter()
        .filter_map(|p| match &p.models.source {
            ListSource::Fetched { shape, .. } => Some(format!("{shape:?}")),
            ListSource::Curated => None,
        })
        .collect();
    assert_eq!(shapes.into_iter().collect::<Vec<_>>(), ["Array", "Data", "Gemini", "Names", "Slugs"]);
}

#[test]
fn exceptions_to_statuses_are_those_of_the_cards() {
    let catalogue = built_in();
    let reading = |name: &str, status: u16, body: &str| {
        let body = body.to_lowercase();
        provider(&catalogue, name)
            .status_rules
            .iter()
            .find(|rule| rule.status == status && body.contains(&rule.contains.to_lowercase()))
            .map(|rule| rule.verdict)
    };
    assert_eq!(reading("anthropic", 400, "Your credit balance is too low to access the Anthropic API."), Some(Verdict::NoFunds));
    assert_eq!(reading("anthropic", 400, "max_tokens: field required"), None);
    assert_eq!(reading("openai", 429, r#"{"error":{"code":"insufficient_quota"}}"#), Some(Verdict::NoFunds));
    assert_eq!(reading("openai", 429, "Rate limit reached"), None);
    assert_eq!(reading("gemini", 400, r#"{"reason":"API_KEY_INVALID"}"#), Some(Verdict::BadCredential));
    assert_eq!(reading("xai", 400, "Incorrect API key provided: xa***ab"), Some(Verdict::BadCredential));
    assert_eq!(reading("xai", 403, "personal-team-blocked:spending-limit"), Some(Verdict::NoFunds));
    assert_eq!(reading("fireworks", 412, ""), Some(Verdict::NoFunds));
    assert_eq!(reading("together", 402, ""), Some(Verdict::NoFunds));
    assert_ne!(reading("together", 403, "anything"), None);
    assert_ne!(reading("together", 403, "anything"), Some(Verdict::NotPermitted));
    assert_eq!(reading("openrouter", 402, "in_flight_budget_exhausted"), Some(Verdict::RateLimited));
    assert_eq!(reading("bedrock", 403, "The security token included in the request is invalid"), Some(Verdict::BadCredential));
    assert_eq!(reading("codex", 403, "Missing scopes: api.responses.write"), Some(Verdict::NotPermitted));
    assert_eq!(reading("codex", 403, "no"), Some(Verdict::NoFunds));
}

#[test]
fn a_plans_errors_are_not_those_of_a_key() {
    let codex = provider(&built_in(), "codex");
    let first = |kind, status: u16, body: &str| {
        codex.status_rules_of(kind).find(|rule| rule.status == status && body.contains(&rule.contains)).map(|rule| rule.verdict)
    };
    for kind in [OAuth, DeviceCode] {
        assert_eq!(first(kind, 403, "no"), Some(Verdict::NotPermitted), "the method's rules go first");
        assert_eq!(first(kind, 429, "insufficient_quota"), Some(Verdict::NoFunds), "the provider's still count");
    }
    assert_eq!(first(ApiKey, 403, "no"), Some(Verdict::NoFunds));
}

#[test]
fn a_plan_token_has_its_own_calls_and_rules() {
    let catalogue = built_in();
    let codex = provider(&catalogue, "codex");
    let path = |kind| match &codex.models_of(kind).source {
        ListSource::Fetched { path, shape } => (path.clone(), *shape),
        ListSource::Curated => panic!("curated"),
    };
    assert_eq!(path(ApiKey), ("models".to_owned(), ModelListShape::Data));
    assert_eq!(path(OAuth), ("models?client_version=1.0.0".to_owned(), ModelListShape::Slugs));
    assert_eq!(codex.verify_of(ApiKey).must_have.as_deref(), Some("data"));
    assert_eq!(
        (codex.verify_of(OAuth).must_have.as_deref(), codex.verify_of(OAuth).path.as_str()),
        (Some("models"), "models?client_version=1.0.0")
    );
    assert!(codex.method(ApiKey).is_some_and(|method| method.plan.is_none() && !method.spends_plan()));
    let plan = |name: &str| provider(&catalogue, name).method(OAuth).and_then(|method| method.plan.clone()).expect("a plan");
    assert_eq!((plan("codex").stream_only, plan("codex").store, plan("codex").instructions), (true, Some(false), true));
    assert!(plan("codex").refuses("temperature") && !plan("codex").refuses("tools"));
    assert!(plan("chatgpt").refuses("service_tier") && plan("chatgpt").refuses_tool("image_generation"));
    assert!(provider(&catalogue, "anthropic-sub").method(OAuth).is_some_and(|method| method.plan.is_none() && method.spends_plan()));
    let beside: Vec<_> = catalogue.iter().filter(|provider| provider.responses).map(|provider| provider.id.to_string()).collect();
    assert_eq!(beside, ["openai", "xai", "azure-openai", "bedrock", "litellm", "ollama"]);
}

#[test]
fn operators_name_the_endpoint_where_there_is_none() {
    let catalogue = built_in();
    let resolved = |name: &str, typed: &str| match &provider(&catalogue, name).base_url {
        BaseUrl::Operator(field) => endpoint::resolve(field, typed).map(|url| url.to_string()).map_err(|error| error.to_string()),
        BaseUrl::Fixed(_) => panic!("{name} is fixed"),
    };
    assert_eq!(resolved("azure-openai", "acme").as_deref(), Ok("https://acme.openai.azure.com/openai/v1"));
    assert_eq!(resolved("bedrock", "eu-west-1").as_deref(), Ok("https://bedrock-mantle.eu-west-1.api.aws/v1"));
    assert_eq!(resolved("litellm", "http://localhost:4000").as_deref(), Ok("http://localhost:4000/v1"));
    assert_eq!(resolved("ollama", "").as_deref(), Ok("http://localhost:11434/v1"));
    assert_eq!(resolved("local", "http://localhost:12434/v1").as_deref(), Ok("http://localhost:12434/v1"));
    assert!(resolved("litellm", "").is_err());
    assert_eq!(provider(&catalogue, "local").detect.len(), 5);
}

#[test]
fn sign_ins_are_offered_as_their_vendors_want_it() {
    let catalogue = built_in();
    let oauth = |name: &str| provider(&catalogue, name).method(OAuth).and_then(|m| m.oauth.clone()).expect("oauth");
    let offered = |name: &str| oauth(name).offered;
    assert_eq!(offered("anthropic-sub"), Offered::ByOwner, "Anthropic reserves it for its own applications");
    assert_eq!(offered("chatgpt"), Offered::OnLoopback, "for locally hosted applications");
    assert_eq!((offered("codex"), offered("openrouter")), (Offered::Always, Offered::Always));
    assert_eq!(
        oauth("anthropic-sub").paste_redirect_uri.map(|url| url.to_string()).as_deref(),
        Some("https://platform.claude.com/oauth/code/callback")
    );
    let (codex, siwc) = (oauth("codex"), oauth("chatgpt"));
    assert_eq!((codex.shared_with, codex.revoke_format, codex.terminal.statuses), (vec![id("chatgpt")], TokenFormat::Json, vec![401]));
    assert_eq!((siwc.dynamic_client, siwc.plan_scope.as_deref()), (true, Some("chatgpt.tokens.use.direct")));
    assert!(siwc.jwks_uri.is_some() && siwc.issuer == codex.issuer && siwc.revoke_format == TokenFormat::Form);
    assert!(siwc.parameters.is_empty(), "the name goes with the first sign-in only");
}

#[test]
fn sign_in_settings_are_read() {
    let catalogue = built_in();
    let oauth = |name: &str| provider(&catalogue, name).method(AuthMethod::OAuth).and_then(|m| m.oauth.clone()).expect("oauth");
    let claude = oauth("anthropic-sub");
    assert_eq!(
        (claude.token_format, claude.send_state, claude.redirect_uri),
        (TokenFormat::Json, true, RedirectUri::OwnPath("/callback".into()))
    );
    let codex = oauth("codex");
    assert_eq!((codex.token_format, codex.send_state), (TokenFormat::Form, false));
    assert_eq!(codex.account_header.as_deref(), Some("chatgpt-account-id"));
    assert!(matches!(codex.redirect_uri, RedirectUri::Fixed(url) if url.port() == Some(1455)));
    let openrouter = oauth("openrouter");
    assert_eq!((openrouter.client_id, openrouter.exchange), (None, Exchange::ApiKey));
    assert_eq!(oauth("chatgpt").resource.as_deref(), Some("https://api.openai.com/v1"));
    let xai = provider(&catalogue, "xai");
    let device = xai.method(AuthMethod::DeviceCode).and_then(|m| m.device.clone()).expect("device");
    assert_eq!((device.mode, device.scopes.len()), (DeviceMode::Cli, 6));
    assert_eq!(xai.cli.expect("cli").program, "grok");
}
