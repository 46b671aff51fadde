//! A period without requests.

use super::period::words;
use crate::components::EmptyState;
use crate::routes;
use crate::wire::UsagePeriod;
use leptos::prelude::*;

/// Says what would put something here.
#[component]
pub fn NothingYet(period: Memo<UsagePeriod>) -> impl IntoView {
    move || {
        view! {
            <EmptyState
                title=format!("No requests in the {}", words(period.get()))
                hint="Requests appear here as soon as an agent sends one with an access token, or somebody tries a model on a provider's page."
            >
                <a class="button" href=routes::ACCESS>
                    "Access tokens"
                </a>
                <a class="button" href=routes::PROVIDERS>
                    "External Services"
                </a>
            </EmptyState>
        }
    }
}
