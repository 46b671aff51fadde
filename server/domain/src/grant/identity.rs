//! Who signed in, as an ID token tells.

use crate::flow::plain_words;
use serde_json::Value;

/// Claims of an ID token that Purser uses. Read from a verified token where the catalogue names the issuer's keys, else from one
/// that came straight from the token endpoint over TLS (`OpenID` Connect Core §3.1.3.7).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// `sub`.
    pub subject: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Name of the plan.
    pub plan: Option<String>,
    /// The account that inference calls have to name.
    pub account_id: Option<String>,
}

/// Where OpenAI keeps its own claims (codex-rs `token_data.rs`).
pub(crate) const OPENAI_AUTH: &str = "https://api.openai.com/auth";
const OPENAI_PROFILE: &str = "https://api.openai.com/profile";

impl Identity {
    /// Reads the claims; what is missing is absent.
    pub fn of_claims(claims: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(plain_words).filter(|text| !text.is_empty());
        let auth = claims.get(OPENAI_AUTH);
        let from_auth = |key: &str| text(auth.and_then(|auth| auth.get(key)));
        let organisation = || text(auth.and_then(|auth| auth.get("organizations")?.get(0)?.get("id")));
        Self {
            subject: text(claims.get("sub")),
            email: text(claims.get("email")).or_else(|| text(claims.get(OPENAI_PROFILE).and_then(|profile| profile.get("email")))),
            plan: from_auth("chatgpt_plan_type"),
            account_id: from_auth("chatgpt_account_id").or_else(organisation),
        }
    }

    /// As shown: e-mail and plan, as far as told.
    pub fn label(&self) -> Option<String> {
        match (&self.email, &self.plan) {
            (Some(email), Some(plan)) => Some(format!("{email} · {plan} plan")),
            (Some(email), None) => Some(email.clone()),
            (None, Some(plan)) => Some(format!("{plan} plan")),
            (None, None) => None,
        }
    }
}
