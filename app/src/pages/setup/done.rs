//! When there is nothing left to set up.

use crate::components::Card;
use leptos::prelude::*;

/// Somebody has an account.
#[component]
pub fn Done() -> impl IntoView {
    view! {
        <Card title="Purser is set up">
            <p>"The owner account exists. Owners add more people under Settings."</p>
            <p class="actions">
                <a class="button primary" href="/login">
                    "Sign in"
                </a>
            </p>
        </Card>
    }
}
