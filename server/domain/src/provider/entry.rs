//! One entry of the catalogue. Dialect and vendor quirks are data here, never an `if` on a provider's name.

use super::plan::PlanRules;
use super::sign_in::{CliSettings, DeviceSettings, OAuthSettings};
use serde::Deserialize;
use std::collections::BTreeMap;
use time::Date;
use url::Url;
use vocab::{AuthMethod, Category, Dialect, ProviderId, Verdict};

/// A provider Purser knows.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Stable name, for example `anthropic-sub`.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
    /// One sentence on what it is.
    pub summary: String,
    /// How it is grouped.
    pub category: Category,
    /// Where its API is.
    pub base_url: BaseUrl,
    /// The wire of its inference endpoint; a method may differ.
    pub dialect: Dialect,
    /// Does it also serve `POST responses`, beside its own dialect? A method may differ.
    pub responses: bool,
    /// How a key is sent.
    pub credential_header: CredentialHeader,
    /// Sent with every call, for example `anthropic-version`.
    pub headers: BTreeMap<String, String>,
    /// Ways to authenticate, the recommended one first.
    pub methods: Vec<Method>,
    /// The free call that proves a credential.
    pub verify: VerifyCall,
    /// Where the model list is, or the curated list.
    pub models: ModelList,
    /// Prefixes a key of this provider is known to begin with. A hint, never a refusal.
    pub key_prefixes: Vec<String>,
    /// Exceptions to the general reading of a status, tried in order before it.
    pub status_rules: Vec<StatusRule>,
    /// Pages for people.
    pub links: Links,
    /// For local engines: base URLs to look at, in order.
    pub detect: Vec<Url>,
    /// Where prices of this provider's models are found in the bundled price facts, if anywhere.
    pub price_source: Option<String>,
    /// The provider's own program, for builds and for device-code sign-in.
    pub cli: Option<CliSettings>,
    /// Kept out of the list while nothing is connected? Only an overlay says so: of our own entries each has its row.
    pub hidden: bool,
}

impl Provider {
    /// The method of that kind, if the provider offers it.
    pub fn method(&self, kind: AuthMethod) -> Option<&Method> {
        self.methods.iter().find(|method| method.kind == kind)
    }

    /// The free call that proves a credential of this method: its own, or the provider's.
    pub fn verify_of(&self, kind: AuthMethod) -> &VerifyCall {
        self.method(kind).and_then(|method| method.verify.as_ref()).unwrap_or(&self.verify)
    }

    /// Where this method's models are: its own list, or the provider's.
    pub fn models_of(&self, kind: AuthMethod) -> &ModelList {
        self.method(kind).and_then(|method| method.models.as_ref()).unwrap_or(&self.models)
    }

    /// Exceptions to the reading of a status: this method's before the provider's.
    pub fn status_rules_of(&self, kind: AuthMethod) -> impl Iterator<Item = &StatusRule> {
        let own = self.method(kind).map(|method| method.status_rules.as_slice()).unwrap_or_default();
        own.iter().chain(&self.status_rules)
    }
}

/// Where a provider's API is.
#[derive(Debug, Clone)]
pub enum BaseUrl {
    /// Always here (the overlay may move it).
    Fixed(Url),
    /// The operator says where; local engines come with a default.
    Operator(OperatorField),
}

/// What the operator has to fill in to name the endpoint.
#[derive(Debug, Clone)]
pub struct OperatorField {
    /// Label of the field, for example "Azure resource name".
    pub label: String,
    /// An example of what to type.
    pub placeholder: String,
    /// One sentence on where to find it.
    pub help: String,
    /// With `{}` where the typed word goes; without a template a whole URL is asked for.
    pub template: Option<String>,
    /// Used when nothing is typed.
    pub default: Option<Url>,
    /// The path of the API, for example `/v1`; added to a typed address that has none.
    pub root_path: Option<String>,
}

/// One way to authenticate with a provider.
#[derive(Debug, Clone)]
pub struct Method {
    /// Which way.
    pub kind: AuthMethod,
    /// What it is for, one sentence.
    pub purpose: String,
    /// What it costs, one sentence.
    pub cost: String,
    /// The vendor's rule on it, one or two sentences.
    pub rule: String,
    /// Where the vendor says so.
    pub rule_url: Option<Url>,
    /// When we last read it.
    pub reviewed: Date,
    /// The one we would choose.
    pub recommended: bool,
    /// Why it cannot be used in this release; `None` when it can.
    pub unavailable: Option<String>,
    /// Another host than the provider's own.
    pub base_url: Option<Url>,
    /// Another wire than the provider's own.
    pub dialect: Option<Dialect>,
    /// Another answer than the provider's own to whether `POST responses` is served.
    pub responses: Option<bool>,
    /// Sent with every call of this method, beside [`Provider::headers`].
    pub headers: BTreeMap<String, String>,
    /// Another verification call than the provider's own: a plan token often talks to another host than a key.
    pub verify: Option<VerifyCall>,
    /// Another model list than the provider's own.
    pub models: Option<ModelList>,
    /// Exceptions to the reading of a status, tried before [`Provider::status_rules`].
    pub status_rules: Vec<StatusRule>,
    /// What its endpoint takes, where that is less than the dialect has room for.
    pub plan: Option<PlanRules>,
    /// For Finance.
    pub finance: FinanceHint,
    /// Settings of a browser sign-in.
    pub oauth: Option<OAuthSettings>,
    /// Settings of a device-code sign-in.
    pub device: Option<DeviceSettings>,
}

impl Method {
    /// Is what it uses covered by a plan, so that a token has no price, and a paid key is never asked instead unless the
    /// caller says so?
    pub fn spends_plan(&self) -> bool {
        self.plan.is_some() || self.finance.channel == "subscription"
    }
}

/// Which vendor bills for a method, and through which channel (finance-bridge §3.5).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinanceHint {
    /// Vendor key, for example `anthropic`; `none` for self-hosted.
    pub vendor: String,
    /// For example `api`, `subscription`, `cloud`, `router`, `self_hosted`.
    pub channel: String,
    /// `metered` or `subscription`, where one can be guessed.
    pub suggested_type: Option<String>,
}

/// How a key travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialHeader {
    /// `Authorization: Bearer …`
    Bearer,
    /// A header of its own, for example `x-api-key`.
    Named(String),
    /// No credential.
    None,
}

/// HTTP method of a verification call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum VerifyMethod {
    /// `GET`
    Get,
    /// `POST` without a body.
    Post,
}

/// The free call that proves a credential, and how to read its answer.
#[derive(Debug, Clone)]
pub struct VerifyCall {
    /// `GET` or `POST`.
    pub method: VerifyMethod,
    /// Relative to the base URL (`models`), or to its origin when it starts with `/` (`/v1/api-key`).
    pub path: String,
    /// A member the JSON answer must have, so that a stranger's 200 is not taken for success; `[]` asks for an array.
    pub must_have: Option<String>,
    /// Members that change the verdict of a 2xx.
    pub flags: Vec<BodyFlag>,
    /// What the page says the call does, for example "lists models (free)".
    pub describe: String,
}

/// A boolean member of a 2xx answer that is not good news.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyFlag {
    /// Top-level member.
    pub member: String,
    /// The value that triggers.
    pub when: bool,
    /// The verdict then.
    pub verdict: Verdict,
    /// The words then.
    pub message: String,
}

/// An exception: this status with this text in its body means this.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRule {
    /// HTTP status.
    pub status: u16,
    /// Substring of the body, compared without case; empty matches any.
    #[serde(default)]
    pub contains: String,
    /// The verdict then.
    pub verdict: Verdict,
}

/// Where a provider's models come from.
#[derive(Debug, Clone)]
pub struct ModelList {
    /// Fetched or curated.
    pub source: ListSource,
    /// Model ids the vendor always has, used where discovery is impossible.
    pub curated: Vec<String>,
}

impl ModelList {
    /// Where most providers have it: `GET models`, answered with `{data:[{id}]}`.
    pub(super) fn usual() -> Self {
        Self { source: ListSource::Fetched { path: "models".to_owned(), shape: ModelListShape::Data }, curated: Vec::new() }
    }
}

/// Can the list be fetched?
#[derive(Debug, Clone)]
pub enum ListSource {
    /// `GET` this path (as in [`VerifyCall::path`]) and read it so.
    Fetched {
        /// The path.
        path: String,
        /// The shape of the answer.
        shape: ModelListShape,
    },
    /// No; the curated list is all there is.
    Curated,
}

/// The shapes of model lists in the wild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelListShape {
    /// `{data:[{id}]}`: OpenAI and most others; Anthropic pages it with `has_more`/`last_id`.
    Data,
    /// `{models:[{name}]}`: Ollama, Cohere.
    Names,
    /// `{models:[{name:"models/…"}],nextPageToken}`: Gemini.
    Gemini,
    /// `[{id}]`: Together.
    Array,
    /// `{models:[{slug,display_name,visibility}]}`: ChatGPT plan tokens.
    Slugs,
    /// `{modelSummaries:[{modelId}]}`: Bedrock.
    Summaries,
}

/// Pages for people. All https.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Links {
    /// The vendor's console.
    pub console: Option<Url>,
    /// Where keys are made.
    pub keys: Option<Url>,
    /// Documentation.
    pub docs: Option<Url>,
    /// Where money is added and invoices are.
    pub billing: Option<Url>,
    /// Where usage is shown.
    pub usage: Option<Url>,
}
