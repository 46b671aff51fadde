//! Providers on the wire.

use super::{AuditView, DeviceView, FinancePanel, Moment, OwnerSwitch, SignInFailure, SignInView};
use serde::{Deserialize, Serialize};
use vocab::{AuthMethod, Category, Health, ModelClass, ModelStatus, ProviderId, Tier, Verdict};

/// A health state with its cause, its end and its one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// The state.
    pub health: Health,
    /// The cause in words; may be empty.
    pub cause: String,
    /// When it changes, or is looked at again, by itself.
    pub until: Option<Moment>,
    /// The one thing to do about it.
    pub action: Option<HealthAction>,
}

/// The one button of a health state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthAction {
    /// Connect it.
    Connect,
    /// Test it now.
    Test,
    /// Paste another key.
    ReplaceKey,
    /// Add money at the provider.
    AddFunds,
    /// Sign in again.
    SignIn,
    /// Switch it on.
    Enable,
    /// Sync models.
    Sync,
}

/// Under which heading a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowGroup {
    /// Once connected, and not healthy.
    NeedsAttention,
    /// Healthy.
    Connected,
    /// Runs here.
    Local,
    /// In the catalogue.
    Available,
}

/// A row of External Services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRow {
    /// Which provider.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
    /// One sentence on it.
    pub summary: String,
    /// How it is grouped in the catalogue.
    pub category: Category,
    /// Where the row stands.
    pub group: RowGroup,
    /// Ways it can be connected.
    pub methods: Vec<AuthMethod>,
    /// How it is connected.
    pub method: Option<AuthMethod>,
    /// "key …a1B2", an e-mail address, or a local address.
    pub account: String,
    /// Its state.
    pub health: HealthView,
    /// When it was last asked.
    pub checked: Option<Moment>,
    /// Active models.
    pub models: u32,
    /// This calendar month's list-price use in US dollars ("12.40"); `None` when there was none.
    pub month_cost: Option<String>,
}

/// External Services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderList {
    /// All rows, grouped and in order.
    pub rows: Vec<ProviderRow>,
    /// Was anything ever connected? Decides the first-visit view.
    pub first_visit: bool,
}

/// Which provider a pasted key may belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyGuess {
    /// Which provider.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// "Console", "API keys", "Docs", "Billing", "Usage".
    pub label: String,
    /// https address.
    pub url: String,
}

/// One way to authenticate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodView {
    /// Which way.
    pub kind: AuthMethod,
    /// What it is for.
    pub purpose: String,
    /// What it costs.
    pub cost: String,
    /// The vendor's rule.
    pub rule: String,
    /// Where the vendor says so.
    pub rule_url: Option<String>,
    /// The day we last read it, `2026-11-23`.
    pub reviewed: String,
    /// The one we would choose.
    pub recommended: bool,
    /// Why it cannot be used yet.
    pub unavailable: Option<String>,
    /// Off until an owner switches it on; `None` for methods that need no such thing.
    pub owner_switch: Option<OwnerSwitch>,
}

/// An endpoint the operator names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressField {
    /// Label of the field.
    pub label: String,
    /// Example.
    pub placeholder: String,
    /// Where to find it.
    pub help: String,
    /// What is set now.
    pub value: String,
    /// May it be left empty?
    pub optional: bool,
}

/// The facts rail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Account name or e-mail.
    pub account: Option<String>,
    /// `…a1B2`.
    pub key_hint: Option<String>,
    /// Name of the person.
    pub connected_by: Option<String>,
    /// When.
    pub connected: Option<Moment>,
    /// When the provider was last asked.
    pub checked: Option<Moment>,
    /// When it is asked again by itself.
    pub next_check: Option<Moment>,
    /// When the access token of a sign-in ends.
    pub token_expires: Option<Moment>,
    /// When it is refreshed by itself.
    pub refreshes: Option<Moment>,
    /// When it was issued: at sign-in or by the last refresh.
    pub refreshed: Option<Moment>,
    /// Names of other providers that the same sign-in connects.
    pub shared_with: Vec<String>,
    /// The endpoint.
    pub base_url: Option<String>,
    /// Names of access tokens limited to, or used with, this provider in the last 30 days.
    pub used_by: Vec<String>,
    /// Who would serve its requests instead, if anybody.
    pub fallback: Option<String>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelView {
    /// The id to send.
    pub id: String,
    /// The provider's words.
    pub name: Option<String>,
    /// What it is for.
    pub class: ModelClass,
    /// How good it is.
    pub tier: Option<Tier>,
    /// Context window in tokens.
    pub context_tokens: Option<u32>,
    /// US dollars for a million input tokens.
    pub input_price: Option<String>,
    /// US dollars for a million output tokens.
    pub output_price: Option<String>,
    /// Where the price comes from, with its date.
    pub price_source: Option<String>,
    /// Is it still offered?
    pub status: ModelStatus,
}

/// The provider page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderDetail {
    /// The row, as in the list.
    pub row: ProviderRow,
    /// Pages for people.
    pub links: Vec<LinkView>,
    /// What Finance says of it: nothing to who may not know, and nothing where it cannot be read.
    pub finance: Option<FinancePanel>,
    /// Ways to authenticate.
    pub methods: Vec<MethodView>,
    /// The endpoint the operator names, where there is one.
    pub address: Option<AddressField>,
    /// The facts rail.
    pub facts: Facts,
    /// What "Test connection" does, for example "lists models (free)".
    pub verify: String,
    /// How a key of this provider begins, as an example: `sk-ant-api…`.
    pub key_example: Option<String>,
    /// Its models.
    pub models: Vec<ModelView>,
    /// Its newest audit lines.
    pub activity: Vec<AuditView>,
    /// Sign-ins under way, the viewer's own first.
    pub sign_ins: Vec<SignInView>,
    /// How the viewer's last sign-in went wrong, if it did lately.
    pub sign_in_failure: Option<SignInFailure>,
    /// Signing in with a code, where the provider has that.
    pub device: Option<DeviceView>,
    /// For local engines: the addresses that were looked at.
    pub looked_at: Vec<String>,
    /// Grows with every change; a save from an older page is refused.
    pub version: i64,
}

/// What came of saving or testing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectOutcome {
    /// The verdict of the verification call.
    pub verdict: Verdict,
    /// In words: what happened and what to do.
    pub message: String,
    /// Was the credential saved?
    pub saved: bool,
}

/// What came of the paid one-token test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidTestView {
    /// Did it answer?
    pub answered: bool,
    /// In words.
    pub message: String,
    /// What it cost in US dollars, if known.
    pub cost: Option<String>,
}

/// What became of a sign-in at the provider when it was disconnected here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisconnectResult {
    /// In words; empty where there was nothing to give back.
    pub line: String,
}

/// What came of a sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncResult {
    /// "9 found, 2 new, 1 retired".
    pub line: String,
}
