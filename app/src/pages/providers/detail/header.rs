//! Name, state and links.

use super::screen::Screen;
use crate::components::{HealthChip, Icon, IconName, Mark};
use crate::routes;
use crate::wire::LinkView;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page's heading. The state is announced when it changes.
#[component]
pub fn Header(screen: Screen) -> impl IntoView {
    let name = screen.name();
    let health = screen.part(|detail| detail.row.health.clone());
    let summary = screen.part(|detail| detail.row.summary.clone());
    let links = screen.part(|detail| detail.links.clone());
    view! {
        <Title text=format!("{name} · Purser") />
        <header class="page-head provider-head">
            <nav class="crumb" aria-label="Breadcrumb">
                <a href=routes::PROVIDERS>"External Services"</a>
                <span aria-hidden="true">" /"</span>
            </nav>
            <div class="provider-title">
                <Mark name=name.clone() />
                <h1>{name.clone()}</h1>
                <div class="provider-health" aria-live="polite">
                    {move || view! { <HealthChip health=health.get() testid=true /> }}
                </div>
            </div>
            <p class="intro">{move || summary.get()}</p>
            <ul class="links" aria-label="Pages of the provider">
                <For each=move || links.get() key=|link| link.url.clone() let:link>
                    <li>
                        <OutLink link=link />
                    </li>
                </For>
            </ul>
        </header>
    }
    .into_any()
}

/// A link that leaves Purser.
#[component]
fn OutLink(link: LinkView) -> impl IntoView {
    view! {
        <a href=link.url rel="noopener noreferrer" target="_blank">
            {link.label}
            <Icon name=IconName::External />
            <span class="visually-hidden">" (opens in a new tab)"</span>
        </a>
    }
    .into_any()
}
