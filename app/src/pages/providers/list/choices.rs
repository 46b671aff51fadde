//! The first visit: three ways to begin.

use super::Recognition;
use super::filter::ListFilter;
use crate::components::{Icon, IconName};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use vocab::AuthMethod;

/// Three large cards above the catalogue, until the first provider is connected.
#[component]
pub fn Choices(recognition: Recognition) -> impl IntoView {
    let signs_in = ListFilter { method: Some(AuthMethod::OAuth), ..ListFilter::default() }.address();
    let local = ListFilter { method: Some(AuthMethod::None), ..ListFilter::default() }.address();
    view! {
        <section class="choices" aria-label="Ways to begin">
            <div class="choice">
                <h2>
                    <Icon name=IconName::Key />
                    "Paste a key"
                </h2>
                <p>"Any provider. We recognise it and check it at once."</p>
                <KeyBox recognition=recognition />
            </div>
            <a class="choice" href=signs_in>
                <h2>
                    <Icon name=IconName::Door />
                    "Sign in with a subscription"
                </h2>
                <p>"Claude, ChatGPT / Codex, Grok. No key to handle."</p>
                <Onward words="Choose a plan" />
            </a>
            <a class="choice" href=local>
                <h2>
                    <Icon name=IconName::Chip />
                    "Use a local model"
                </h2>
                <p>"Ollama and Docker Model Runner are found by themselves."</p>
                <Onward words="See what was found" />
            </a>
        </section>
    }
    .into_any()
}

#[component]
fn Onward(words: &'static str) -> impl IntoView {
    view! {
        <span class="choice-go">
            {words}
            <Icon name=IconName::Chevron />
        </span>
    }
    .into_any()
}

/// The key goes to the server in a request's body; the field has no name, so no form can put it into an address.
#[component]
fn KeyBox(recognition: Recognition) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let recognise = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            let key = field.value();
            field.set_value("");
            if !key.trim().is_empty() {
                recognition.start(&key);
            }
        }
    };
    view! {
        <form class="key-box needs-js" on:submit=recognise>
            <input
                type="password"
                aria-label="Key to recognise"
                placeholder="sk-…"
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                node_ref=field
            />
            <button type="submit" class="button">
                "Recognise"
            </button>
        </form>
        <p class="small-print no-js-only">"Without JavaScript: open the provider below and paste the key on its page."</p>
    }
    .into_any()
}
