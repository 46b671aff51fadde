//! Tables.

use super::cell::shown;
use crate::components::Card;
use crate::wire::{Cell, Grid};
use leptos::prelude::*;

/// A table; a row is a card on a phone.
#[component]
pub fn GridTable(
    /// Names it.
    #[prop(into)]
    caption: String,
    /// What it holds.
    grid: Grid,
) -> impl IntoView {
    let (label, columns) = (caption.clone(), grid.columns);
    let head = columns
        .iter()
        .map(|(words, figures)| view! { <th scope="col" class=figures.then_some("number")>{words.clone()}</th> })
        .collect_view();
    let rows = grid.rows.into_iter().map(|cells| row(cells, &columns)).collect_view();
    view! {
        // The card around it is the landmark; the frame takes the focus only so that it can be scrolled by keyboard.
        <div class="table-frame" tabindex="0" role="group" aria-label=label>
            <table class="data-table cards-on-phone finance-table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(cells: Vec<Cell>, columns: &[(String, bool)]) -> AnyView {
    let cells = cells.into_iter().zip(columns).enumerate().map(|(index, (cell, (words, figures)))| {
        let class = figures.then_some("number");
        if index == 0 {
            view! { <th scope="row" class="finance-name">{shown(cell)}</th> }.into_any()
        } else {
            view! {
                <td class=class data-label=words.clone()>
                    <div>{shown(cell)}</div>
                </td>
            }
            .into_any()
        }
    });
    view! { <tr>{cells.collect_view()}</tr> }.into_any()
}

/// The same under a heading, or a sentence where there is nothing.
#[component]
pub fn GridCard(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What it holds.
    grid: Grid,
    /// What to say of nothing.
    #[prop(into)]
    nothing: String,
    /// Anchor of the section.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    if grid.rows.is_empty() {
        return view! {
            <Card title=title id=id>
                <p class="muted">{nothing}</p>
            </Card>
        }
        .into_any();
    }
    view! {
        <Card title=title.clone() id=id class="flush">
            <GridTable caption=title grid=grid />
        </Card>
    }
    .into_any()
}
