//! A card: a titled region of a page.

use leptos::prelude::*;

/// A section with a heading of level two and a border. With an `id` it can be linked to, and the heading names the region.
#[component]
pub fn Card(
    /// Words of the heading.
    #[prop(into)]
    title: String,
    /// Anchor of the section; also makes it a named region.
    #[prop(optional, into)]
    id: Option<String>,
    /// More classes, for layout.
    #[prop(optional, into)]
    class: String,
    /// What the card holds.
    children: Children,
) -> impl IntoView {
    let heading_id = id.as_ref().map(|id| format!("{id}-heading"));
    view! {
        <section class=class + " card" id=id aria-labelledby=heading_id.clone()>
            <h2 class="card-title" id=heading_id.clone()>
                {title}
            </h2>
            {children()}
        </section>
    }
    .into_any()
}
