//! What each vendor wants of an authorization request, and where it sends the browser.

use super::books::{CodeFacts, Terms};
use super::refusal::{Refusal, Shape};
use super::switches::{IssuerParameter, Switches};
use super::{Issuer, random};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use time::Duration;
use url::{Url, form_urlencoded};

/// Asks for a client of one's own (Sign in with ChatGPT).
pub(super) const DYNAMIC_CLIENT: &str = "dynamic_agent_client";
/// What a plan's tokens are for, and the scope that says the plan is shared (Sign in with ChatGPT).
pub(super) const RESOURCE: &str = "https://api.openai.com/v1";
const PLAN_SCOPE: &str = "chatgpt.tokens.use.direct";

/// The vendors, named as their providers are in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// JSON, `state` in the exchange, `code#state` on a page of its own, no revocation.
    Anthropic,
    /// The Codex program's client: a form without `state`, ID token, revocation in JSON.
    Codex,
    /// Sign in with ChatGPT: a client issued on the way, `resource`, plan scope, verified ID token.
    Chatgpt,
    /// No client; a code becomes a key.
    Openrouter,
    /// Codes on any device (RFC 8628), and no browser sign-in.
    Xai,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Anthropic, Self::Codex, Self::Chatgpt, Self::Openrouter, Self::Xai];

    /// The provider's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic-sub",
            Self::Codex => "codex",
            Self::Chatgpt => "chatgpt",
            Self::Openrouter => "openrouter",
            Self::Xai => "xai",
        }
    }

    /// How tokens begin.
    pub(super) const fn prefixes(self) -> (&'static str, &'static str) {
        match self {
            Self::Anthropic => ("sk-ant-oat01-", "sk-ant-ort01-"),
            Self::Codex => ("codex-access-", "rt-codex-"),
            Self::Chatgpt => ("siwc-access-", "rt-siwc-"),
            Self::Openrouter => ("sk-or-v1-", ""),
            Self::Xai => ("xai-access-", "rt-xai-"),
        }
    }

    /// Lifetimes as observed or documented, unless switched.
    pub(super) fn terms(self, switches: &Switches) -> Terms {
        let usual = match self {
            Self::Anthropic => Duration::hours(8),
            Self::Codex => Duration::days(7),
            Self::Chatgpt | Self::Openrouter => Duration::hours(1),
            Self::Xai => Duration::hours(6),
        };
        let access = switches.access_seconds.map_or(usual, Duration::seconds);
        Terms { access, refresh: Duration::seconds(switches.refresh_seconds), rotates: switches.rotates }
    }

    /// How a refresh token that is not good any more is refused.
    pub(super) fn refresh_refusal(self, code: &str) -> Refusal {
        match self {
            Self::Codex => Refusal::new(401, code, "Your session has ended. Please sign in again.").shaped(Shape::Coded),
            Self::Chatgpt => Refusal::new(400, code, "The refresh token is not good any more."),
            Self::Anthropic | Self::Openrouter | Self::Xai => Refusal::new(400, "invalid_grant", "Refresh token not found or invalid"),
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Vendor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|vendor| vendor.id() == text).ok_or(())
    }
}

/// A request that is in order.
pub(super) struct Asked {
    pub(super) back: Url,
    pub(super) facts: CodeFacts,
    new_client: bool,
}

fn wrong(message: impl AsRef<str>) -> Refusal {
    Refusal::new(400, "invalid_request", message.as_ref())
}

/// Is the request as the vendor wants it? The vendor's own page says why not; the browser is not sent anywhere.
pub(super) fn asked(issuer: &Issuer, vendor: Vendor, query: &str) -> Result<Asked, Refusal> {
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if fields.insert(name.to_string(), value.into_owned()).is_some() {
            return Err(wrong(format!("{name} is repeated")));
        }
    }
    let text = |name: &str| fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let need = |name: &str| text(name).ok_or_else(|| wrong(format!("{name} is missing")));
    if need("code_challenge_method")? != "S256" || need("code_challenge")?.len() != 43 {
        return Err(wrong("code_challenge must be of method S256"));
    }
    if vendor != Vendor::Openrouter && need("response_type")? != "code" {
        return Err(wrong("response_type must be code"));
    }
    let redirect_uri = need(if vendor == Vendor::Openrouter { "callback_url" } else { "redirect_uri" })?;
    let back = Url::parse(redirect_uri).map_err(|_| wrong("redirect_uri is not an address"))?;
    if !redirects(issuer, vendor, &back) {
        return Err(wrong("redirect_uri is not registered for this client"));
    }
    let new_client = client(issuer, vendor, &fields)?;
    let scope = text("scope").unwrap_or_default().to_owned();
    if vendor == Vendor::Chatgpt {
        siwc(&fields, &scope)?;
    }
    let own = |name: &str| text(name).map(str::to_owned);
    let facts = CodeFacts {
        client_id: if new_client { Some(random("oaiapp_")) } else { own("client_id") },
        redirect_uri: redirect_uri.to_owned(),
        challenge: need("code_challenge")?.to_owned(),
        nonce: own("nonce"),
        state: own("state"),
        scope,
    };
    if vendor != Vendor::Openrouter && facts.state.is_none() {
        return Err(wrong("state is missing"));
    }
    Ok(Asked { back, facts, new_client })
}

/// Loopback, on any port, with the vendor's own host name and path.
fn redirects(issuer: &Issuer, vendor: Vendor, back: &Url) -> bool {
    let host = back.host_str().unwrap_or_default();
    let local = |hosts: &[&str], path: &str| back.scheme() == "http" && hosts.contains(&host) && back.path() == path;
    match vendor {
        Vendor::Anthropic => {
            local(&["localhost", "127.0.0.1"], "/callback") || back.as_str() == issuer.address(vendor, "oauth/code/callback")
        }
        Vendor::Codex => local(&["localhost"], "/auth/callback"),
        Vendor::Chatgpt => local(&["127.0.0.1"], "/auth/callback"),
        Vendor::Xai => false,
        Vendor::Openrouter => back.scheme() == "https" || matches!(host, "localhost" | "127.0.0.1"),
    }
}

/// Is the client known? True when one has to be issued.
fn client(issuer: &Issuer, vendor: Vendor, fields: &BTreeMap<String, String>) -> Result<bool, Refusal> {
    let unknown = || Refusal::new(400, "invalid_client", "Unknown client_id");
    let id = fields.get("client_id").map(String::as_str);
    let is_uuid = |text: &str| text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let name_hint = fields.contains_key("agent_name_hint");
    match (vendor, id) {
        (Vendor::Openrouter, None) => Ok(false),
        (Vendor::Anthropic, Some(id)) if is_uuid(id) => Ok(false),
        (Vendor::Codex, Some(id)) if id.starts_with("app_") => Ok(false),
        (Vendor::Chatgpt, Some(id)) => {
            let host = fields.get("ext_agent_host_id").and_then(|host| host.strip_prefix("urn:uuid:"));
            if !host.is_some_and(is_uuid) {
                return Err(wrong("ext_agent_host_id must be urn:uuid: and a UUID"));
            }
            match (id == DYNAMIC_CLIENT, name_hint) {
                (true, true) => Ok(true),
                (true, false) => Err(wrong("agent_name_hint is missing")),
                (false, true) => Err(wrong("agent_name_hint is for the first sign-in only")),
                (false, false) if issuer.desks().entry(vendor).or_default().books.clients.iter().any(|client| client == id) => Ok(false),
                (false, false) => Err(unknown()),
            }
        }
        _ => Err(unknown()),
    }
}

fn siwc(fields: &BTreeMap<String, String>, scope: &str) -> Result<(), Refusal> {
    if fields.get("resource").map(String::as_str) != Some(RESOURCE) {
        return Err(wrong("resource is missing"));
    }
    if !fields.contains_key("nonce") {
        return Err(wrong("nonce is missing"));
    }
    let whole = ["openid", "profile", "email", "offline_access", "resource.invoke", PLAN_SCOPE];
    let asked: Vec<&str> = scope.split(' ').collect();
    if whole.iter().all(|wanted| asked.contains(wanted)) {
        Ok(())
    } else {
        Err(Refusal::new(400, "invalid_scope", "Ask for the whole set"))
    }
}

/// The person has decided: where the browser goes.
pub(super) fn decide(issuer: &Issuer, vendor: Vendor, query: &str, yes: bool) -> Result<Url, Refusal> {
    let Asked { mut back, mut facts, new_client } = asked(issuer, vendor, query)?;
    let now = issuer.clock.now();
    let mut desks = issuer.desks();
    let desk = desks.entry(vendor).or_default();
    desk.counts.authorizations += 1;
    let (state, client_id) = (facts.state.clone(), facts.client_id.clone());
    let mut query = back.query_pairs_mut();
    if yes {
        if new_client {
            desk.books.clients.extend(client_id.clone());
        }
        if !desk.switches.plan_shared {
            facts.scope = facts.scope.split(' ').filter(|scope| *scope != PLAN_SCOPE).collect::<Vec<_>>().join(" ");
        }
        query.append_pair("code", &desk.books.code(facts, now));
        if vendor == Vendor::Chatgpt {
            query.append_pair("client_id", client_id.as_deref().unwrap_or_default());
        }
    } else {
        query.append_pair("error", "access_denied").append_pair("error_description", &desk.switches.denial);
    }
    if let Some(state) = &state {
        query.append_pair("state", state);
    }
    match desk.switches.iss {
        IssuerParameter::Absent => {}
        IssuerParameter::Own => drop(query.append_pair("iss", &issuer.name(vendor))),
        IssuerParameter::Foreign => drop(query.append_pair("iss", "https://issuer.example")),
    }
    drop(query);
    Ok(back)
}
