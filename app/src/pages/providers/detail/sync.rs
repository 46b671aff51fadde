//! Fetching the provider's model list.

use super::screen::Screen;
use crate::components::{ErrorNote, Notice, PostForm, SubmitButton, error_of};
use crate::live;
use leptos::prelude::*;
use vocab::Tone;

/// The button, its progress, and the line that says what changed. A sync that somebody else started shows, too.
#[component]
pub fn Sync(screen: Screen) -> impl IntoView {
    let action = screen.actions.sync;
    let (value, pending) = (action.value(), action.pending());
    let connected = screen.part(|detail| detail.row.method.is_some());
    let line = move || {
        let result = value.get()?.ok()?;
        (!pending.get()).then(|| view! { <Notice tone=Tone::Ok>{result.line}</Notice> })
    };
    view! {
        <Show when=move || connected.get() && screen.may_manage.get()>
            <PostForm action=action>
                <input type="hidden" name="id" value=screen.id().to_string() />
                <div class="actions">
                    <SubmitButton label="Sync Models & Profiles" tone="plain" pending=pending />
                </div>
            </PostForm>
        </Show>
        <div role="status" class="outcome">
            <Progress screen=screen pending=pending.into() />
            {line}
        </div>
        <ErrorNote error=error_of(action) />
    }
    .into_any()
}

#[component]
fn Progress(screen: Screen, pending: Signal<bool>) -> impl IntoView {
    let progress = live::sync_progress(screen.id());
    move || match progress.get() {
        Some((done, total)) => Some(
            view! {
                <p class="progress">
                    <progress max=total.to_string() value=done.to_string() aria-label="Models handled"></progress>
                    {format!("{done} of {total}")}
                </p>
            }
            .into_any(),
        ),
        None => pending.get().then(|| view! { <p class="waiting">{format!("Asking {} for its list…", screen.name())}</p> }.into_any()),
    }
}
