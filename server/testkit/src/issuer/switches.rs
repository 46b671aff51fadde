//! What tests and the practice page can make a vendor do, and what they can count.

use super::refusal::Shape;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A vendor's switches. As JSON, a missing member keeps its default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Is the person asked?
    pub consent: Consent,
    /// `error_description` of a denial.
    pub denial: String,
    /// Lifetime of access tokens; `None` is the vendor's own.
    pub access_seconds: Option<i64>,
    /// Lifetime of refresh tokens.
    pub refresh_seconds: i64,
    /// Is a refresh token good for one use?
    pub rotates: bool,
    /// Members left out of token answers.
    pub omit: BTreeSet<String>,
    /// `iss` in the callback (RFC 9207).
    pub iss: IssuerParameter,
    /// Does the person share the plan (Sign in with ChatGPT)?
    pub plan_shared: bool,
    /// What is wrong with ID tokens.
    pub id_token: IdTokenFault,
    /// Who signs in.
    pub subject: String,
    /// What happens to the next token requests, one each, first one first.
    pub troubles: Vec<Trouble>,
    /// What happens to every token request after those.
    pub always: Option<Trouble>,
    /// The words of refusals by the token endpoint.
    pub refusals: RefusalWords,
    /// Every token answer waits this long, after its effect.
    pub delay_ms: u64,
    /// Shortest pause between two questions about a device code, in seconds.
    pub device_interval: i64,
    /// How long a device code lives, in seconds.
    pub device_seconds: i64,
    /// So many questions about device codes are answered with `slow_down`.
    pub slow_downs: u32,
    /// Are device codes switched off?
    pub device_off: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            consent: Consent::Ask,
            denial: "The person said no.".to_owned(),
            access_seconds: None,
            refresh_seconds: 30 * 86_400,
            rotates: true,
            omit: BTreeSet::new(),
            iss: IssuerParameter::Absent,
            plan_shared: true,
            id_token: IdTokenFault::None,
            subject: "practice-person".to_owned(),
            troubles: Vec::new(),
            always: None,
            refusals: RefusalWords::Own,
            delay_ms: 0,
            device_interval: 5,
            device_seconds: 600,
            slow_downs: 0,
            device_off: false,
        }
    }
}

/// Is the person asked?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// A page with buttons.
    #[default]
    Ask,
    /// Straight back with a code.
    Approve,
    /// Straight back with `access_denied`.
    Deny,
}

/// The `iss` parameter of the callback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerParameter {
    /// Not sent.
    #[default]
    Absent,
    /// The vendor's own.
    Own,
    /// Somebody else's: a mix-up attack (RFC 9700 §4.4).
    Foreign,
}

/// The words of a refusal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalWords {
    /// The vendor's own.
    #[default]
    Own,
    /// They repeat what was sent, secrets and all.
    Echo,
}

/// What is wrong with an ID token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdTokenFault {
    /// Nothing.
    #[default]
    None,
    /// Another `nonce`.
    Nonce,
    /// Another `aud`.
    Audience,
    /// Another `iss`.
    Issuer,
    /// A signature over something else.
    Signature,
    /// A key id that is not published.
    Key,
    /// `alg` `none` and no signature.
    Unsigned,
    /// `exp` an hour ago.
    Expired,
    /// `iat` in an hour.
    Future,
    /// No `sub`.
    Nobody,
}

/// What happens to a token request instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// 429, with `Retry-After` in seconds.
    RateLimited(u64),
    /// 503.
    Down,
    /// A challenge page, 403.
    Html,
    /// A page of a proxy on the way, with this status.
    Page(u16),
    /// No answer for ten minutes, and no effect.
    Hang,
    /// It takes effect, and the answer breaks off.
    Cut,
    /// 200 with something that is not JSON.
    Garbage,
    /// 307 to another host.
    Redirect,
    /// A megabyte.
    Huge,
    /// This error.
    Refused {
        /// HTTP status.
        status: u16,
        /// Error code.
        code: String,
        /// How it is written.
        shape: Shape,
    },
}

/// A refresh token that came a second time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reused {
    /// The scope of its sign-in: a test that gives each provider one of its own knows whose it was.
    pub scope: String,
    /// Who had spent it: `caller` of the token address that was asked then.
    pub spent_by: String,
    /// When, in milliseconds since 1970.
    pub spent_at_ms: i64,
    /// Who sent it again.
    pub sent_by: String,
}

/// What has arrived at a vendor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Authorization requests that were in order.
    pub authorizations: u64,
    /// Code exchanges, good or not.
    pub exchanges: u64,
    /// Refresh requests, good or not, also those that met a [`Trouble`].
    pub refreshes: u64,
    /// Refreshes that gave new tokens.
    pub refreshed: u64,
    /// Refresh tokens that came a second time.
    pub duplicates: u64,
    /// Each of those.
    pub reused: Vec<Reused>,
    /// Grants ended because of that.
    pub families_revoked: u64,
    /// Revocation requests.
    pub revocations: u64,
    /// Times the keys were fetched.
    pub key_requests: u64,
    /// API calls that were let in.
    pub calls: u64,
    /// API calls with a token that is not good any more.
    pub refused_calls: u64,
    /// Device codes that were asked for.
    pub device_codes: u64,
    /// Questions about device codes.
    pub device_polls: u64,
    /// Those that were told to slow down.
    pub slow_downs: u64,
    /// Every `User-Agent` of token requests.
    pub user_agents: BTreeSet<String>,
}
