//! Where the one-time link is found.

use crate::components::{Card, Notice};
use leptos::prelude::*;
use vocab::Tone;

/// Nobody has an account, and this browser has no valid link.
#[component]
pub fn NeedsLink(
    /// Did the browser come with a link that is not good?
    had_one: bool,
) -> impl IntoView {
    view! {
        <Card title="Use the one-time link">
            {had_one.then(|| view! { <Notice tone=Tone::Warn>"This link is not valid. Each start of the server prints a new one, and only the newest works."</Notice> })}
            <p>
                "Purser is not set up yet. To be sure that it is you, the first account can only be made with the one-time link that the server printed when it started."
            </p>
            <p>"Look for the line that begins with " <code>"Set up Purser:"</code> " in the server's output, and open its address here."</p>
        </Card>
    }
}
