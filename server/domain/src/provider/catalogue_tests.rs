//! The built-in catalogue against the house's names and rules, and every way an overlay can be wrong.

use super::entry::{BaseUrl, CredentialHeader, ListSource, ModelListShape, VerifyMethod};
use super::sign_in::{DeviceMode, RedirectUri, TokenFormat};
use super::*;
use std::collections::BTreeSet;
use time::macros::date;
use vocab::AuthMethod::{ApiKey, DeviceCode, OAuth};
use vocab::{AuthMethod, Category, Dialect, ProviderId, Verdict};

const IDS: [&str; 21] = [
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

fn id(text: &str) -> ProviderId {
    text.parse().expect("an id")
}

fn built_in() -> Catalogue {
    Catalogue::built_in().unwrap_or_else(|error| panic!("{error}"))
}

fn with(overlay: &str) -> Catalogue {
    Catalogue::with_overlay("providers.toml", overlay).unwrap_or_else(|error| panic!("{error}"))
}

/// Asserts that the overlay is refused at this line with these words.
fn refused(overlay: &str, line: usize, words: &str) {
    let error = Catalogue::with_overlay("providers.toml", overlay).expect_err(overlay);
    assert_eq!((error.file.as_str(), error.line), ("providers.toml", line), "{error}");
    assert!(error.reason.contains(words), "{error}");
}

fn provider(catalogue: &Catalogue, name: &str) -> Provider {
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
            let signs_in = matches!(method.kind, AuthMethod::OAuth | AuthMethod::DeviceCode);
            assert_eq!(method.unavailable.is_some(), signs_in, "{name}");
            assert_eq!(
                (method.oauth.is_some(), method.device.is_some()),
                (method.kind == AuthMethod::OAuth, method.kind == AuthMethod::DeviceCode)
            );
        }
        assert_eq!(provider.methods.iter().filter(|m| m.recommended).count(), usize::from(!matches!(name, "anthropic-sub" | "chatgpt")));
        assert_eq!(provider.hidden, name == "chatgpt");
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
    assert!(matches!(codex.redirect_uri, RedirectUri::Fixed(url) if url.port() == Some(1455)));
    assert_eq!(oauth("openrouter").client_id, None);
    assert_eq!(oauth("chatgpt").resource.as_deref(), Some("https://api.openai.com/v1"));
    let xai = provider(&catalogue, "xai");
    let device = xai.method(AuthMethod::DeviceCode).and_then(|m| m.device.clone()).expect("device");
    assert_eq!((device.mode, device.scopes.len()), (DeviceMode::Cli, 6));
    assert_eq!(xai.cli.expect("cli").program, "grok");
}

#[test]
fn the_example_of_the_contract_is_accepted() {
    let catalogue = with(
        r#"
[providers.openai]
base_url = "http://127.0.0.1:9001/v1"
[providers.codex.oauth]
authorize_url = "http://127.0.0.1:9002/auth"
token_url = "http://127.0.0.1:9002/token"
client_id = "purser-test"
redirect_uri = "http://localhost:1455/auth/callback"   # omit for the default callback
scopes = ["openid", "offline_access"]
token_format = "form"                                  # or "json"; send_state = true|false
base_url = "http://127.0.0.1:9002/v1"
[providers.xai.device]
mode = "native"
device_authorization_url = "http://127.0.0.1:9002/device"
token_url = "http://127.0.0.1:9002/token"
client_id = "purser-test"
[providers.xai.cli]
program = "/path/to/grok"
env = { HTTPS_PROXY = "http://127.0.0.1:9003", SSL_CERT_FILE = "/path/ca.pem" }
"#,
    );
    let openai = provider(&catalogue, "openai");
    assert!(matches!(&openai.base_url, BaseUrl::Fixed(url) if url.as_str() == "http://127.0.0.1:9001/v1"));
    assert_eq!((openai.name.as_str(), openai.status_rules.len()), ("OpenAI", 4));
    let codex = provider(&catalogue, "codex");
    let method = codex.method(AuthMethod::OAuth).expect("oauth");
    let settings = method.oauth.clone().expect("settings");
    assert_eq!(settings.client_id.as_deref(), Some("purser-test"));
    assert_eq!(settings.scopes, ["openid", "offline_access"]);
    assert_eq!(settings.parameters["originator"], "purser");
    assert_eq!(method.base_url.as_ref().map(url::Url::as_str), Some("http://127.0.0.1:9002/v1"));
    let xai = provider(&catalogue, "xai");
    assert_eq!(xai.method(AuthMethod::DeviceCode).and_then(|m| m.device.as_ref()).map(|d| d.mode), Some(DeviceMode::Native));
    let cli = xai.cli.expect("cli");
    assert_eq!((cli.program.as_str(), cli.env.len()), ("/path/to/grok", 4));
    assert_eq!(catalogue.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), IDS);
}

#[test]
fn another_client_does_not_inherit_the_redirect_address() {
    let catalogue = with("[providers.codex.oauth]\nclient_id = \"ours\"\n");
    let redirect = provider(&catalogue, "codex").method(AuthMethod::OAuth).and_then(|m| m.oauth.clone()).map(|o| o.redirect_uri);
    assert_eq!(redirect, Some(RedirectUri::Default));
}

#[test]
fn a_moved_local_engine_is_looked_for_where_it_went() {
    let catalogue = with("[providers.ollama]\nbase_url = \"http://127.0.0.1:9003\"\n");
    let ollama = provider(&catalogue, "ollama");
    assert_eq!(ollama.detect.iter().map(url::Url::as_str).collect::<Vec<_>>(), ["http://127.0.0.1:9003/v1"]);
    assert!(
        matches!(ollama.base_url, BaseUrl::Operator(field) if field.default.as_ref().is_some_and(|u| u.as_str() == "http://127.0.0.1:9003/v1"))
    );
}

#[test]
fn a_new_provider_needs_little_and_comes_last() {
    let catalogue = with(
        "[providers.zeta]\nbase_url = \"https://zeta.example/v1\"\n[providers.acme]\nname = \"Acme\"\nbase_url = \"https://acme.example/v1\"\nmodels = { source = \"curated\", curated = [\"acme-1\"] }\n[providers.acme.headers]\nx-team = \"a\"\n",
    );
    assert_eq!(catalogue.iter().skip(21).map(|p| p.id.as_str()).collect::<Vec<_>>(), ["zeta", "acme"]);
    let zeta = provider(&catalogue, "zeta");
    assert_eq!((zeta.name.as_str(), zeta.category, zeta.dialect), ("zeta", Category::Direct, Dialect::OpenaiChat));
    assert_eq!(zeta.credential_header, CredentialHeader::Bearer);
    assert_eq!((zeta.verify.path.as_str(), zeta.verify.must_have.as_deref()), ("models", Some("data")));
    assert!(matches!(zeta.models.source, ListSource::Fetched { shape: ModelListShape::Data, .. }));
    assert_eq!(zeta.methods.iter().map(|m| m.kind).collect::<Vec<_>>(), [AuthMethod::ApiKey]);
    assert_eq!((zeta.methods[0].finance.vendor.as_str(), zeta.methods[0].finance.channel.as_str()), ("zeta", "api"));
    let acme = provider(&catalogue, "acme");
    assert!(matches!(acme.models.source, ListSource::Curated));
    assert_eq!(acme.headers["x-team"], "a");
}

#[test]
fn tables_merge_key_by_key_and_an_empty_text_makes_a_method_available() {
    let catalogue = with(
        "[providers.codex.oauth]\nunavailable = \"\"\n[providers.anthropic.links]\nkeys = \"https://keys.example\"\n[providers.anthropic.headers]\nx-more = \"1\"\n",
    );
    assert_eq!(provider(&catalogue, "codex").method(AuthMethod::OAuth).and_then(|m| m.unavailable.clone()), None);
    let anthropic = provider(&catalogue, "anthropic");
    assert_eq!(anthropic.headers.len(), 2);
    assert_eq!(anthropic.links.keys.as_ref().map(url::Url::as_str), Some("https://keys.example/"));
    assert!(anthropic.links.docs.is_some());
}

#[test]
fn mistakes_have_a_line_and_a_reason() {
    refused("[providers.openai]\n\nbase_ulr = \"https://x.example\"\n", 3, "did you mean `base_url`?");
    refused("# hello\n[provider.openai]\nname = \"x\"\n", 2, "did you mean `providers`?");
    refused("[providers.codex.oauth]\ntoken_format = \"form\"\nsend_sate = true\n", 3, "did you mean `send_state`?");
    refused("[providers.openai.api_key]\nauthorize_url = \"https://x.example\"\n", 2, "authorize_url");
    refused("[providers.openai]\nname = \"x\"\nhidden = \"yes\"\n", 3, "expected a boolean");
    refused("[providers.openai]\nname = 5\n", 2, "expected a string");
    refused("[providers.openai]\nbase_url = \"nonsense\"\n", 2, "not a web address");
    refused("[providers.openai]\n# why\nbase_url = \"http://api.example.com/v1\"\n", 3, "plain http");
    refused("[providers.openai]\nbase_url = \"http://169.254.169.254/\"\n", 2, "not a provider");
    refused("[providers.openai]\nbase_url = \"https://me:pw@x.example\"\n", 2, "name or password");
    refused("[providers.openai]\nname = \"x\"\n\ndialect = \"openai_caht\"\n", 4, "did you mean `openai_chat`?");
    refused("[providers.openai]\nstatus_rules = [\n  { status = 402, verdict = \"no_money\" },\n]\n", 3, "no_funds");
    refused("[providers.openai]\n[providers.Open_AI]\nname = \"x\"\n", 2, "is not a provider id");
    refused("[providers.openai]\nname = \"x\n", 2, "");
    refused("[providers.openai\nname = \"x\"\n", 1, "");
    refused("[providers.xai.device]\nmode = \"telepathy\"\n", 2, "cli, native");
    refused("[providers.codex.oauth]\ntoken_url = \"http://tokens.example.com\"\n", 2, "plain http");
    refused("[providers.openai.api_key]\nreviewed = \"2026-11-23\"\n", 2, "without quotes");
    refused("[providers.openai.links]\ndocs = \"http://localhost/docs\"\n", 2, "https://");
    refused("[providers.openai.verify]\npath = \"https://elsewhere.example/x\"\n", 2, "not a path");
    refused("[providers.azure-openai.endpoint]\ntemplate = \"https://host.example/{}\"\n", 2, "host name");
}

#[test]
fn mistakes_of_a_whole_entry_are_at_its_section() {
    refused("[providers.openai]\nname = \"x\"\n\n[providers.acme]\nname = \"Acme\"\n", 4, "`base_url` is missing");
    refused("# one\n[providers.acme.links]\ndocs = \"https://x.example\"\n", 2, "`base_url` is missing");
    refused("[providers.openai.headers]\nAuthorization = \"Bearer x\"\n", 1, "`authorization` is set by Purser itself");
    refused(
        "[providers.acme]\nbase_url = \"https://x.example\"\n[providers.acme.oauth]\ntoken_url = \"https://x.example/t\"\n",
        1,
        "`oauth.authorize_url` is missing",
    );
    refused("[providers.groq.device]\nmode = \"cli\"\n", 1, "[providers.groq.cli]");
    refused("[providers.groq.device]\nmode = \"native\"\n", 1, "`device.device_authorization_url`");
    refused("[providers.groq.models]\nsource = \"curated\"\n", 1, "`models.curated`");
}

proptest::proptest! {
    #[test]
    fn no_overlay_panics(text in "(\\[providers\\.[a-z]{1,8}\\]\n)?([a-z_]{1,10} = \"\\PC{0,12}\"\n){0,3}\\PC{0,30}") {
        if let Err(error) = Catalogue::with_overlay("providers.toml", &text) {
            proptest::prop_assert!(error.line >= 1 && error.line <= text.lines().count().max(1) + 1);
            proptest::prop_assert!(!error.reason.is_empty());
        }
    }
}
