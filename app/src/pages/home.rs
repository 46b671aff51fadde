//! `/`: on to External Services. People who are not signed in never get here; the server sends them to setup or sign-in.

use crate::routes;
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// Sends the browser on.
#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <Redirect path=routes::PROVIDERS />
        <p>
            <a href=routes::PROVIDERS>"External Services"</a>
        </p>
    }
    .into_any()
}
