//! What came of saving or testing, in words.

use crate::components::Notice;
use crate::wire::{AppError, ConnectOutcome};
use leptos::prelude::*;
use vocab::{Tone, Verdict};

/// A status region: what is being waited for, then the verdict.
#[component]
pub fn Outcome(
    /// The last answer.
    value: Signal<Option<Result<ConnectOutcome, AppError>>>,
    /// Is another one on its way?
    pending: Signal<bool>,
    /// What is said meanwhile.
    waiting: String,
) -> impl IntoView {
    let words = move || {
        if pending.get() {
            return Some(view! { <p class="waiting">{waiting.clone()}</p> }.into_any());
        }
        let outcome = value.get()?.ok()?;
        Some(view! { <Notice tone=tone_of(outcome.verdict)>{outcome.message}</Notice> }.into_any())
    };
    view! {
        <div role="status" class="outcome">
            {words}
        </div>
    }
    .into_any()
}

const fn tone_of(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Ok => Tone::Ok,
        Verdict::BadCredential | Verdict::NotPermitted => Tone::Bad,
        Verdict::NoFunds | Verdict::RateLimited | Verdict::Unreachable | Verdict::ProviderDown => Tone::Warn,
    }
}
