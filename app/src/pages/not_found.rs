//! An address that leads nowhere.

use crate::components::{EmptyState, Page};
use crate::routes;
use leptos::prelude::*;

/// Says so, and shows the way back. The server answers 404.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Page title="Not found" intro="">
            <EmptyState title="There is no page at this address" hint="It may have been moved, or the address has a typing error.">
                <a class="button primary" href=routes::PROVIDERS>
                    "External Services"
                </a>
            </EmptyState>
        </Page>
    }
    .into_any()
}
