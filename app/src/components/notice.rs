//! A sentence that stands out.

use super::Icon;
use super::chip::icon_of;
use leptos::prelude::*;
use vocab::Tone;

/// A tinted box with an icon. It is not announced; wrap it in a `role="status"` region where it appears later.
#[component]
pub fn Notice(
    /// Hue and icon.
    tone: Tone,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=format!("notice {}", tone.as_str())>
            <Icon name=icon_of(tone) />
            <div>{children()}</div>
        </div>
    }
    .into_any()
}
