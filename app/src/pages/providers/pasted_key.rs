//! A key on its way from the list to the provider's page: in this tab's memory, never in an address or a storage.

use leptos::prelude::*;
use vocab::ProviderId;

/// Holds at most one key, for one provider, until its page takes it.
#[derive(Clone, Copy, Default)]
pub struct PastedKey(RwSignal<Option<(ProviderId, String)>>);

impl PastedKey {
    /// Keeps the key for that provider's page.
    pub fn keep(self, id: ProviderId, key: String) {
        self.0.set(Some((id, key)));
    }

    /// Takes the key if it was meant for this provider; forgets it in any case.
    pub fn take(self, id: &ProviderId) -> Option<String> {
        let kept = self.0.try_update_untracked(Option::take).flatten();
        kept.filter(|(meant_for, _)| meant_for == id).map(|(_, key)| key)
    }
}

/// Does this look like a key rather than like words to search for? Then it must not reach an address.
pub fn looks_like_key(text: &str) -> bool {
    /// How some vendors' keys begin; with one of these even a short piece is treated as a key.
    const BEGINNINGS: [&str; 10] = ["sk-", "sk_", "xai-", "gsk_", "AIza", "fw_", "tgp_", "pk-", "pur_", "key_"];
    let text = text.trim();
    if text.contains(char::is_whitespace) {
        return false;
    }
    text.len() >= 20 || (text.len() >= 8 && BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)))
}

/// The same rule for the browser's own form check, where no script runs: up to 19 characters, or with a space between.
pub const NOT_A_KEY: &str = r".{0,19}|.*\S\s+\S.*";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_keys_from_words() {
        for key in ["sk-ant-api03-abc", "  AIzaSyD-1234567890 ", "0123456789abcdef0123", "gsk_12345", "sk_live_1"] {
            assert!(looks_like_key(key), "{key}");
        }
        for words in ["", "openai", "claude", "sk-", "Docker Model Runner on this machine", "azure-openai"] {
            assert!(!looks_like_key(words), "{words}");
        }
    }

    #[test]
    fn a_key_is_only_for_its_provider() {
        let owner = Owner::new();
        owner.with(|| {
            let (openai, groq): (ProviderId, ProviderId) = ("openai".parse().unwrap(), "groq".parse().unwrap());
            let pasted = PastedKey::default();
            pasted.keep(openai.clone(), "k".to_owned());
            assert_eq!(pasted.take(&openai).as_deref(), Some("k"));
            assert_eq!(pasted.take(&openai), None);
            pasted.keep(openai.clone(), "k".to_owned());
            assert_eq!(pasted.take(&groq), None);
            assert_eq!(pasted.take(&openai), None);
        });
    }
}
