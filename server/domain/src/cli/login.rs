//! What a provider's program prints while it signs in: an address and a code, in any order and between any other words.
//!
//! Wording is never relied on: an address is what begins with https, a code is what looks like one. Each has to be allowed
//! before it is shown.

use super::ansi::AnsiStripper;
use crate::device::{Shown, UserCode, VerificationRule};
use crate::flow::plain_words;
use url::Url;

/// Text of a sign-in that is looked at; a real one has less than two kilobytes.
const LONGEST_TEXT: usize = 64 * 1024;
/// Longer lines are cut.
const LONGEST_LINE: usize = 4096;
/// More candidates than this of either kind say that it is no sign-in.
const MOST_CANDIDATES: usize = 32;

/// Collects the output of a sign-in, piece by piece, in bounded memory.
#[derive(Debug, Clone, Default)]
pub struct LoginOutput {
    stripper: AnsiStripper,
    line: Vec<u8>,
    seen: usize,
    addresses: Vec<Url>,
    codes: Vec<UserCode>,
    last_words: String,
    error: Option<String>,
}

/// What the output says so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Not both an address and a code yet.
    Nothing,
    /// Address and code, and the address itself names this code: no doubt is left.
    Sure(Shown),
    /// One code and an address that does not name it. More may come: believe it when the program has been quiet for
    /// [`LoginOutput::QUIET`].
    Likely(Shown),
    /// Several codes, and nothing says which one counts.
    ManyCodes,
    /// Only addresses that people may not be sent to; the host of the first.
    ForeignAddress(String),
}

impl LoginOutput {
    /// How long a program has to be quiet before [`Reading::Likely`] is believed.
    pub const QUIET: time::Duration = time::Duration::milliseconds(700);

    /// Takes the next piece, cut wherever the pipe cut it.
    pub fn push(&mut self, piece: &[u8]) {
        if self.seen >= LONGEST_TEXT {
            return;
        }
        let piece = &piece[..piece.len().min(LONGEST_TEXT - self.seen)];
        self.seen += piece.len();
        let mut text = Vec::with_capacity(piece.len());
        self.stripper.strip(piece, &mut text);
        for byte in text {
            if byte == b'\n' {
                self.end_line();
            } else if self.line.len() < LONGEST_LINE {
                self.line.push(byte);
            }
        }
    }

    /// The program is quiet or has ended: an unfinished line counts as one.
    pub fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let words = plain_words(&line);
        if words.is_empty() {
            return;
        }
        if words.to_ascii_lowercase().starts_with("error") {
            self.error = Some(words.clone());
        }
        self.last_words = words;
        for word in line.split_whitespace() {
            self.look_at(word, line.trim() == word);
        }
    }

    fn look_at(&mut self, word: &str, alone: bool) {
        if let Some(start) = ["https://", "http://"].iter().find_map(|scheme| word.find(scheme)) {
            let address = word[start..].trim_end_matches(['.', ',', ';', ':', ')', ']', '>', '"', '\'', '`', '!']);
            if let Ok(url) = Url::parse(address)
                && self.addresses.len() < MOST_CANDIDATES
                && !self.addresses.contains(&url)
            {
                self.addresses.push(url);
            }
        } else if let Some(code) = code_in(word, alone)
            && self.codes.len() < MOST_CANDIDATES
            && !self.codes.iter().any(|known| known.is_same_as(code.as_str()))
        {
            self.codes.push(code);
        }
    }

    /// What it says so far.
    pub fn reading(&self, rule: &VerificationRule) -> Reading {
        let allowed: Vec<&Url> = self.addresses.iter().filter(|url| rule.allows(url)).collect();
        let Some(first) = allowed.first() else {
            return match self.addresses.first() {
                Some(foreign) => Reading::ForeignAddress(foreign.host_str().map(plain_words).unwrap_or_default()),
                None => Reading::Nothing,
            };
        };
        let named: Vec<(&Url, UserCode)> = allowed.iter().filter_map(|url| Some((*url, code_of(url)?))).collect();
        if let Some((url, code)) = named.first() {
            return if named.iter().all(|(_, other)| other.is_same_as(code.as_str())) {
                self.sure(rule, url, code)
            } else {
                Reading::ManyCodes
            };
        }
        match self.codes.as_slice() {
            [] => Reading::Nothing,
            [code] => Shown::new(rule, code.clone(), (*first).clone(), None).map_or(Reading::Nothing, Reading::Likely),
            _ => Reading::ManyCodes,
        }
    }

    /// An address that names its code. What was printed beside it has to be the same code, or it is no use for comparing.
    fn sure(&self, rule: &VerificationRule, url: &Url, code: &UserCode) -> Reading {
        if !self.codes.is_empty() && !self.codes.iter().any(|printed| printed.is_same_as(code.as_str())) {
            return Reading::ManyCodes;
        }
        let printed = self.codes.iter().find(|printed| printed.is_same_as(code.as_str())).unwrap_or(code).clone();
        let mut plain = url.clone();
        plain.set_query(None);
        plain.set_fragment(None);
        Shown::new(rule, printed, plain, Some(url.clone())).map_or(Reading::Nothing, Reading::Sure)
    }

    /// What a program that gave up said last: its error line, or else its last one. At most 300 characters on one line.
    pub fn last_words(&self) -> &str {
        self.error.as_deref().unwrap_or(&self.last_words)
    }
}

/// The code that an address carries, as `user_code=` (RFC 8628 §3.3.1 leaves the name open; every issuer seen uses this one).
fn code_of(url: &Url) -> Option<UserCode> {
    let (_, value) = url.query_pairs().find(|(name, _)| name == "user_code" || name == "usercode" || name == "code")?;
    UserCode::read(&value)
}

/// A word that looks like a code: groups of capitals and digits joined by hyphens, or, alone on its line, capitals with a
/// digit among them. So neither `WARNING` nor `sign-in` is one.
fn code_in(word: &str, alone: bool) -> Option<UserCode> {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let capitals = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let groups: Vec<&str> = word.split('-').collect();
    let joined = (2..=4).contains(&groups.len()) && groups.iter().all(|group| (3..=8).contains(&group.len()) && capitals(group));
    let single =
        alone && groups.len() == 1 && (6..=12).contains(&word.len()) && capitals(word) && word.bytes().any(|byte| byte.is_ascii_digit());
    if joined || single { UserCode::read(word) } else { None }
}
