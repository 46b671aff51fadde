//! Says when the page may be out of date.

use crate::live;
use leptos::prelude::*;

/// Empty while the stream of changes is open.
#[component]
pub fn StaleMark() -> impl IntoView {
    let stale = live::is_stale();
    view! {
        <p class="stale" role="status">
            {move || stale.get().then_some("Reconnecting… figures may be old")}
        </p>
    }
    .into_any()
}
