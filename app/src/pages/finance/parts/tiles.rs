//! The most important figures.

use crate::wire::Tile;
use leptos::prelude::*;

/// One figure a currency; nothing known is said, never written as 0.
#[component]
pub fn Tiles(tiles: Vec<Tile>) -> impl IntoView {
    let tiles = tiles
        .into_iter()
        .map(|Tile { label, figures, note }| {
            let figures = if figures.is_empty() { vec!["No data".to_owned()] } else { figures };
            view! {
                <div class="tile">
                    <dt>{label}</dt>
                    {figures.into_iter().map(|figure| view! { <dd class="tile-figure">{figure}</dd> }).collect_view()}
                    {(!note.is_empty()).then(|| view! { <dd class="muted">{note}</dd> })}
                </div>
            }
        })
        .collect_view();
    view! { <dl class="tiles finance-tiles">{tiles}</dl> }.into_any()
}
