//! How a run asks for an access token: one JSON line there, one back, over a socket in its sandbox.
//!
//! The capability is made for one run and is worth nothing after it; what comes back is an access token and nothing else.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

/// Longest line either side reads, in bytes.
pub const LONGEST_LINE: usize = 64 * 1024;

/// What the helper in the sandbox asks.
#[derive(Debug, Clone)]
pub struct BrokerRequest {
    /// Proves which run is asking.
    pub capability: SecretString,
    /// Was the last token refused? Then a cached one is no use.
    pub refused: bool,
}

/// What it is told.
#[derive(Debug, Clone)]
pub enum BrokerAnswer {
    /// A token.
    Token {
        /// The access token.
        access_token: SecretString,
        /// How much longer it lives.
        expires_in: time::Duration,
    },
    /// None, and why, in a stable word: `run_over`, `unknown`, `signed_out`, `unavailable`.
    Refused(RefusalWord),
}

/// Why the helper gets no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalWord {
    /// The line does not read, or nobody knows the capability.
    Unknown,
    /// The run has ended.
    RunOver,
    /// The provider ended the sign-in: a person has to sign in again.
    SignedOut,
    /// Not now; asking again makes sense.
    Unavailable,
}

impl RefusalWord {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::RunOver => "run_over",
            Self::SignedOut => "signed_out",
            Self::Unavailable => "unavailable",
        }
    }
}

#[derive(Deserialize)]
struct PlainRequest {
    capability: String,
    #[serde(default)]
    refused: bool,
}

#[derive(Deserialize)]
struct PlainAnswer {
    access_token: Option<String>,
    expires_in: Option<i64>,
    error: Option<String>,
}

impl BrokerRequest {
    /// Reads a line; `None` when it is not one of ours.
    pub fn read(line: &[u8]) -> Option<Self> {
        let plain: PlainRequest = serde_json::from_slice(line.get(..LONGEST_LINE.min(line.len()))?).ok()?;
        Some(Self { capability: plain.capability.into(), refused: plain.refused })
    }

    /// The line, with its end.
    pub fn line(&self) -> SecretString {
        let line = json!({ "capability": self.capability.expose_secret(), "refused": self.refused });
        SecretString::from(format!("{line}\n"))
    }
}

impl BrokerAnswer {
    /// Reads a line; `None` when it is not one of ours.
    pub fn read(line: &[u8]) -> Option<Self> {
        let plain: PlainAnswer = serde_json::from_slice(line.get(..LONGEST_LINE.min(line.len()))?).ok()?;
        if let Some(error) = plain.error {
            let known = [RefusalWord::RunOver, RefusalWord::SignedOut, RefusalWord::Unavailable];
            return Some(Self::Refused(known.into_iter().find(|word| word.as_str() == error).unwrap_or(RefusalWord::Unknown)));
        }
        let expires_in = time::Duration::seconds(plain.expires_in?);
        Some(Self::Token { access_token: plain.access_token?.into(), expires_in })
    }

    /// The line, with its end. A token is in the very form that the programs expect on a helper's standard output:
    /// `{"access_token","expires_in"}`.
    pub fn line(&self) -> SecretString {
        let line = match self {
            Self::Token { access_token, expires_in } => {
                json!({ "access_token": access_token.expose_secret(), "expires_in": expires_in.whole_seconds().max(0) })
            }
            Self::Refused(word) => json!({ "error": word.as_str() }),
        };
        SecretString::from(format!("{line}\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lines_go_there_and_back() {
        let request = BrokerRequest { capability: "cap-secret".into(), refused: true };
        let line = request.line();
        assert_eq!(line.expose_secret().matches('\n').count(), 1);
        let again = BrokerRequest::read(line.expose_secret().as_bytes()).expect("reads");
        assert_eq!((again.capability.expose_secret(), again.refused), ("cap-secret", true));
        let token = BrokerAnswer::Token { access_token: "at".into(), expires_in: time::Duration::seconds(90) };
        assert_eq!(token.line().expose_secret(), "{\"access_token\":\"at\",\"expires_in\":90}\n");
        assert!(matches!(BrokerAnswer::read(token.line().expose_secret().as_bytes()), Some(BrokerAnswer::Token { .. })));
        for word in [RefusalWord::Unknown, RefusalWord::RunOver, RefusalWord::SignedOut, RefusalWord::Unavailable] {
            let line = BrokerAnswer::Refused(word).line();
            assert!(matches!(BrokerAnswer::read(line.expose_secret().as_bytes()), Some(BrokerAnswer::Refused(again)) if again == word));
        }
        assert!(!format!("{request:?}{token:?}").contains("cap-secret"));
    }

    #[test]
    fn other_lines_are_nobody_s() {
        for bad in ["", "{}", "[]", "{\"capability\":5}", "cap", "{\"capability\":\"x\""] {
            assert!(BrokerRequest::read(bad.as_bytes()).is_none(), "{bad}");
            assert!(BrokerAnswer::read(bad.as_bytes()).is_none(), "{bad}");
        }
        let long = format!("{{\"capability\":\"{}\"}}", "x".repeat(LONGEST_LINE));
        assert!(BrokerRequest::read(long.as_bytes()).is_none());
    }
}
