//! What a browser brings back from the provider.

use secrecy::SecretString;
use url::form_urlencoded;

/// Longest query that is read; real ones are well under two thousand characters.
const LONGEST: usize = 16 * 1024;
/// Longest text of a provider that is shown.
const LONGEST_WORDS: usize = 300;

/// An authorization response (RFC 6749 §4.1.2) that names the sign-in it belongs to.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Which sign-in.
    pub state: SecretString,
    /// Who answers (RFC 9207), where said.
    pub issuer: Option<String>,
    /// The client that was issued to us on the way, where the provider does that.
    pub client_id: Option<String>,
    /// Yes or no.
    pub answer: CallbackAnswer,
}

/// Yes or no.
#[derive(Debug, Clone)]
pub enum CallbackAnswer {
    /// The authorization code.
    Code(SecretString),
    /// RFC 6749 §4.1.2.1; the words are the provider's, plain and short, and hostile until escaped.
    Refused {
        /// The error code.
        error: String,
        /// Its description; may be empty.
        description: String,
    },
}

/// A callback that belongs to no sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Without `state` it could belong to anybody.
    #[error("the address has no state; start the sign-in again from Purser")]
    NoState,
    /// Neither a code nor an error.
    #[error("the address carries neither a code nor an error; start the sign-in again from Purser")]
    NoAnswer,
    /// RFC 6749 §3.1: parameters must not be repeated.
    #[error("the address names {0} more than once")]
    Repeated(&'static str),
    /// Far longer than anything a provider sends.
    #[error("the address is too long")]
    TooLong,
}

impl Callback {
    /// Reads the query of a callback, with or without its `?`.
    ///
    /// # Errors
    /// [`CallbackError`] for a query that belongs to no sign-in.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        if query.len() > LONGEST {
            return Err(CallbackError::TooLong);
        }
        let mut read = Parameters::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            read.take(&name, value.into_owned())?;
        }
        let state = read.state.filter(|state| !state.is_empty()).ok_or(CallbackError::NoState)?;
        let answer = match (read.code.filter(|code| !code.is_empty()), read.error) {
            (_, Some(error)) => CallbackAnswer::Refused {
                error: plain_words(&error),
                description: plain_words(&read.error_description.unwrap_or_default()),
            },
            (Some(code), None) => CallbackAnswer::Code(code.into()),
            (None, None) => return Err(CallbackError::NoAnswer),
        };
        Ok(Self { state: state.into(), issuer: read.iss, client_id: read.client_id, answer })
    }
}

#[derive(Default)]
struct Parameters {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    iss: Option<String>,
    client_id: Option<String>,
}

impl Parameters {
    fn take(&mut self, name: &str, value: String) -> Result<(), CallbackError> {
        let (slot, name) = match name {
            "state" => (&mut self.state, "state"),
            "code" => (&mut self.code, "code"),
            "error" => (&mut self.error, "error"),
            "error_description" => (&mut self.error_description, "error_description"),
            "iss" => (&mut self.iss, "iss"),
            "client_id" => (&mut self.client_id, "client_id"),
            _ => return Ok(()),
        };
        if slot.replace(value).is_some() { Err(CallbackError::Repeated(name)) } else { Ok(()) }
    }
}

/// A provider's text for people: one line, no control or direction characters, at most 300 characters.
pub fn plain_words(text: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !hidden(*c)).collect();
    let words: String = spaced.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_WORDS).collect();
    words.trim_end().to_owned()
}
