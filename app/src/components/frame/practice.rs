//! The banner of practice mode.

use crate::components::InPractice;
use leptos::prelude::*;

/// Says on every page that nothing here is real, when nothing is.
#[component]
pub fn PracticeBanner() -> impl IntoView {
    view! {
        <InPractice>
            <p class="practice" role="note">
                <strong>"Practice mode."</strong>
                " The providers are stand-ins on this machine: nothing leaves it and nothing costs money."
            </p>
        </InPractice>
    }
}
