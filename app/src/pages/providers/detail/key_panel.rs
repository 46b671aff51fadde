//! Pasting a key: one field, checked at once.

use super::outcome::Outcome;
use super::screen::Screen;
use crate::components::{ErrorNote, Field, PostForm, SubmitButton, error_of, field_error};
use crate::pages::providers::PastedKey;
use leptos::prelude::*;

/// The form. A key that was pasted on the list page is filled in, from memory.
#[component]
pub fn KeyPanel(screen: Screen) -> impl IntoView {
    let action = screen.actions.key;
    let version = screen.part(|detail| detail.version);
    let stored = screen.part(|detail| detail.facts.key_hint.clone());
    let address = screen.detail.with_untracked(|detail| detail.address.clone());
    let error = error_of(action);
    let checking = format!("Checking with {}…", screen.name());
    view! {
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <input type="hidden" name="version" value=move || version.get().to_string() />
            {address
                .map(|address| {
                    view! {
                        <Field
                            label=address.label
                            name="address"
                            code=true
                            value=address.value
                            placeholder=address.placeholder
                            help=address.help
                            required=!address.optional
                            error=field_error(error, "address")
                        />
                    }
                })}
            <KeyField screen=screen stored=stored error=field_error(error, "key") />
            // On a phone the primary action stays in reach, as long as connecting is what there is to do.
            <div class="actions" class:sticky-action=move || stored.with(Option::is_none)>
                <SubmitButton label="Save" pending=action.pending() />
            </div>
            <ErrorNote error=error />
            <Outcome value=action.value().into() pending=action.pending().into() waiting=checking />
        </PostForm>
    }
    .into_any()
}

#[component]
fn KeyField(screen: Screen, stored: Memo<Option<String>>, error: Signal<Option<String>>) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let example = screen.detail.with_untracked(|detail| detail.key_example.clone());
    let hint = move || {
        stored.get().map_or_else(
            || "It is checked before it is saved, and sealed.".to_owned(),
            |hint| format!("Blank keeps the stored key ({hint})."),
        )
    };
    fill_and_clear(screen, field);
    view! {
        <div class="field">
            <label for="key">"API key"</label>
            <input
                id="key"
                name="key"
                type="password"
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                placeholder=example
                required=move || stored.with(Option::is_none)
                aria-describedby="key-help key-error"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                node_ref=field
            />
            <p class="help" id="key-help">
                {hint}
            </p>
            <p class="field-error" id="key-error">
                {move || error.get()}
            </p>
        </div>
    }
    .into_any()
}

/// Fills in a key carried over from the list, and empties the field once a key is saved.
fn fill_and_clear(screen: Screen, field: NodeRef<leptos::html::Input>) {
    let pasted = use_context::<PastedKey>();
    Effect::new(move || {
        let Some(field) = field.get() else { return };
        if let Some(key) = pasted.and_then(|pasted| pasted.take(&screen.id())) {
            field.set_value(&key);
            let _ = field.focus();
        }
    });
    let value = screen.actions.key.value();
    Effect::new(move || {
        let saved = value.with(|value| value.as_ref().is_some_and(|answer| answer.as_ref().is_ok_and(|outcome| outcome.saved)));
        if let Some(field) = field.get_untracked().filter(|_| saved) {
            field.set_value("");
        }
    });
}
