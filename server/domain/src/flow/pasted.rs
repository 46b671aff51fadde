//! What a person pastes when the callback could not reach us: the whole address, its query, `code#state`, or the bare code.

use super::callback::{Callback, CallbackError};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// A pasted answer.
#[derive(Debug, Clone)]
pub enum Pasted {
    /// It names its sign-in.
    Answer(Callback),
    /// A bare code: it belongs to the one sign-in that this person has waiting at this provider.
    Code(SecretString),
}

/// A pasted text that cannot be an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PastedError {
    /// Nothing there.
    #[error("paste the address your browser ended on, or the code the provider shows")]
    Empty,
    /// An address or a query without what is needed.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// Not a code either: it has spaces, or is too short or too long.
    #[error("this is neither an address nor a code; copy the whole address from the browser's address bar")]
    Unreadable,
}

impl Pasted {
    /// Reads it.
    ///
    /// # Errors
    /// [`PastedError`] in words for the field.
    pub fn parse(text: &SecretString) -> Result<Self, PastedError> {
        let text = text.expose_secret().trim().trim_matches(['"', '\'', '<', '>']).trim();
        if text.is_empty() {
            return Err(PastedError::Empty);
        }
        if let Some(address) = address(text) {
            let query = address.query().or_else(|| address.fragment()).unwrap_or_default();
            return Ok(Self::Answer(Callback::parse(query)?));
        }
        if text.contains('=') && (text.contains("code=") || text.contains("error=")) {
            let query = text.rsplit_once('?').map_or(text, |(_, query)| query);
            return Ok(Self::Answer(Callback::parse(query)?));
        }
        match text.split_once('#') {
            Some((code, state)) if is_code(code) && is_code(state) => {
                let answer = super::callback::CallbackAnswer::Code(code.to_owned().into());
                Ok(Self::Answer(Callback { state: state.to_owned().into(), issuer: None, client_id: None, answer }))
            }
            None if is_code(text) => Ok(Self::Code(text.to_owned().into())),
            _ => Err(PastedError::Unreadable),
        }
    }
}

/// A whole address, also without its scheme, as some browsers copy it.
fn address(text: &str) -> Option<Url> {
    let with_scheme = ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| text.starts_with(host)).then(|| format!("http://{text}"));
    let url = Url::parse(with_scheme.as_deref().unwrap_or(text)).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn is_code(text: &str) -> bool {
    (8..=4096).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}
