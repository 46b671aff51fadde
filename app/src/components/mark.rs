//! A provider's or person's mark: initials in a tinted square (no vendor logos).

use leptos::prelude::*;

/// How many tints the style sheet knows (`mark-0` …).
const TINTS: u32 = 6;

/// Decorative; the name stands beside it.
#[component]
pub fn Mark(
    /// Whose.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let initial = initial(&name);
    view! {
        <span class=format!("mark mark-{}", tint(name.into_bytes())) aria-hidden="true">
            {initial}
        </span>
    }
}

fn initial(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "?".to_owned(), |c| c.to_uppercase().to_string())
}

/// The same name has the same tint everywhere.
fn tint(name: Vec<u8>) -> u32 {
    name.into_iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % TINTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_initials() {
        assert_eq!(initial("xAI / Grok"), "X");
        assert_eq!(initial("…ß"), "SS");
        assert_eq!(initial("??"), "?");
        assert_eq!(tint(b"OpenAI".to_vec()), tint(b"OpenAI".to_vec()));
        assert!(tint(b"Mistral".to_vec()) < TINTS);
    }
}
