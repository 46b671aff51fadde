//! The operator's overlay: what it may change, and how its mistakes are named.

use super::catalogue_tests::{IDS, provider, refused, with};
use super::entry::{BaseUrl, CredentialHeader, ListSource, ModelListShape};
use super::sign_in::{RedirectUri, Terminal};
use super::*;
use vocab::DeviceMode;
use vocab::Lending::{Broker, HandOver, Lend};
use vocab::{AuthMethod, Category, Dialect};

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
fn a_program_borrows_as_it_can_or_as_the_operator_allows() {
    let lendings = |text: &str, id: &str| {
        let cli = provider(&with(text), id).cli.expect("cli");
        (cli.lending, cli.lendings)
    };
    assert_eq!(lendings("", "xai"), (Lend, vec![Lend, Broker, HandOver]));
    assert_eq!(lendings("", "codex"), (Lend, vec![Lend, HandOver]));
    assert_eq!(lendings("[providers.xai.cli]\nlendings = [\"lend\"]\n", "xai"), (Lend, vec![Lend]));
    let text = "[providers.xai.cli]\nlending = \"broker\"\nlendings = [\"lend\", \"broker\"]\n";
    assert_eq!(lendings(text, "xai"), (Broker, vec![Broker, Lend]));
}

#[test]
fn another_client_does_not_inherit_the_redirect_address() {
    let catalogue = with("[providers.codex.oauth]\nclient_id = \"ours\"\n");
    let redirect = provider(&catalogue, "codex").method(AuthMethod::OAuth).and_then(|m| m.oauth.clone()).map(|o| o.redirect_uri);
    assert_eq!(redirect, Some(RedirectUri::Default));
}

#[test]
fn another_authorization_server_inherits_nothing_that_was_said_about_the_vendors() {
    let catalogue = with(
        r#"
[providers.codex.oauth]
token_url = "http://127.0.0.1:9002/token"
[providers.chatgpt.oauth]
authorize_url = "http://127.0.0.1:9002/auth"
client_id = "purser-test"
[providers.anthropic-sub.oauth]
scopes = ["user:inference"]
"#,
    );
    let oauth = |name: &str| provider(&catalogue, name).method(AuthMethod::OAuth).and_then(|m| m.oauth.clone()).expect("oauth");
    let codex = oauth("codex");
    assert_eq!((codex.issuer, codex.revoke_url, codex.terminal), (None, None, Terminal::default()));
    assert!(codex.client_id.is_some() && !codex.shared_with.is_empty(), "these are not the server's");
    let siwc = oauth("chatgpt");
    assert_eq!((siwc.issuer, siwc.jwks_uri, siwc.resource, siwc.plan_scope), (None, None, None, None));
    assert!(!siwc.dynamic_client, "a client that is named is not issued on the way");
    assert_eq!(siwc.redirect_uri, RedirectUri::Default);
    let claude = oauth("anthropic-sub");
    assert!(claude.paste_redirect_uri.is_some() && claude.token_url.host_str() == Some("platform.claude.com"));
}

#[test]
fn sign_in_settings_that_cannot_work_are_named() {
    let table = |lines: &str| {
        format!(
            "[providers.acme]\nbase_url = \"https://acme.example/v1\"\n[providers.acme.oauth]\nauthorize_url = \"https://acme.example/a\"\ntoken_url = \"https://acme.example/t\"\n{lines}"
        )
    };
    refused(&table(""), 1, "`oauth.client_id` is missing");
    refused(&table("client_id = \"x\"\njwks_uri = \"https://acme.example/jwks\"\n"), 1, "needs `issuer`");
    refused(&table("client_id = \"x\"\nplan_scope = \"plan\"\nscopes = [\"openid\"]\n"), 1, "`scopes` does not ask for");
    refused(&table("client_id = \"x\"\nshared_with = [\"acme\"]\n"), 1, "names `acme`");
    refused(&table("client_id = \"x\"\nshared_with = [\"nobody\"]\n"), 1, "names `nobody`");
    refused(&table("client_id = \"x\"\noffered = \"by_owners\"\n"), 7, "did you mean `by_owner`?");
    let key = with(&table("exchange = \"api_key\"\n"));
    assert!(provider(&key, "acme").method(AuthMethod::OAuth).is_some());
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
fn a_method_may_have_calls_and_a_plan_of_its_own() {
    let catalogue = with(
        r#"
[providers.codex.oauth]
models = { path = "list", shape = "array" }
plan = { refused = ["top_p"] }
[providers.openai.api_key]
verify = { path = "me", must_have = "id" }
responses = false
[providers.acme]
base_url = "https://acme.example/v1"
dialect = "openai_responses"
[providers.acme.api_key]
models = { source = "curated", curated = ["acme-1"] }
status_rules = [{ status = 409, verdict = "no_funds" }]
headers = { x-plan = "team" }
"#,
    );
    let codex = provider(&catalogue, "codex");
    assert!(
        matches!(&codex.models_of(AuthMethod::OAuth).source, ListSource::Fetched { path, shape: ModelListShape::Array } if path == "list")
    );
    let plan = codex.method(AuthMethod::OAuth).and_then(|method| method.plan.clone()).expect("a plan");
    assert!(plan.stream_only && plan.refuses("top_p") && !plan.refuses("temperature"), "key by key; a list is replaced whole");
    let openai = provider(&catalogue, "openai");
    assert_eq!(openai.verify_of(AuthMethod::ApiKey).must_have.as_deref(), Some("id"));
    assert_eq!(openai.method(AuthMethod::ApiKey).and_then(|method| method.responses), Some(false));
    let acme = provider(&catalogue, "acme");
    assert!(matches!(acme.models_of(AuthMethod::ApiKey).source, ListSource::Curated));
    assert_eq!(acme.status_rules_of(AuthMethod::ApiKey).map(|rule| rule.status).collect::<Vec<_>>(), [409]);
    assert_eq!(acme.method(AuthMethod::ApiKey).map(|method| method.headers["x-plan"].as_str()), Some("team"));
}

#[test]
fn mistakes_have_a_line_and_a_reason() {
    refused("[providers.codex.oauth]\nplan = { stream_olny = true }\n", 2, "did you mean `stream_only`?");
    refused("[providers.codex.oauth.plan]\nrefused = [\"temperature\", \"top p\"]\n", 2, "not a name");
    refused("[providers.codex.oauth.models]\nshape = \"slug\"\n", 2, "did you mean `slugs`?");
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
    refused("[providers.codex.cli]\nlendings = [\"lend\", \"broker\"]\n", 1, "`cli.broker_variable`");
    refused("[providers.xai.cli]\nlendings = [\"hand_over\"]\n", 1, "leaves out `lend`");
    refused("[providers.groq.device]\nmode = \"native\"\n", 1, "`device.device_authorization_url`");
    refused("[providers.codex.oauth.plan]\nrefused = [\"stream\"]\n", 1, "`plan.refused` names `stream`");
    refused("[providers.openai.api_key]\nplan = { store = false }\n", 1, "speaks another one");
    refused("[providers.codex.oauth.models]\nsource = \"curated\"\n", 1, "`models.curated`");
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
