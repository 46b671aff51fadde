//! A drawing with its words.

use super::grid::GridTable;
use crate::components::Card;
use crate::wire::Drawing;
use leptos::prelude::*;

/// A card with the picture, one sentence, and the same as a table for who wants the figures.
#[component]
pub fn Drawn(drawing: Drawing) -> impl IntoView {
    let Drawing { title, view_box, shapes, axis, ends, legend, summary, table } = drawing;
    let words = |all: Vec<String>| all.into_iter().map(|words| view! { <span>{words}</span> }).collect_view();
    if shapes.is_empty() {
        return view! {
            <Card title=title.clone() class="flush drawn">
                <p class="drawn-words muted">{summary}</p>
                <GridTable caption=title grid=table />
            </Card>
        }
        .into_any();
    }
    let paths = shapes
        .into_iter()
        .map(|(class, path)| view! { <path class=format!("shape-{class}") d=path vector-effect="non-scaling-stroke" /> })
        .collect_view();
    view! {
        <Card title=title.clone() class="drawn">
            <div class="drawn-plot" aria-hidden="true">
                <div class="drawn-axis">{words(axis)}</div>
                <svg viewBox=view_box preserveAspectRatio="none" focusable="false">
                    {paths}
                </svg>
                <div class="drawn-ends">{words(ends)}</div>
            </div>
            {keys(legend)}
            <p>{summary}</p>
            <details class="more">
                <summary>"As a table"</summary>
                <GridTable caption=title grid=table />
            </details>
        </Card>
    }
    .into_any()
}

fn keys(legend: Vec<(String, String)>) -> impl IntoView {
    let key = |(class, words): (String, String)| {
        view! {
            <li>
                <span class=format!("key key-{class}") aria-hidden="true"></span>
                {words}
            </li>
        }
    };
    view! { <ul class="drawn-legend">{legend.into_iter().map(key).collect_view()}</ul> }
}
