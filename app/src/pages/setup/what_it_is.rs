//! What Purser is, for somebody who has never seen it.

use leptos::prelude::*;

/// Three sentences.
#[component]
pub fn WhatItIs() -> impl IntoView {
    view! {
        <p class="intro">
            "Connect your AI providers once, with a key, a sign-in or a model on your own machine. "
            "Your agents and scripts run on them through Purser and never hold a provider's credential. "
            "The keys stay sealed, the screen says what really works, and Finance knows what it costs."
        </p>
    }
}
