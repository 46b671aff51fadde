//! One answer of the token endpoint while a person approves (RFC 8628 §3.5).
//!
//! Success is recognised here and read elsewhere: the body is then an ordinary token answer.

use super::words;
use crate::provider::DeviceProtocol;
use secrecy::SecretString;
use serde_json::{Map, Value};
use time::Duration;

/// What the token endpoint said.
#[derive(Debug, Clone)]
pub enum Poll {
    /// Approved; the body is a token answer (RFC 6749 §5.1).
    Granted,
    /// Approved; tokens are fetched with this code and this verifier (the codex program's flow).
    Code {
        /// For the authorization-code grant.
        authorization_code: SecretString,
        /// PKCE verifier that the issuer made.
        code_verifier: SecretString,
    },
    /// Not yet.
    Pending,
    /// Not yet, and we asked too often.
    SlowDown {
        /// The new shortest pause, where the answer names one.
        interval: Option<Duration>,
    },
    /// The person said no.
    Denied,
    /// The code is no longer valid.
    Expired,
    /// The issuer refuses for another reason; asking again is pointless.
    Refused {
        /// Its code.
        code: String,
        /// Its words.
        message: String,
    },
    /// No usable answer: network trouble, a proxy's page, an overloaded issuer. Ask again later, less often.
    Nothing,
}

/// Reads an answer. `error` is looked for before the status counts: at least one issuer reports errors with 200.
pub fn read(protocol: DeviceProtocol, status: u16, body: &[u8]) -> Poll {
    let members = words::object(body);
    match protocol {
        DeviceProtocol::Rfc8628 => rfc8628(status, members.as_ref()),
        DeviceProtocol::CodexDeviceAuth => codex(status, members.as_ref()),
    }
}

fn rfc8628(status: u16, members: Option<&Map<String, Value>>) -> Poll {
    // Not JSON: whatever answered, it was not the token endpoint.
    let Some(members) = members else { return Poll::Nothing };
    if let Some((code, message)) = words::error_of(members) {
        return by_code(&code, message, words::seconds(members, "interval"));
    }
    match status {
        200..=299 if words::text(members, &["access_token"]).is_some() => Poll::Granted,
        400..=499 if status != 429 && status != 408 => {
            Poll::Refused { code: status.to_string(), message: format!("the provider answered with status {status}") }
        }
        _ => Poll::Nothing,
    }
}

fn by_code(code: &str, message: String, interval: Option<Duration>) -> Poll {
    match code {
        "authorization_pending" => Poll::Pending,
        "slow_down" => Poll::SlowDown { interval },
        // xAI's answers have had both spellings.
        "access_denied" | "authorization_denied" => Poll::Denied,
        "expired_token" => Poll::Expired,
        "temporarily_unavailable" | "server_error" => Poll::Nothing,
        _ => Poll::Refused { code: code.to_owned(), message },
    }
}

/// 403 and 404 mean "not yet"; success hands out a code and the verifier that belongs to it.
fn codex(status: u16, members: Option<&Map<String, Value>>) -> Poll {
    let error = members.and_then(words::error_of);
    if let Some((code, message)) = error {
        let code = code.strip_prefix("deviceauth_").unwrap_or(&code);
        match by_code(code, message, members.and_then(|members| words::seconds(members, "interval"))) {
            // The codes of this flow are not documented, and a status that means "not yet" outweighs an unknown one.
            Poll::Refused { .. } if matches!(status, 403 | 404) => return Poll::Pending,
            known => return known,
        }
    }
    match status {
        200..=299 => {
            let text = |name: &str| members.and_then(|members| words::text(members, &[name])).map(SecretString::from);
            match (text("authorization_code"), text("code_verifier")) {
                (Some(authorization_code), Some(code_verifier)) => Poll::Code { authorization_code, code_verifier },
                _ => Poll::Nothing,
            }
        }
        403 | 404 => Poll::Pending,
        429 => Poll::SlowDown { interval: None },
        400..=499 if status != 408 => {
            Poll::Refused { code: status.to_string(), message: format!("the provider answered with status {status}") }
        }
        _ => Poll::Nothing,
    }
}
