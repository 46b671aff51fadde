//! What a pasted key looks like. Hints and warnings only: vendors change their prefixes, so a prefix never refuses a key.

use super::{Catalogue, Provider};
use secrecy::{ExposeSecret, SecretString};
use vocab::{AuthMethod, ProviderId};

/// Shortest key that can be meant.
const SHORTEST: usize = 4;
/// Longest key; Bedrock's short-term keys pass a thousand characters.
const LONGEST: usize = 8192;
/// A key shorter than this would be given away by its last four characters.
const SHORTEST_FOR_HINT: usize = 12;

/// Why a pasted text cannot be a key. Never repeats any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyShapeError {
    /// Nothing, or only spaces and quotes.
    #[error("paste a key first")]
    Empty,
    /// Less than four characters.
    #[error("this is too short to be a key; copy the whole key from the provider's page")]
    TooShort,
    /// More than 8192 characters.
    #[error("this is too long to be a key; copy only the key from the provider's page")]
    TooLong,
    /// A space or a line break inside.
    #[error("there is a space or a line break inside the key; copy the key alone, in one piece")]
    InnerSpace,
    /// A character that HTTP headers cannot carry.
    #[error(
        "there is a character in the key that keys never have (an accent, a bullet or a hidden character); copy it again from the provider's page"
    )]
    ForeignCharacter,
}

/// The key inside what was pasted: without spaces, line breaks and quotes around it, `Bearer `, a header's name or `NAME=`.
pub fn clean(pasted: &SecretString) -> Result<SecretString, KeyShapeError> {
    let mut key = pasted.expose_secret();
    loop {
        let shorter = unwrap_once(key);
        if shorter.len() == key.len() {
            break;
        }
        key = shorter;
    }
    match key.chars().count() {
        0 => return Err(KeyShapeError::Empty),
        length if length > LONGEST => return Err(KeyShapeError::TooLong),
        _ => {}
    }
    if key.chars().any(char::is_whitespace) {
        return Err(KeyShapeError::InnerSpace);
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(KeyShapeError::ForeignCharacter);
    }
    if key.len() < SHORTEST { Err(KeyShapeError::TooShort) } else { Ok(SecretString::from(key)) }
}

/// Takes one wrapping off.
fn unwrap_once(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'));
    for (open, close) in [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’'), ('<', '>')] {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            return inner;
        }
    }
    let text = text.strip_suffix([';', ',']).unwrap_or(text);
    for word in ["bearer ", "export ", "set ", "authorization:", "x-api-key:", "api-key:", "x-goog-api-key:"] {
        if let Some(start) = text.get(..word.len())
            && start.eq_ignore_ascii_case(word)
        {
            return &text[word.len()..];
        }
    }
    strip_assignment(text)
}

/// `OPENAI_API_KEY=…`, but not the `==` at the end of a base64 text.
fn strip_assignment(text: &str) -> &str {
    match text.split_once('=') {
        Some((name, value))
            if name.trim_end().starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
                && name.trim_end().bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
                && !value.trim_start_matches('=').is_empty()
                && !value.starts_with('=') =>
        {
            value
        }
        _ => text,
    }
}

/// The last four characters, `…a1B2`; only `…` for a key that four characters would give away.
pub fn hint(key: &SecretString) -> String {
    let key = key.expose_secret();
    let length = key.chars().count();
    let last: String = key.chars().skip(length.saturating_sub(4)).collect();
    if length >= SHORTEST_FOR_HINT { format!("…{last}") } else { "…".to_owned() }
}

/// The providers whose known prefix fits best, in the order of the catalogue; several when they share it (`sk-`), none when
/// no prefix fits.
pub fn recognise(catalogue: &Catalogue, key: &SecretString) -> Vec<ProviderId> {
    best_fits(catalogue, key).into_iter().map(|provider| provider.id.clone()).collect()
}

fn best_fits<'a>(catalogue: &'a Catalogue, key: &SecretString) -> Vec<&'a Provider> {
    let fits: Vec<(usize, &Provider)> = catalogue.iter().filter_map(|provider| Some((fit(provider, key)?, provider.as_ref()))).collect();
    let best = fits.iter().map(|(length, _)| *length).max();
    fits.into_iter().filter(|(length, _)| Some(*length) == best).map(|(_, provider)| provider).collect()
}

/// Length of this provider's longest prefix that the key begins with.
fn fit(provider: &Provider, key: &SecretString) -> Option<usize> {
    let key = key.expose_secret();
    provider.key_prefixes.iter().filter(|prefix| key.starts_with(prefix.as_str())).map(String::len).max()
}

/// The provider this key seems to belong to, when that is not `provider`: "this looks like a key of …". Silent when the
/// prefix is shared by several vendors and this provider's own keys have none.
pub fn looks_foreign(provider: &Provider, key: &SecretString, catalogue: &Catalogue) -> Option<ProviderId> {
    let fits = best_fits(catalogue, key);
    let first = fits.first()?;
    if fits.iter().any(|fitting| fitting.id == provider.id) {
        return None;
    }
    let shared = fits.iter().any(|other| vendor(other) != vendor(first));
    if shared && provider.key_prefixes.is_empty() { None } else { Some(first.id.clone()) }
}

fn vendor(provider: &Provider) -> Option<&str> {
    provider.methods.first().map(|method| method.finance.vendor.as_str())
}

/// The plan whose token this is, when it is a subscription's token and not an API key (`sk-ant-oat01-…`). Such a token must
/// not be stored as a key: the vendor reserves it for its own applications.
pub fn plan_token(catalogue: &Catalogue, key: &SecretString) -> Option<ProviderId> {
    let fits = best_fits(catalogue, key);
    let only_plans = fits.iter().all(|provider| provider.method(AuthMethod::ApiKey).is_none());
    if only_plans { fits.first().map(|provider| provider.id.clone()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn cleaned(text: &str) -> Result<String, KeyShapeError> {
        clean(&secret(text)).map(|key| key.expose_secret().to_owned())
    }

    fn known() -> Catalogue {
        Catalogue::built_in().expect("the built-in catalogue is sound")
    }

    fn foreign(provider: &str, key: &str) -> Option<String> {
        let catalogue = known();
        let provider = catalogue.get(&provider.parse().expect("id")).expect("known").clone();
        looks_foreign(&provider, &secret(key), &catalogue).map(|id| id.to_string())
    }

    #[test]
    fn wrappings_come_off() {
        for pasted in [
            "sk-test-1234567890",
            "  sk-test-1234567890\r\n",
            "\"sk-test-1234567890\"",
            "' sk-test-1234567890 '",
            "Bearer sk-test-1234567890",
            "authorization: bearer sk-test-1234567890",
            "OPENAI_API_KEY=sk-test-1234567890",
            "export OPENAI_API_KEY=\"sk-test-1234567890\"",
            "export OPENAI_API_KEY='Bearer sk-test-1234567890';",
            "\u{feff}sk-test-1234567890\u{200b}",
            "“sk-test-1234567890”",
        ] {
            assert_eq!(cleaned(pasted).as_deref(), Ok("sk-test-1234567890"), "{pasted:?}");
        }
        assert_eq!(cleaned("ABSKQmVkcm9ja0FQSUtleQ==").as_deref(), Ok("ABSKQmVkcm9ja0FQSUtleQ=="));
        assert_eq!(cleaned("ABCDEF=").as_deref(), Ok("ABCDEF="));
        assert_eq!(cleaned("sk-1234").as_deref(), Ok("sk-1234"));
    }

    #[test]
    fn what_cannot_be_a_key_says_why() {
        assert_eq!(cleaned(" \n\t\"\" "), Err(KeyShapeError::Empty));
        assert_eq!(cleaned("abc"), Err(KeyShapeError::TooShort));
        assert_eq!(cleaned(&"a".repeat(8193)), Err(KeyShapeError::TooLong));
        assert_eq!(cleaned("sk-one\nsk-two"), Err(KeyShapeError::InnerSpace));
        assert_eq!(cleaned("sk one two"), Err(KeyShapeError::InnerSpace));
        assert_eq!(cleaned("sk-••••••••1234"), Err(KeyShapeError::ForeignCharacter));
        assert_eq!(cleaned("sk-\u{0}abcdef"), Err(KeyShapeError::ForeignCharacter));
    }

    #[test]
    fn hints_never_show_most_of_a_key() {
        assert_eq!(hint(&secret("sk-ant-api03-abcdea1B2")), "…a1B2");
        assert_eq!(hint(&secret("short-key")), "…");
    }

    #[test]
    fn prefixes_are_recognised_the_longest_first() {
        let catalogue = known();
        let of = |key: &str| recognise(&catalogue, &secret(key)).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(of("sk-ant-api03-xyz"), ["anthropic"]);
        assert_eq!(of("sk-ant-oat01-xyz"), ["anthropic-sub"]);
        assert_eq!(of("sk-or-v1-xyz"), ["openrouter"]);
        assert_eq!(of("sk-proj-xyz"), ["openai", "codex"]);
        assert_eq!(of("sk-xyz"), ["openai", "codex", "deepseek", "litellm"]);
        assert_eq!(of("gsk_xyz"), ["groq"]);
        assert_eq!(of("xai-xyz"), ["xai"]);
        assert_eq!(of("AQ.xyz"), ["gemini"]);
        assert_eq!(of("AIzaSy"), ["gemini"]);
        assert_eq!(of("0123456789abcdef"), Vec::<String>::new());
    }

    #[test]
    fn a_key_of_another_provider_is_noticed() {
        assert_eq!(foreign("openai", "sk-ant-api03-xyz").as_deref(), Some("anthropic"));
        assert_eq!(foreign("anthropic", "sk-ant-oat01-xyz").as_deref(), Some("anthropic-sub"));
        assert_eq!(foreign("anthropic", "sk-xyz").as_deref(), Some("openai"));
        assert_eq!(foreign("mistral", "gsk_xyz").as_deref(), Some("groq"));
        assert_eq!(foreign("codex", "sk-proj-xyz"), None);
        assert_eq!(foreign("litellm", "sk-1234"), None);
        assert_eq!(foreign("portkey", "sk-xyz"), None);
        assert_eq!(foreign("gemini", "a-shape-of-tomorrow"), None);
    }

    #[test]
    fn a_subscription_token_is_not_a_key() {
        let catalogue = known();
        assert_eq!(plan_token(&catalogue, &secret("sk-ant-oat01-xyz")).map(|id| id.to_string()).as_deref(), Some("anthropic-sub"));
        assert_eq!(plan_token(&catalogue, &secret("sk-ant-api03-xyz")), None);
        assert_eq!(plan_token(&catalogue, &secret("whatever")), None);
    }

    proptest! {
        #[test]
        fn a_clean_key_stays_as_it_is_and_fits_a_header(text in "\\PC{0,80}") {
            if let Ok(key) = cleaned(&text) {
                prop_assert!(key.bytes().all(|b| b.is_ascii_graphic()));
                prop_assert!(text.contains(&key));
                prop_assert_eq!(cleaned(&key), Ok(key));
            }
        }

        #[test]
        fn an_ordinary_key_survives_any_wrapping(key in "[a-z]{2}-[A-Za-z0-9_-]{8,60}", space in "[ \\t\\r\\n]{0,3}", name in "[A-Z][A-Z_]{2,12}") {
            for pasted in [format!("{space}{key}{space}"), format!("{name}=\"{key}\"{space}"), format!("Bearer {key}")] {
                prop_assert_eq!(cleaned(&pasted), Ok(key.clone()));
            }
        }

        #[test]
        fn a_hint_shows_at_most_four_characters(key in "\\PC{0,60}") {
            prop_assert!(hint(&secret(&key)).chars().count() <= 5);
        }
    }
}
