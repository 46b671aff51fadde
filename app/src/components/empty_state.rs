//! What stands where a list would be.

use leptos::prelude::*;

/// Says why there is nothing, and offers the next step as its children.
#[component]
pub fn EmptyState(
    /// Why there is nothing.
    #[prop(into)]
    title: String,
    /// What would change that.
    #[prop(into)]
    hint: String,
    /// The next step: a link or a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p class="muted">{hint}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}
