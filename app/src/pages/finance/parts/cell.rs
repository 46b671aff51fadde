//! A value as it is shown.

use crate::components::{Chip, Icon, IconName};
use crate::wire::{Cell, Used};
use leptos::prelude::*;

/// The words, as a link, a state or plain, with what stands above and below them.
pub fn shown(cell: Cell) -> AnyView {
    let Cell { text, href, note, tone, used } = cell;
    let words = match tone {
        Some(tone) => view! { <Chip tone=tone label=text /> }.into_any(),
        None => view! { <span>{text}</span> }.into_any(),
    };
    let outside = href.starts_with("https://");
    let main = if href.is_empty() {
        words
    } else {
        let icon = outside.then(|| view! { <Icon name=IconName::External /> });
        view! {
            <a href=href target=outside.then_some("_blank") rel=outside.then_some("noopener noreferrer")>
                {words}
                {icon}
            </a>
        }
        .into_any()
    };
    view! {
        {used.map(bar)}
        {main}
        {(!note.is_empty()).then(|| view! { <span class="muted block">{note}</span> })}
    }
    .into_any()
}

/// Used, of everything, with a mark where an even pace would be. The words below say the same.
fn bar(used: Used) -> impl IntoView {
    view! {
        <svg class="used-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="used-all" y="1.5" width="100" height="5" />
            <rect class="used-part" y="1.5" width=used.percent.to_string() height="5" />
            {used.pace.map(|pace| view! { <path class="used-pace" d=format!("M{pace} 0v8") vector-effect="non-scaling-stroke" /> })}
        </svg>
    }
}
