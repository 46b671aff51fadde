//! A state in one word: icon, word and colour, never colour alone.

use super::{Icon, IconName};
use leptos::prelude::*;
use vocab::Tone;

/// A small label with the icon and hue of its tone.
#[component]
pub fn Chip(
    /// Hue and icon.
    tone: Tone,
    /// The word.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <span class=format!("chip {}", tone.as_str())>
            <Icon name=icon_of(tone) />
            {label}
        </span>
    }
}

/// The icon that says the same as the hue.
pub(super) const fn icon_of(tone: Tone) -> IconName {
    match tone {
        Tone::Ok => IconName::Check,
        Tone::Info => IconName::Clock,
        Tone::Warn => IconName::Warning,
        Tone::Bad => IconName::Cross,
        Tone::Neutral => IconName::Circle,
    }
}
