//! Keeps a credential out of what a provider says: some repeat the key, or a part of it, in their messages.

use secrecy::{ExposeSecret, SecretString};
use std::collections::HashSet;

/// A run of the key this long or longer is taken out.
const RUN: usize = 8;
/// The most of a provider's words that is kept, in characters.
const MAX_CHARS: usize = 300;
/// Looked at before the cut.
const MAX_LOOKED_AT: usize = 16 * 1024;

/// Takes the parts of one credential out of texts.
#[derive(Clone, Default)]
pub(crate) struct Redactor(Option<SecretString>);

impl Redactor {
    pub fn new(credential: Option<&SecretString>) -> Self {
        Self(credential.cloned())
    }

    /// A provider's words as they may be shown: one line, no control characters, no part of the key, at most 300
    /// characters.
    pub fn clean(&self, text: &str) -> String {
        let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= MAX_LOOKED_AT).unwrap_or(text.len());
        let bytes = self.scrub(text.as_bytes()[..end].to_vec());
        let text = one_line(&String::from_utf8_lossy(&bytes));
        if text.chars().count() <= MAX_CHARS {
            return text;
        }
        let mut cut: String = text.chars().take(MAX_CHARS - 1).collect();
        cut.truncate(cut.trim_end().len());
        cut.push('…');
        cut
    }

    /// The same bytes; runs of the key are replaced by `…`.
    pub fn scrub(&self, bytes: Vec<u8>) -> Vec<u8> {
        let Some(key) = self.0.as_ref().map(|key| key.expose_secret().as_bytes()) else { return bytes };
        let run = RUN.min(key.len());
        if run < 4 || bytes.len() < run {
            return bytes;
        }
        let parts: HashSet<&[u8]> = key.windows(run).collect();
        let hits: Vec<usize> = (0..=bytes.len() - run).filter(|at| parts.contains(&bytes[*at..at + run])).collect();
        let mut out = Vec::with_capacity(bytes.len());
        let mut from = 0;
        for hit in hits {
            // A hit inside the run before it only makes that run longer.
            if hit > from || from == 0 {
                out.extend_from_slice(&bytes[from..hit]);
                out.extend_from_slice("…".as_bytes());
            }
            from = hit + run;
        }
        out.extend_from_slice(&bytes[from..]);
        out
    }
}

/// Without control characters and without those that turn or hide text; white space is single spaces.
fn one_line(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let kept: String = visible.filter(|c| !c.is_control() && !turns_or_hides(*c)).collect();
    kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

const fn turns_or_hides(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        Redactor::new(Some(&SecretString::from("sk-abcdefghijklmnopqrstuvwxyz")))
    }

    #[test]
    fn parts_of_the_key_are_taken_out() {
        let clean = |text: &str| redactor().clean(text);
        assert_eq!(clean("Incorrect API key provided: sk-abcdefghijklmnopqrstuvwxyz."), "Incorrect API key provided: ….");
        assert_eq!(clean("sk-abcde****wxyz and hijklmnop, mnopqrst!"), "…****wxyz and …, …!");
        assert_eq!(clean("sk-abcdesk-abcde"), "…");
        assert_eq!(clean("nothing of it, klmnop"), "nothing of it, klmnop");
        assert_eq!(Redactor::default().clean("sk-abcdefghijk"), "sk-abcdefghijk");
        let short = Redactor::new(Some(&SecretString::from("pass1")));
        assert_eq!(short.clean("wrong: pass1"), "wrong: …");
    }

    #[test]
    fn words_are_one_line_and_cut() {
        let hostile = "a\u{0}b\n\n  c\u{202e}d\u{1b}[31m<script>";
        assert_eq!(redactor().clean(hostile), "ab cd[31m<script>");
        let long = redactor().clean(&"é ".repeat(20_000));
        assert_eq!(long.chars().count(), 300);
        assert!(long.ends_with('…'));
    }

    proptest::proptest! {
        #[test]
        fn no_run_of_the_key_survives(before in "\\PC{0,20}", from in 0_usize..20, len in 8_usize..29, after in "\\PC{0,20}") {
            let key = "sk-abcdefghijklmnopqrstuvwxyz";
            let part = &key[from..(from + len).min(key.len())];
            let cleaned = redactor().clean(&format!("{before}{part}{after}"));
            proptest::prop_assert!(key.as_bytes().windows(8).all(|w| !cleaned.as_bytes().windows(8).any(|c| c == w)));
        }
    }
}
