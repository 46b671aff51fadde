//! A local engine: no credential, found by itself.

use super::outcome::Outcome;
use super::screen::Screen;
use crate::components::{ErrorNote, Field, PostForm, SubmitButton, error_of, field_error};
use crate::wire::ProviderDetail;
use leptos::prelude::*;
use vocab::{AuthMethod, Health};

/// Was it found, where did we look, what answered; and its address.
#[component]
pub fn LocalPanel(screen: Screen) -> impl IntoView {
    let action = screen.actions.local;
    let error = error_of(action);
    let connected = screen.part(|detail| detail.row.method == Some(AuthMethod::None));
    let (label, value, placeholder, help) = screen.detail.with_untracked(field_texts);
    let asking = format!("Asking {}…", screen.name());
    view! {
        <Detected screen=screen />
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <Field
                label=label
                name="address"
                code=true
                value=value
                placeholder=placeholder
                help=help
                error=field_error(error, "address")
            />
            <div class="actions" class:sticky-action=move || !connected.get()>
                {move || {
                    let label = if connected.get() { "Save" } else { "Connect" };
                    view! { <SubmitButton label=label pending=action.pending() /> }
                }}
            </div>
            <ErrorNote error=error />
            <Outcome value=action.value().into() pending=action.pending().into() waiting=asking />
        </PostForm>
    }
    .into_any()
}

/// Label, value, placeholder and help of the address.
fn field_texts(detail: &ProviderDetail) -> (String, String, String, String) {
    let used = detail.facts.base_url.clone().unwrap_or_default();
    detail.address.clone().map_or_else(
        || ("Address".to_owned(), used.clone(), detail.looked_at.first().cloned().unwrap_or_default(), "Where it listens.".to_owned()),
        |field| {
            let value = if field.value.is_empty() { used.clone() } else { field.value };
            (field.label, value, field.placeholder, field.help)
        },
    )
}

#[component]
fn Detected(screen: Screen) -> impl IntoView {
    let words = screen.part(detected_words);
    let looked_at = screen.part(|detail| detail.looked_at.clone());
    view! {
        <div class="detected" aria-live="polite">
            <p>{move || words.get()}</p>
            <Show when=move || looked_at.with(|looked_at| !looked_at.is_empty())>
                <p class="muted">"Addresses looked at:"</p>
                <ul class="addresses">
                    <For each=move || looked_at.get() key=Clone::clone let:address>
                        <li>
                            <code>{address}</code>
                        </li>
                    </For>
                </ul>
            </Show>
        </div>
    }
    .into_any()
}

fn detected_words(detail: &ProviderDetail) -> String {
    let name = &detail.row.name;
    match (detail.row.health.health, detail.row.models) {
        (Health::Connected, 0) => format!("{name} is running, and has no models yet."),
        (Health::Connected, 1) => format!("{name} is running with 1 model."),
        (Health::Connected, models) => format!("{name} is running with {models} models."),
        (Health::NotConnected, _) => format!("{name} was not found. Start it, and it is connected by itself; or give its address."),
        (_, _) if detail.row.health.cause.is_empty() => format!("{name}: {}.", detail.row.health.health.label().to_lowercase()),
        (_, _) => format!("{name}: {}.", detail.row.health.cause),
    }
}
