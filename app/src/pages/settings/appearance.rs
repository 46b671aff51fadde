//! Light or dark.

use crate::components::{Card, ThemeSwitch};
use leptos::prelude::*;

/// The theme, for this browser only.
#[component]
pub fn Appearance() -> impl IntoView {
    view! {
        <Card title="Appearance" id="appearance">
            <p class="muted">"For this browser. “System” follows what your device is set to."</p>
            <ThemeSwitch />
            <noscript inner_html="<p>Without JavaScript Purser follows your device.</p>"></noscript>
        </Card>
    }
}
