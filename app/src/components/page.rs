//! The frame of every page: its title, what it is for, and where it hangs.

use leptos::prelude::*;
use leptos_meta::Title;

/// Heading block of a page, and the document's title.
#[component]
pub fn Page(
    /// The heading, and the first part of the document's title.
    #[prop(into)]
    title: String,
    /// One sentence below; may be empty.
    #[prop(into)]
    intro: String,
    /// The page above this one: words and address.
    #[prop(optional, into)]
    crumb: Option<(String, String)>,
    /// Use the whole width (tables and rails) instead of a column for reading.
    #[prop(optional)]
    wide: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    let class = if wide { "page wide" } else { "page" };
    view! {
        <Title text=format!("{title} · Purser") />
        <div class=class>
            <header class="page-head">
                {crumb
                    .map(|(label, href)| {
                        view! {
                            <nav class="crumb" aria-label="Breadcrumb">
                                <a href=href>{label}</a>
                                <span aria-hidden="true">" /"</span>
                            </nav>
                        }
                    })}
                <h1>{title}</h1>
                {(!intro.is_empty()).then(|| view! { <p class="intro">{intro}</p> })}
            </header>
            {children()}
        </div>
    }
    .into_any()
}
