//! What an answer means for a connection, read from status and body (one status means different things at different
//! vendors). Pure. A vendor's exceptions are data: `status_rules`, asked before the general table.

use super::message::ErrorFacts;
use domain::provider::{StatusRule, VerifyCall};
use serde_json::Value;
use vocab::Verdict;

/// An answer, taken in as far as its meaning needs.
#[derive(Debug)]
pub(crate) struct Seen {
    /// HTTP status.
    pub status: u16,
    /// The body, if it is JSON.
    pub json: Option<Value>,
    /// What an error body says; empty where it is none.
    pub facts: ErrorFacts,
    /// Is the body a web page?
    pub html: bool,
    /// The start of the body in lower case, for the rules.
    text: String,
}

/// A meaning and the words that go with it. The words are the provider's own where it has any, and not yet redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The classification.
    pub verdict: Verdict,
    /// The words; empty when all is well.
    pub message: String,
}

/// How much of a body the rules look at.
const LOOKED_AT: usize = 64 * 1024;

impl Seen {
    /// Takes in an answer.
    pub fn new(status: u16, content_type: &str, body: &[u8]) -> Self {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let text = String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT)]).to_lowercase();
        let start = text.trim_start();
        let html = content_type.to_ascii_lowercase().contains("html") || start.starts_with("<!doctype") || start.starts_with("<html");
        let json: Option<Value> = if html { None } else { serde_json::from_slice(body).ok() };
        let facts = match &json {
            Some(json) => ErrorFacts::read(json),
            // A short plain text is the provider's message too.
            None if !html && (1..=2000).contains(&text.trim().len()) => {
                ErrorFacts { message: Some(String::from_utf8_lossy(body).trim().to_owned()), ..ErrorFacts::default() }
            }
            None => ErrorFacts::default(),
        };
        Self { status, json, facts, html, text }
    }

    fn rule<'r>(&self, rules: impl IntoIterator<Item = &'r StatusRule>) -> Option<Verdict> {
        let fits = |rule: &&StatusRule| rule.status == self.status && self.text.contains(&rule.contains.to_lowercase());
        rules.into_iter().find(fits).map(|rule| rule.verdict)
    }

    /// The provider's words, or ours about the status.
    fn words(&self) -> String {
        self.facts.message.clone().unwrap_or_else(|| status_words(self.status))
    }
}

/// The answer to a verification call.
pub(crate) fn verification<'r>(rules: impl IntoIterator<Item = &'r StatusRule>, verify: &VerifyCall, seen: &Seen) -> Meaning {
    if let Some(verdict) = seen.rule(rules) {
        let message = if verdict == Verdict::Ok { String::new() } else { seen.words() };
        return Meaning { verdict, message };
    }
    if !(200..300).contains(&seen.status) {
        return refusal(&[], seen).unwrap_or_else(|| unexpected(seen));
    }
    match success(verify, seen) {
        Ok(()) => Meaning { verdict: Verdict::Ok, message: String::new() },
        Err(meaning) => meaning,
    }
}

/// What an answer outside 2xx says of the connection; `None` when it says nothing of it (400, 404, 422 …: the request
/// did not suit).
pub(crate) fn refusal<'r>(rules: impl IntoIterator<Item = &'r StatusRule>, seen: &Seen) -> Option<Meaning> {
    if let Some(verdict) = seen.rule(rules) {
        return Some(Meaning { verdict, message: seen.words() });
    }
    let (verdict, message) = match seen.status {
        300..=399 => (Verdict::Unreachable, "answered with a redirect, which is not followed with a key; correct the address".to_owned()),
        _ => (general(seen)?, seen.words()),
    };
    let page = seen.html && matches!(verdict, Verdict::NotPermitted);
    if page {
        return Some(Meaning { verdict: Verdict::Unreachable, message: page_words(seen.status) });
    }
    Some(Meaning { verdict, message })
}

/// An answer outside 2xx to an inference call. A refusal of the request itself has [`Verdict::Ok`]: the connection is
/// in order.
pub(crate) fn inference_refusal<'r>(rules: impl IntoIterator<Item = &'r StatusRule>, seen: &Seen) -> Meaning {
    let of_the_request = || {
        let (verdict, message) = if seen.html { (Verdict::Unreachable, page_words(seen.status)) } else { (Verdict::Ok, seen.words()) };
        Meaning { verdict, message }
    };
    refusal(rules, seen).unwrap_or_else(of_the_request)
}

/// A 2xx to an inference call that is no event stream.
pub(crate) fn no_stream(seen: &Seen) -> Meaning {
    if seen.html {
        return Meaning { verdict: Verdict::Unreachable, message: page_words(seen.status) };
    }
    match &seen.facts.message {
        Some(message) => Meaning { verdict: in_stream(&seen.facts), message: message.clone() },
        None => strange("it is no event stream"),
    }
}

/// An answer with the expected body?
pub(crate) fn expected(seen: &Seen, must_have: Option<&str>) -> Result<(), Meaning> {
    let Some(json) = &seen.json else {
        let page = Meaning { verdict: Verdict::Unreachable, message: page_words(seen.status) };
        return Err(if seen.html { page } else { strange(&empty_or_text(seen)) });
    };
    let present = match must_have {
        None => true,
        Some("[]") => json.is_array(),
        Some(path) => path.split('.').try_fold(json, |value, member| value.get(member)).is_some(),
    };
    if present {
        return Ok(());
    }
    let said = match (&seen.facts.message, must_have) {
        (Some(message), _) => message.clone(),
        (None, Some("[]")) => "it is no list".to_owned(),
        (None, member) => format!("it has no \"{}\"", member.unwrap_or_default()),
    };
    Err(strange(&said))
}

fn success(verify: &VerifyCall, seen: &Seen) -> Result<(), Meaning> {
    expected(seen, verify.must_have.as_deref())?;
    let raised = verify.flags.iter().find(|flag| {
        let value = seen.json.as_ref().and_then(|json| json.get(&flag.member));
        value.and_then(Value::as_bool) == Some(flag.when)
    });
    raised.map_or(Ok(()), |flag| Err(Meaning { verdict: flag.verdict, message: flag.message.clone() }))
}

/// A 2xx that is not what was asked for.
pub(crate) fn strange(what: &str) -> Meaning {
    Meaning { verdict: Verdict::Unreachable, message: format!("not the expected answer: {what}") }
}

/// An answer outside 2xx that says nothing of the credential: whatever answered is not what the catalogue describes.
pub(crate) fn unexpected(seen: &Seen) -> Meaning {
    let said = match &seen.facts.message {
        Some(message) => format!("{}: {message}", seen.status),
        None if seen.html => page_words(seen.status),
        None => status_words(seen.status),
    };
    strange(&said)
}

const BAD_KEY: &[&str] = &[
    "api_key_invalid",
    "invalid_api_key",
    "api key not valid",
    "invalid api key",
    "incorrect api key",
    "api key expired",
    "access_token_type_unsupported",
    "unrecognizedclientexception",
    "expiredtokenexception",
    "security token included in the request is",
];

const NO_FUNDS: &[&str] = &[
    "credit balance is too low",
    "credit_balance_exhausted",
    "insufficient_quota",
    "insufficient credit",
    "insufficient_credit",
    "insufficient balance",
    "insufficient_balance",
    "insufficient funds",
    "insufficient_funds",
    "billing_hard_limit_reached",
    "billing_not_active",
    "billing_error",
    "spending-limit",
    "spending limit",
    "free-usage-exhausted",
    "subscription_sharing_usage_limit_exceeded",
];

/// The table of provider-protocols §1.1.
fn general(seen: &Seen) -> Option<Verdict> {
    let facts = &seen.facts;
    match seen.status {
        401 => Some(Verdict::BadCredential),
        402 if facts.mentions(&["in_flight_budget_exhausted"]) => Some(Verdict::RateLimited),
        402 | 412 => Some(Verdict::NoFunds),
        400 | 403 if facts.mentions(BAD_KEY) => Some(Verdict::BadCredential),
        400 | 403 if facts.mentions(NO_FUNDS) => Some(Verdict::NoFunds),
        403 => Some(Verdict::NotPermitted),
        429 => Some(limited(facts)),
        407 | 408 | 511 => Some(Verdict::Unreachable),
        498..=599 => Some(Verdict::ProviderDown),
        _ => None,
    }
}

/// 429 is a limit on speed or an empty account; the code is more exact than the type beside it.
fn limited(facts: &ErrorFacts) -> Verdict {
    let code = facts.code.as_deref().filter(|code| code.contains("rate_limit"));
    if code.is_none() && facts.mentions(NO_FUNDS) { Verdict::NoFunds } else { Verdict::RateLimited }
}

/// What an error inside a stream that began well says, by the words vendors use for types and codes.
pub(crate) fn in_stream(facts: &ErrorFacts) -> Verdict {
    let says = |words: &[&str]| facts.labels.iter().any(|label| words.iter().any(|word| label.contains(word)));
    if facts.mentions(NO_FUNDS) {
        Verdict::NoFunds
    } else if says(&["authentication", "401", "unauthenticated", "sharing_invalid_user"]) || facts.mentions(BAD_KEY) {
        Verdict::BadCredential
    } else if says(&["rate_limit", "429", "resource_exhausted", "too_many_requests"]) {
        Verdict::RateLimited
    } else if says(&["permission", "403", "not_eligible"]) {
        Verdict::NotPermitted
    } else if says(&[
        "invalid_request",
        "invalid_prompt",
        "400",
        "404",
        "422",
        "content_filter",
        "context_length",
        "unsupported_capability",
    ]) {
        Verdict::Ok
    } else {
        Verdict::ProviderDown
    }
}

fn page_words(status: u16) -> String {
    format!("a web page answered ({status}) instead of the provider; is there a sign-in page, a proxy or a wrong address in between?")
}

fn empty_or_text(seen: &Seen) -> String {
    match &seen.facts.message {
        Some(message) => message.clone(),
        None => "it is empty or no JSON".to_owned(),
    }
}

fn status_words(status: u16) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    match (status, reason) {
        (407, _) => "the proxy in between asks for a sign-in (407)".to_owned(),
        (_, Some(reason)) => format!("answered {status} {reason} and nothing else"),
        (_, None) => format!("answered {status} and nothing else"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(status: u16, body: &str) -> Seen {
        Seen::new(status, "application/json", body.as_bytes())
    }

    fn verdict(status: u16, body: &str) -> Option<Verdict> {
        refusal(&[], &seen(status, body)).map(|meaning| meaning.verdict)
    }

    #[test]
    fn the_general_table() {
        use Verdict::{BadCredential, NoFunds, NotPermitted, ProviderDown, RateLimited, Unreachable};
        for (status, want) in [
            (301, Some(Unreachable)),
            (400, None),
            (401, Some(BadCredential)),
            (402, Some(NoFunds)),
            (403, Some(NotPermitted)),
            (404, None),
            (407, Some(Unreachable)),
            (412, Some(NoFunds)),
            (422, None),
            (429, Some(RateLimited)),
            (498, Some(ProviderDown)),
            (499, Some(ProviderDown)),
            (500, Some(ProviderDown)),
            (503, Some(ProviderDown)),
            (529, Some(ProviderDown)),
        ] {
            assert_eq!(verdict(status, "{}"), want, "{status}");
        }
    }

    #[test]
    fn bodies_decide_where_the_status_does_not() {
        let with = |code: &str, kind: &str, message: &str| {
            serde_json::json!({"error": {"code": code, "type": kind, "message": message}}).to_string()
        };
        assert_eq!(verdict(429, &with("credit_balance_exhausted", "insufficient_quota", "m")), Some(Verdict::NoFunds));
        assert_eq!(verdict(429, &with("rate_limit_exceeded", "insufficient_quota", "m")), Some(Verdict::RateLimited));
        assert_eq!(verdict(429, &with("", "tokens", "slow down")), Some(Verdict::RateLimited));
        let low = with("", "invalid_request_error", "Your credit balance is too low to access the Anthropic API.");
        assert_eq!(verdict(400, &low), Some(Verdict::NoFunds));
        assert_eq!(verdict(403, &with("personal-team-blocked:spending-limit", "", "m")), Some(Verdict::NoFunds));
        assert_eq!(verdict(402, &with("in_flight_budget_exhausted", "", "m")), Some(Verdict::RateLimited));
        assert_eq!(verdict(400, &with("", "", "API key not valid. Please pass a valid API key.")), Some(Verdict::BadCredential));
        assert_eq!(verdict(400, &with("", "invalid_request_error", "prompt is too long")), None);
    }

    #[test]
    fn rules_of_the_entry_go_first() {
        let rules = [StatusRule { status: 403, contains: "Too Long".into(), verdict: Verdict::Ok }];
        let meaning = refusal(&rules, &seen(403, r#"{"error":{"message":"prompt too long"}}"#)).map(|meaning| meaning.verdict);
        assert_eq!(meaning, Some(Verdict::Ok));
        assert_eq!(refusal(&rules, &seen(403, "{}")).map(|meaning| meaning.verdict), Some(Verdict::NotPermitted));
    }

    #[test]
    fn pages_and_strangers_are_not_the_provider() {
        let page = Seen::new(200, "text/html; charset=utf-8", b"<p>Sign in to the hotel</p>");
        assert!(expected(&page, None).is_err_and(|meaning| meaning.message.contains("web page")));
        let unlabelled = Seen::new(200, "", b"\n<!DOCTYPE html><title>x");
        assert!(unlabelled.html);
        let blocked = Seen::new(403, "text/html", b"<html>Attention required");
        assert_eq!(refusal(&[], &blocked).map(|meaning| meaning.verdict), Some(Verdict::Unreachable));
        let down = Seen::new(502, "text/html", b"<html>Bad gateway");
        assert_eq!(refusal(&[], &down).map(|meaning| meaning.verdict), Some(Verdict::ProviderDown));
        assert!(expected(&seen(200, "{\"hello\":1}"), Some("data")).is_err_and(|meaning| meaning.message.contains("no \"data\"")));
        assert!(expected(&seen(200, "{\"data\":null}"), Some("data")).is_ok());
        assert!(expected(&seen(200, "[]"), Some("[]")).is_ok());
        assert!(expected(&seen(200, "{}"), Some("[]")).is_err());
        assert!(expected(&seen(200, "hello"), None).is_err_and(|meaning| meaning.message.ends_with("hello")));
        assert!(expected(&seen(204, ""), None).is_err());
    }

    #[test]
    fn errors_inside_streams() {
        let verdict = |body: &str| in_stream(&ErrorFacts::read(&serde_json::from_str(body).unwrap_or_default()));
        assert_eq!(verdict(r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#), Verdict::ProviderDown);
        assert_eq!(verdict(r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}"#), Verdict::RateLimited);
        assert_eq!(verdict(r#"{"error":{"type":"invalid_request_error","message":"too long"}}"#), Verdict::Ok);
        assert_eq!(verdict(r#"{"error":{"code":"insufficient_quota"}}"#), Verdict::NoFunds);
        assert_eq!(verdict(r#"{"error":{"code":401}}"#), Verdict::BadCredential);
        assert_eq!(verdict(r#"{"error":"boom"}"#), Verdict::ProviderDown);
    }
}
