//! What people read.

use vocab::NotificationKind;

/// The headline: who, and what happened.
pub fn title(kind: NotificationKind, provider: &str) -> String {
    match kind {
        NotificationKind::NeedsSignIn => format!("{provider} ended the sign-in"),
        NotificationKind::Rejected => format!("{provider} rejects the stored credential"),
        NotificationKind::NoFunds => format!("{provider} says the account has no funds left"),
        NotificationKind::CannotDecrypt => format!("The stored credential of {provider} does not open"),
        NotificationKind::ExpiringSoon => format!("The sign-in to {provider} ends soon"),
        NotificationKind::Recovered => format!("{provider} works again"),
    }
}

/// What to do about it.
pub const fn remedy(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::NeedsSignIn => "Open its page and sign in again. Models and settings stay as they are.",
        NotificationKind::Rejected => "Open its page and save another credential, or sign in again.",
        NotificationKind::NoFunds => "Add funds or quota at the provider. Purser looks again by itself.",
        NotificationKind::CannotDecrypt => "Bring the sealing key back, or open its page and save the credential again.",
        NotificationKind::ExpiringSoon => "Open its page and sign in again before it does. Until then everything works.",
        NotificationKind::Recovered => "There is nothing left to do.",
    }
}

/// The name programs react to: the webhook's `X-Purser-Event`.
pub const fn event_name(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::NeedsSignIn => "connection.needs_sign_in",
        NotificationKind::Rejected => "connection.rejected",
        NotificationKind::NoFunds => "connection.no_funds",
        NotificationKind::CannotDecrypt => "connection.cannot_decrypt",
        NotificationKind::ExpiringSoon => "connection.expiring_soon",
        NotificationKind::Recovered => "connection.recovered",
    }
}

/// Somebody else's words as one plain line of at most `chars` characters: no line breaks, no control characters, nothing
/// that turns the direction of the text around.
pub fn one_line(text: &str, chars: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || turns(c) { ' ' } else { c }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= chars {
        return line;
    }
    line.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
}

/// Bidirectional controls, and the line and paragraph separators.
const fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_names_the_provider_and_a_remedy() {
        for kind in NotificationKind::ALL {
            assert!(title(*kind, "OpenAI").contains("OpenAI"));
            assert!(remedy(*kind).ends_with('.'));
            assert!(event_name(*kind).ends_with(kind.as_str()));
        }
    }

    #[test]
    fn lines_are_cut_between_characters() {
        assert_eq!(one_line(" a\r\n\tb\u{2028}c ", 10), "a b c");
        assert_eq!(one_line("🦀🦀🦀🦀", 3), "🦀🦀…");
        assert_eq!(one_line("abc", 3), "abc");
    }
}
