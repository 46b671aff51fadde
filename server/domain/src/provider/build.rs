//! From the tables of the file to a [`Provider`]: defaults filled in, and what must be there demanded.

use super::build_device::{cli, device_settings};
use super::endpoint;
use super::entry::{
    BaseUrl, CredentialHeader, FinanceHint, Links, ListSource, Method, ModelList, ModelListShape, OperatorField, Provider, VerifyCall,
    VerifyMethod,
};
use super::plan::PlanRules;
use super::raw::{
    HeaderName, RawDevice, RawEndpoint, RawLinks, RawMethod, RawModels, RawOAuth, RawProvider, RawSource, RawVerify, SettingName, Word,
};
use super::sign_in::{OAuthSettings, RedirectUri, Terminal};
use std::collections::BTreeMap;
use time::{Date, macros::date};
use url::Url;
use vocab::{AuthMethod, Category, DeviceMode, Dialect, ProviderId};

/// The day the built-in catalogue was last read against the vendors' pages.
const REVIEWED: Date = date!(2026 - 11 - 23);

/// Headers that belong to the credential or to the connection, and are never fixed in a catalogue.
const RESERVED_HEADERS: [&str; 7] =
    ["authorization", "connection", "content-length", "content-type", "cookie", "host", "transfer-encoding"];

/// Builds one provider; the error is what is missing or contradicts itself, in words.
pub(super) fn provider(id: &ProviderId, raw: RawProvider) -> Result<Provider, String> {
    let base_url = base_url(raw.endpoint.as_ref(), raw.base_url.map(|url| url.0))?;
    let category = raw.category.unwrap_or(Category::Direct);
    let detect = match (raw.detect, &base_url) {
        (Some(urls), _) => urls.into_iter().map(|url| url.0).collect(),
        (None, BaseUrl::Operator(field)) if category == Category::Local => field.default.iter().cloned().collect(),
        _ => Vec::new(),
    };
    let methods = methods(id, category, raw.api_key.map(|m| m.common()), raw.oauth, raw.device, raw.none.map(|m| m.common()))?;
    if methods.iter().any(|method| method.device.as_ref().is_some_and(|device| device.mode == DeviceMode::Cli)) && raw.cli.is_none() {
        return Err(format!("`mode = \"cli\"` needs a table [providers.{id}.cli] with the program"));
    }
    let models = models(raw.models.unwrap_or_default())?;
    let dialect = raw.dialect.unwrap_or(Dialect::OpenaiChat);
    if methods.iter().any(|method| method.plan.is_some() && method.dialect.unwrap_or(dialect) != Dialect::OpenaiResponses) {
        return Err("`plan` holds rules for requests of the dialect `openai_responses`, and this method speaks another one".to_owned());
    }
    Ok(Provider {
        id: id.clone(),
        name: raw.name.map_or_else(|| id.to_string(), |name| name.0),
        summary: raw.summary.map_or_else(|| "Added on this installation.".to_owned(), |summary| summary.0),
        category,
        base_url,
        dialect,
        responses: raw.responses.unwrap_or(false),
        credential_header: credential_header(raw.credential_header, &methods),
        headers: headers(raw.headers)?,
        verify: verify(raw.verify.unwrap_or_default(), &models),
        models,
        methods,
        key_prefixes: words(raw.key_prefixes),
        status_rules: raw.status_rules.unwrap_or_default(),
        links: links(raw.links.unwrap_or_default()),
        detect,
        price_source: raw.price_source.map(|source| source.0),
        cli: raw.cli.map(cli).transpose()?,
        hidden: raw.hidden.unwrap_or(false),
    })
}

fn base_url(endpoint: Option<&RawEndpoint>, base: Option<Url>) -> Result<BaseUrl, String> {
    let Some(raw) = endpoint else {
        return base.map(BaseUrl::Fixed).ok_or_else(|| "`base_url` is missing".to_owned());
    };
    let raw = raw.clone();
    let root_path = raw.root_path.map(|path| path.0);
    Ok(BaseUrl::Operator(OperatorField {
        label: raw.label.ok_or("`endpoint.label` is missing")?.0,
        placeholder: raw.placeholder.map_or_else(String::new, |text| text.0),
        help: raw.help.map_or_else(String::new, |text| text.0),
        template: raw.template.map(|template| template.0),
        default: base.map(|url| endpoint::with_root_path(url, root_path.as_deref())),
        root_path,
    }))
}

fn credential_header(raw: Option<HeaderName>, methods: &[Method]) -> CredentialHeader {
    match raw.map(|name| name.0) {
        Some(name) if name == "bearer" => CredentialHeader::Bearer,
        Some(name) if name == "none" => CredentialHeader::None,
        Some(name) => CredentialHeader::Named(name),
        None if methods.iter().all(|method| method.kind == AuthMethod::None) => CredentialHeader::None,
        None => CredentialHeader::Bearer,
    }
}

fn headers(raw: Option<BTreeMap<HeaderName, Word>>) -> Result<BTreeMap<String, String>, String> {
    let headers: BTreeMap<String, String> = raw.unwrap_or_default().into_iter().map(|(name, value)| (name.0, value.0)).collect();
    match headers.keys().find(|name| RESERVED_HEADERS.contains(&name.as_str())) {
        Some(name) => Err(format!("the header `{name}` is set by Purser itself; the key goes where `credential_header` says")),
        None => Ok(headers),
    }
}

fn models(raw: RawModels) -> Result<ModelList, String> {
    let curated = words(raw.curated);
    if raw.source == Some(RawSource::Curated) {
        if curated.is_empty() {
            return Err("`models.source = \"curated\"` needs the list `models.curated`".to_owned());
        }
        return Ok(ModelList { source: ListSource::Curated, curated });
    }
    let path = raw.path.map_or_else(|| "models".to_owned(), |path| path.0);
    let source = ListSource::Fetched { path, shape: raw.shape.unwrap_or(ModelListShape::Data) };
    Ok(ModelList { source, curated })
}

/// Without a verification call of its own, a provider is asked for its models.
fn verify(raw: RawVerify, models: &ModelList) -> VerifyCall {
    let (list_path, member) = match &models.source {
        ListSource::Fetched { path, shape } => (path.clone(), Some(list_member(*shape))),
        ListSource::Curated => ("models".to_owned(), Some("data")),
    };
    let own_path = raw.path.is_some();
    let must_have = match raw.must_have {
        Some(member) => Some(member).filter(|member| !member.is_empty()),
        None if own_path => None,
        None => member.map(str::to_owned),
    };
    VerifyCall {
        method: raw.method.unwrap_or(VerifyMethod::Get),
        path: raw.path.map_or(list_path, |path| path.0),
        must_have,
        flags: raw.flags.unwrap_or_default(),
        describe: raw.describe.map_or_else(|| "lists models (free)".to_owned(), |text| text.0),
    }
}

/// A method that names neither a call nor a list of its own is verified as its provider is.
fn own_verify(raw: Option<RawVerify>, list: Option<&ModelList>) -> Option<VerifyCall> {
    match (raw, list) {
        (None, None) => None,
        (raw, Some(list)) => Some(verify(raw.unwrap_or_default(), list)),
        (Some(raw), None) => Some(verify(raw, &ModelList::usual())),
    }
}

const fn list_member(shape: ModelListShape) -> &'static str {
    match shape {
        ModelListShape::Data => "data",
        ModelListShape::Names | ModelListShape::Gemini | ModelListShape::Slugs => "models",
        ModelListShape::Array => "[]",
        ModelListShape::Summaries => "modelSummaries",
    }
}

fn links(raw: RawLinks) -> Links {
    let RawLinks { console, keys, docs, billing, usage } = raw;
    Links {
        console: console.map(|p| p.0),
        keys: keys.map(|p| p.0),
        docs: docs.map(|p| p.0),
        billing: billing.map(|p| p.0),
        usage: usage.map(|p| p.0),
    }
}

pub(super) fn words(raw: Option<Vec<Word>>) -> Vec<String> {
    raw.unwrap_or_default().into_iter().map(|word| word.0).collect()
}

pub(super) fn settings(raw: Option<BTreeMap<SettingName, String>>) -> BTreeMap<String, String> {
    raw.unwrap_or_default().into_iter().map(|(name, value)| (name.0, value)).collect()
}

/// The methods, the recommended one first. A provider without any method table takes a key, a local one nothing.
fn methods(
    id: &ProviderId,
    category: Category,
    api_key: Option<RawMethod>,
    oauth: Option<RawOAuth>,
    device: Option<RawDevice>,
    none: Option<RawMethod>,
) -> Result<Vec<Method>, String> {
    let mut methods = Vec::new();
    let bare = api_key.is_none() && oauth.is_none() && device.is_none() && none.is_none();
    let default = |wanted: bool| (bare && wanted).then(RawMethod::default);
    if let Some(raw) = api_key.or_else(|| default(category != Category::Local)) {
        methods.push(method(id, AuthMethod::ApiKey, raw)?);
    }
    if let Some(raw) = oauth {
        let common = method(id, AuthMethod::OAuth, raw.common())?;
        methods.push(Method { oauth: Some(oauth_settings(raw)?), ..common });
    }
    if let Some(raw) = device {
        let common = method(id, AuthMethod::DeviceCode, raw.common())?;
        methods.push(Method { device: Some(device_settings(raw)?), ..common });
    }
    if let Some(raw) = none.or_else(|| default(category == Category::Local)) {
        methods.push(method(id, AuthMethod::None, raw)?);
    }
    methods.sort_by_key(|method| !method.recommended);
    Ok(methods)
}

fn method(id: &ProviderId, kind: AuthMethod, raw: RawMethod) -> Result<Method, String> {
    let local = kind == AuthMethod::None;
    let list = raw.models.map(models).transpose()?;
    let finance = raw.finance.unwrap_or_default();
    let words = |text: Option<super::raw::Text>, default: &str| text.map_or_else(|| default.to_owned(), |text| text.0);
    Ok(Method {
        kind,
        purpose: words(raw.purpose, "For every use of this provider."),
        cost: words(raw.cost, if local { "Nothing but this machine." } else { "As agreed with the provider." }),
        rule: words(raw.rule, "Added on this installation: read the provider's own terms."),
        rule_url: raw.rule_url.map(|page| page.0),
        reviewed: raw.reviewed.map_or(REVIEWED, |day| day.0),
        recommended: raw.recommended.unwrap_or(false),
        unavailable: raw.unavailable.filter(|why| !why.trim().is_empty()),
        base_url: raw.base_url.map(|url| url.0),
        dialect: raw.dialect,
        responses: raw.responses,
        headers: headers(raw.headers)?,
        verify: own_verify(raw.verify, list.as_ref()),
        models: list,
        status_rules: raw.status_rules.unwrap_or_default(),
        plan: raw.plan.map(PlanRules::try_from).transpose()?,
        finance: FinanceHint {
            vendor: finance.vendor.map_or_else(|| if local { "none".to_owned() } else { id.to_string() }, |word| word.0),
            channel: finance.channel.map_or_else(|| if local { "self_hosted" } else { "api" }.to_owned(), |word| word.0),
            suggested_type: finance.suggested_type.map(|word| word.0),
        },
        oauth: None,
        device: None,
    })
}

fn oauth_settings(raw: RawOAuth) -> Result<OAuthSettings, String> {
    let settings = OAuthSettings {
        authorize_url: raw.authorize_url.ok_or("`oauth.authorize_url` is missing")?.0,
        token_url: raw.token_url.ok_or("`oauth.token_url` is missing")?.0,
        revoke_url: raw.revoke_url.map(|url| url.0),
        client_id: raw.client_id.map(|id| id.0),
        redirect_uri: raw.redirect_uri.map_or(RedirectUri::Default, |redirect| redirect.0),
        scopes: words(raw.scopes),
        token_format: raw.token_format.unwrap_or_default(),
        send_state: raw.send_state.unwrap_or(false),
        resource: raw.resource.map(|resource| resource.0),
        parameters: settings(raw.parameters),
        exchange: raw.exchange.unwrap_or_default(),
        issuer: raw.issuer.map(|issuer| issuer.0),
        jwks_uri: raw.jwks_uri.map(|url| url.0),
        revoke_format: raw.revoke_format.unwrap_or_default(),
        terminal: Terminal { codes: words(raw.terminal_codes), statuses: raw.terminal_statuses.unwrap_or_default() },
        dynamic_client: raw.dynamic_client.unwrap_or(false),
        plan_scope: raw.plan_scope.map(|scope| scope.0),
        shared_with: raw.shared_with.unwrap_or_default(),
        offered: raw.offered.unwrap_or_default(),
        paste_redirect_uri: raw.paste_redirect_uri.map(|url| url.0),
        account_header: raw.account_header.map(|name| name.0),
        refresh_token_lives: raw.refresh_token_days.map(|days| time::Duration::days(i64::from(days))),
    };
    settings.check()
}
