//! The test that costs money.

use super::screen::Screen;
use crate::components::{ErrorNote, Notice, PostForm, SubmitButton, error_of};
use crate::wire::PaidTestView;
use leptos::prelude::*;
use vocab::Tone;

/// Folded away, and says that it costs before it can be pressed.
#[component]
pub fn PaidTestForm(screen: Screen) -> impl IntoView {
    let action = screen.actions.paid;
    let (value, pending) = (action.value(), action.pending());
    let words = move || {
        if pending.get() {
            return Some(view! { <p class="waiting">"Waiting for the answer…"</p> }.into_any());
        }
        let answer = value.get()?.ok()?;
        let tone = if answer.answered { Tone::Ok } else { Tone::Bad };
        Some(view! { <Notice tone=tone>{words_of(&answer)}</Notice> }.into_any())
    };
    view! {
        <details class="more">
            <summary>"Test with one paid answer"</summary>
            <p class="muted">
                "Asks the cheapest chat model for one token. This costs money: a small fraction of a cent at most providers. "
                "It shows what the free test cannot: that the account may really run a model."
            </p>
            <PostForm action=action>
                <input type="hidden" name="id" value=screen.id().to_string() />
                <SubmitButton label="Spend one token" tone="plain" pending=pending />
            </PostForm>
            <ErrorNote error=error_of(action) />
            <div role="status" class="outcome">
                {words}
            </div>
        </details>
    }
    .into_any()
}

fn words_of(answer: &PaidTestView) -> String {
    answer.cost.as_ref().map_or_else(|| answer.message.clone(), |cost| format!("{} It cost ${cost}.", answer.message))
}
