//! Three sentences for somebody who tries Purser out.

use crate::components::InPractice;
use leptos::prelude::*;

/// Shown in practice mode only.
#[component]
pub fn Tour() -> impl IntoView {
    view! {
        <InPractice>
            <section class="tour" aria-label="A short tour">
                <p>
                    "Open OpenAI, paste the practice key " <code>"sk-practice-good-0001"</code> " and save it: it is checked at once. "
                    "Then sync its models and press “Try it” to see an answer stream in. "
                    "Last, make an access token: with it your own programs reach every provider you connected, at one address."
                </p>
            </section>
        </InPractice>
    }
}
