//! A provider in full: what only its own page shows.

use super::ProviderView;
use crate::api::v1::words;
use domain::provider::{BaseUrl, Links, Method};
use serde::Serialize;
use services::overview::ProviderDetail;
use url::Url;
use utoipa::ToSchema;
use vocab::AuthMethod;

/// A provider in full.
#[derive(Serialize, ToSchema)]
pub struct ProviderDetails {
    #[serde(flatten)]
    provider: ProviderView,
    /// The ways to authenticate, with what each is for.
    method_details: Vec<MethodDetails>,
    /// The endpoint to send as `address`, where the operator names it.
    address_field: Option<AddressField>,
    /// Pages for people.
    links: LinkSet,
    /// What a test does, for example "lists models (free)".
    verification: String,
    /// How a key of this provider begins. A hint, never a rule.
    key_prefixes: Vec<String>,
    /// Names of access tokens that used it in the last 30 days.
    used_by: Vec<String>,
    /// Who would serve its requests instead, if anybody.
    fallback: Option<String>,
}

/// One way to authenticate.
#[derive(Serialize, ToSchema)]
pub struct MethodDetails {
    #[schema(value_type = words::AuthMethod)]
    method: AuthMethod,
    /// What it is for.
    purpose: String,
    /// What it costs.
    cost: String,
    /// The vendor's rule on it.
    rule: String,
    /// Where the vendor says so.
    rule_url: Option<String>,
    /// The day the rule was last read.
    #[schema(format = Date)]
    reviewed: String,
    recommended: bool,
    /// Why it cannot be used in this release; `null` when it can.
    unavailable: Option<String>,
}

/// An endpoint the operator names.
#[derive(Serialize, ToSchema)]
pub struct AddressField {
    label: String,
    /// An example.
    placeholder: String,
    /// Where to find it.
    help: String,
    /// Used when none is sent.
    default: Option<String>,
}

/// Pages for people.
#[derive(Serialize, ToSchema)]
pub struct LinkSet {
    console: Option<String>,
    keys: Option<String>,
    docs: Option<String>,
    billing: Option<String>,
    usage: Option<String>,
}

impl From<ProviderDetail> for ProviderDetails {
    fn from(detail: ProviderDetail) -> Self {
        let provider = detail.state.provider.clone();
        let connection = detail.state.connection.as_ref();
        Self {
            method_details: provider.methods.iter().map(MethodDetails::from).collect(),
            address_field: address_field(&provider.base_url),
            links: LinkSet::from(&provider.links),
            verification: connection.map_or(&provider.verify, |connection| provider.verify_of(connection.method)).describe.clone(),
            key_prefixes: provider.key_prefixes.clone(),
            used_by: detail.used_by,
            fallback: detail.fallback,
            provider: detail.state.into(),
        }
    }
}

fn address_field(base_url: &BaseUrl) -> Option<AddressField> {
    let BaseUrl::Operator(field) = base_url else { return None };
    Some(AddressField {
        label: field.label.clone(),
        placeholder: field.placeholder.clone(),
        help: field.help.clone(),
        default: field.default.as_ref().map(ToString::to_string),
    })
}

impl From<&Method> for MethodDetails {
    fn from(method: &Method) -> Self {
        Self {
            method: method.kind,
            purpose: method.purpose.clone(),
            cost: method.cost.clone(),
            rule: method.rule.clone(),
            rule_url: method.rule_url.as_ref().map(ToString::to_string),
            reviewed: method.reviewed.to_string(),
            recommended: method.recommended,
            unavailable: method.unavailable.clone(),
        }
    }
}

impl From<&Links> for LinkSet {
    fn from(links: &Links) -> Self {
        let text = |url: &Option<Url>| url.as_ref().map(ToString::to_string);
        Self {
            console: text(&links.console),
            keys: text(&links.keys),
            docs: text(&links.docs),
            billing: text(&links.billing),
            usage: text(&links.usage),
        }
    }
}
