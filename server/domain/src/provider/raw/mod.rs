//! The catalogue file as it is written: every key optional, unknown keys refused, values checked where they stand, so that
//! every mistake has a line. The built-in file and the operator's overlay have the same shape; [`Layer`] puts one on the other.

mod leaf;

pub(super) use leaf::{
    CallPath, Day, Endpoint, ExactUrl, HeaderName, HomePath, HostName, Page, Redirect, SettingName, Template, Text, Word,
};

use super::entry::{BodyFlag, ModelListShape, StatusRule, VerifyMethod};
use super::sign_in::{CredentialFormat, DeviceProtocol, Exchange, Lending, Offered, PromptPlace, TokenFormat};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use toml::Spanned;
use vocab::{Category, DeviceMode, Dialect, ProviderId};

/// A value of the upper file laid over the same key of the lower one. Whole values replace, tables merge key by key.
pub(super) trait Layer: Sized {
    /// What results.
    fn over(self, below: Self) -> Self {
        drop(below);
        self
    }
}

impl<T: Layer> Layer for Option<T> {
    fn over(self, below: Self) -> Self {
        match (self, below) {
            (Some(upper), Some(lower)) => Some(upper.over(lower)),
            (upper, lower) => upper.or(lower),
        }
    }
}

impl<K: Ord, V: Layer> Layer for BTreeMap<K, V> {
    fn over(self, mut below: Self) -> Self {
        for (key, upper) in self {
            let merged = match below.remove(&key) {
                Some(lower) => upper.over(lower),
                None => upper,
            };
            below.insert(key, merged);
        }
        below
    }
}

impl<T> Layer for Vec<T> {}

macro_rules! whole_values {
    ($($kind:ty),+ $(,)?) => { $(impl Layer for $kind {})+ };
}

whole_values!(
    bool,
    u16,
    String,
    CallPath,
    Day,
    Endpoint,
    ExactUrl,
    HeaderName,
    Page,
    Redirect,
    Template,
    Text,
    Word,
    Category,
    Dialect,
    CredentialFormat,
    DeviceMode,
    DeviceProtocol,
    Exchange,
    HomePath,
    HostName,
    Lending,
    ModelListShape,
    Offered,
    PromptPlace,
    RawSource,
    SettingName,
    TokenFormat,
    VerifyMethod,
);

/// Declares a table: every key optional, none unknown, merged key by key.
macro_rules! table {
    ($(#[$meta:meta])* $name:ident { $($field:ident : $kind:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::provider) struct $name { $(pub(in crate::provider) $field: Option<$kind>),+ }

        impl Layer for $name {
            fn over(self, below: Self) -> Self {
                Self { $($field: self.$field.over(below.$field)),+ }
            }
        }
    };
}

/// Declares the table of an authentication method: what all have, and what it alone has.
macro_rules! method_table {
    ($(#[$meta:meta])* $name:ident { $($field:ident : $kind:ty),* $(,)? }) => {
        table! { $(#[$meta])* $name {
            purpose: Text, cost: Text, rule: Text, rule_url: Page, reviewed: Day, recommended: bool, unavailable: String,
            base_url: Endpoint, dialect: Dialect, responses: bool, headers: BTreeMap<HeaderName, Word>, finance: RawFinance,
            verify: RawVerify, models: RawModels, status_rules: Vec<StatusRule>, plan: RawPlan,
            $($field: $kind),*
        } }

        impl $name {
            /// The keys that every method has.
            pub(in crate::provider) fn common(&self) -> RawMethod {
                let Self { purpose, cost, rule, rule_url, reviewed, recommended, unavailable, base_url, dialect, responses, .. } =
                    self.clone();
                let Self { headers, finance, verify, models, status_rules, plan, .. } = self.clone();
                RawMethod {
                    purpose, cost, rule, rule_url, reviewed, recommended, unavailable, base_url, dialect, responses, headers, finance,
                    verify, models, status_rules, plan,
                }
            }
        }
    };
}

table! { /// One provider.
RawProvider {
    name: Text, summary: Text, category: Category, base_url: Endpoint, endpoint: RawEndpoint, dialect: Dialect, responses: bool,
    credential_header: HeaderName, headers: BTreeMap<HeaderName, Word>, verify: RawVerify, models: RawModels,
    key_prefixes: Vec<Word>, status_rules: Vec<StatusRule>, links: RawLinks, detect: Vec<Endpoint>, price_source: Word,
    hidden: bool, cli: RawCli, api_key: RawApiKey, oauth: RawOAuth, device: RawDevice, none: RawNone,
} }

table! { /// What an operator has to fill in.
RawEndpoint { label: Text, placeholder: Text, help: Text, template: Template, root_path: CallPath } }

table! { /// The verification call.
RawVerify { method: VerifyMethod, path: CallPath, must_have: String, flags: Vec<BodyFlag>, describe: Text } }

table! { /// The model list.
RawModels { source: RawSource, path: CallPath, shape: ModelListShape, curated: Vec<Word> } }

table! { /// Pages for people.
RawLinks { console: Page, keys: Page, docs: Page, billing: Page, usage: Page } }

table! { /// For Finance.
RawFinance { vendor: Word, channel: Word, suggested_type: Word } }

table! { /// The provider's own program.
RawCli {
    program: Text, env: BTreeMap<SettingName, String>, login: Vec<Word>, run: Vec<Word>, prompt: PromptPlace,
    credential_file: HomePath, credential_format: CredentialFormat, lending: Lending, lendings: Vec<Lending>,
    broker_variable: SettingName, broker_login: Vec<Word>,
} }

table! { /// What a plan's endpoint takes.
RawPlan { stream_only: bool, store: bool, instructions: bool, refused: Vec<SettingName>, refused_tools: Vec<SettingName> } }

table! { /// What every method has; only made by `common`.
RawMethod {
    purpose: Text, cost: Text, rule: Text, rule_url: Page, reviewed: Day, recommended: bool, unavailable: String,
    base_url: Endpoint, dialect: Dialect, responses: bool, headers: BTreeMap<HeaderName, Word>, finance: RawFinance,
    verify: RawVerify, models: RawModels, status_rules: Vec<StatusRule>, plan: RawPlan,
} }

method_table! { /// A pasted key.
RawApiKey {} }

method_table! { /// No credential.
RawNone {} }

method_table! { /// Browser sign-in.
RawOAuth {
    authorize_url: ExactUrl, token_url: ExactUrl, revoke_url: ExactUrl, client_id: Word, redirect_uri: Redirect, scopes: Vec<Word>,
    token_format: TokenFormat, send_state: bool, resource: Word, parameters: BTreeMap<SettingName, String>, exchange: Exchange,
    issuer: Word, jwks_uri: ExactUrl, revoke_format: TokenFormat, terminal_codes: Vec<Word>, terminal_statuses: Vec<u16>,
    dynamic_client: bool, plan_scope: Word, shared_with: Vec<ProviderId>, offered: Offered,
    paste_redirect_uri: ExactUrl, account_header: HeaderName, refresh_token_days: u16,
} }

method_table! { /// Device-code sign-in.
RawDevice {
    mode: DeviceMode, device_authorization_url: ExactUrl, token_url: ExactUrl, revoke_url: ExactUrl, client_id: Word, scopes: Vec<Word>,
    parameters: BTreeMap<SettingName, String>, protocol: DeviceProtocol, poll_url: ExactUrl, verification_url: ExactUrl,
    verification_hosts: Vec<HostName>, redirect_uri: ExactUrl, terminal_codes: Vec<Word>, terminal_statuses: Vec<u16>,
    account_header: HeaderName, revoke_format: TokenFormat, hints: Vec<Text>,
} }

/// Can the model list be fetched?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawSource {
    Fetched,
    Curated,
}

/// A whole file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    #[serde(default)]
    pub(super) providers: BTreeMap<ProviderId, Spanned<RawProvider>>,
}

/// A mistake in a file: where (byte offset) and what, in words.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) offset: usize,
    pub(super) reason: String,
}

/// Reads a TOML file into one of our shapes.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Mistake> {
    toml::from_str(text)
        .map_err(|error: toml::de::Error| Mistake { offset: error.span().map_or(0, |span| span.start), reason: in_words(error.message()) })
}

/// Line of a byte offset, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// serde's words for an unknown key or word, with the list of all cut down to the nearest one.
fn in_words(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let Some((kind, rest)) =
        ["field", "variant"].iter().find_map(|kind| Some((*kind, message.strip_prefix(&format!("unknown {kind} `"))?)))
    else {
        return message.to_owned();
    };
    let Some((word, known)) = rest.split_once('`') else { return message.to_owned() };
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let what = if kind == "field" { "key" } else { "word" };
    match known.iter().min_by_key(|candidate| distance(word, candidate)).filter(|nearest| distance(word, nearest) <= 3) {
        Some(nearest) => format!("the {what} `{word}` is not known here; did you mean `{nearest}`?"),
        None => format!("the {what} `{word}` is not known here; known are {}", known.join(", ")),
    }
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_get_the_nearest_one() {
        assert_eq!(
            in_words("unknown field `base_ulr`, expected one of `name`, `base_url`"),
            "the key `base_ulr` is not known here; did you mean `base_url`?"
        );
        assert_eq!(
            in_words("unknown variant `smoke_signals`, expected `openai_chat` or `gemini`"),
            "the word `smoke_signals` is not known here; known are openai_chat, gemini"
        );
        assert_eq!(in_words("invalid type: integer `5`, expected a string"), "invalid type: integer `5`, expected a string");
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!(line_of("a\nb\nc", 0), 1);
        assert_eq!(line_of("a\nb\nc", 4), 3);
        assert_eq!(line_of("a", 99), 1);
    }
}
