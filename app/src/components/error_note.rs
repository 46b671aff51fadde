//! An error in words, with what support needs to find it.

use super::{CopyButton, Icon, IconName};
use crate::routes;
use crate::wire::{AppError, ErrorCode};
use leptos::prelude::*;

/// Shows an [`AppError`] as soon as there is one. A session that ended sends the browser to the sign-in page and back.
#[component]
pub fn ErrorNote(
    /// The error, if any.
    #[prop(into)]
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    Effect::new(move || {
        if error.with(|error| error.as_ref().is_some_and(|error| error.code == ErrorCode::SignedOut)) {
            routes::go_to_sign_in();
        }
    });
    view! {
        // The region exists before the error does, or screen readers would miss the first one.
        <div role="alert" class="error-slot">
            {move || error.get().map(note)}
        </div>
    }
    .into_any()
}

fn note(error: AppError) -> impl IntoView {
    let small = error.request_id.map(|id| format!("{} · request {id}", error.code.as_str()));
    view! {
        <div class="notice bad">
            <Icon name=IconName::Cross />
            <div>
                <p>{error.message}</p>
                {small
                    .map(|small| {
                        view! {
                            <p class="small-print">
                                <code>{small.clone()}</code>
                                <CopyButton text=small label="Copy" />
                            </p>
                        }
                    })}
            </div>
        </div>
    }
}
