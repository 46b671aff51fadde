//! A provider's health: the state as a chip, then its cause and when it changes by itself.

use super::{Chip, Moment, MomentForm};
use crate::wire::HealthView;
use leptos::prelude::*;
use vocab::Health;

/// The chip with its words. Its text begins with the state's label.
#[component]
pub fn HealthChip(
    /// The state.
    health: HealthView,
    /// Mark it as *the* connection status of its row or page.
    #[prop(optional)]
    testid: bool,
) -> impl IntoView {
    let HealthView { health: state, cause, until, .. } = health;
    let cause = (!cause.is_empty()).then(|| view! { <span class="health-cause"><span class="dot">" · "</span>{cause}</span> });
    let until = until.map(|at| {
        view! {
            <span class="health-until">
                <span class="dot">" · "</span>{until_words(state)}" "<Moment at=at form=MomentForm::Clock />
            </span>
        }
    });
    view! {
        <span class="health" data-testid=testid.then_some("connection-status")>
            <Chip tone=state.tone() label=state.label() />
            <span class="health-words">{cause}{until}</span>
        </span>
    }
    .into_any()
}

/// What happens at the moment shown.
const fn until_words(state: Health) -> &'static str {
    match state {
        Health::Connected => "refreshes",
        Health::ExpiringSoon | Health::Connecting => "until",
        Health::CoolingDown => "tries again",
        _ => "next check",
    }
}
