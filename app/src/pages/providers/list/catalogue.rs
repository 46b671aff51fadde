//! The rows in their groups.

use super::filter::{ListFilter, StateFilter};
use super::filter_form::use_filter;
use super::row::Row;
use crate::components::EmptyState;
use crate::routes;
use crate::wire::{ProviderList, ProviderRow, RowGroup};
use leptos::prelude::*;

const GROUPS: [(RowGroup, &str, &str); 4] = [
    (RowGroup::NeedsAttention, "Needs attention", ""),
    (RowGroup::Connected, "Connected", ""),
    (RowGroup::Local, "Local", "found on this machine and network"),
    (RowGroup::Available, "Available", ""),
];

/// What the filter lets through, or why there is nothing.
#[component]
pub fn Catalogue(list: Memo<ProviderList>) -> impl IntoView {
    let filter = use_filter();
    let rows = Memo::new(move |_| {
        let filter = filter.get();
        list.with(|list| list.rows.iter().filter(|row| filter.admits(row)).cloned().collect::<Vec<_>>())
    });
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let never = move || list.with(|list| list.rows.iter().all(|row| row.method.is_none()));
    view! {
        {GROUPS.map(|(group, title, hint)| view! { <Group group=group title=title hint=hint rows=rows /> }).collect_view()}
        <Show when=move || none.get()>
            <Nothing filter=filter nothing_connected=Signal::derive(never) />
        </Show>
        <p class="visually-hidden" role="status">
            {move || (!filter.with(ListFilter::is_empty)).then(|| format!("{} providers shown", rows.with(Vec::len)))}
        </p>
    }
    .into_any()
}

#[component]
fn Group(group: RowGroup, title: &'static str, hint: &'static str, rows: Memo<Vec<ProviderRow>>) -> impl IntoView {
    let members = Memo::new(move |_| rows.with(|rows| rows.iter().filter(|row| row.group == group).cloned().collect::<Vec<_>>()));
    let some = Memo::new(move |_| members.with(|members| !members.is_empty()));
    let row = move |first: ProviderRow| {
        let id = first.id.clone();
        let row =
            Memo::new(move |_| members.with(|members| members.iter().find(|row| row.id == id).cloned()).unwrap_or_else(|| first.clone()));
        view! { <Row row=row /> }
    };
    view! {
        <Show when=move || some.get()>
            <section class="group">
                <h2>
                    {title} " " <span class="count">{move || members.with(Vec::len)}</span>
                    {(!hint.is_empty()).then(|| view! { <span class="count">" · "{hint}</span> })}
                </h2>
                <ul class="rows">
                    <For each=move || members.get() key=|row| row.id.clone() children=row />
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

/// Two different kinds of nothing: nothing yet, and nothing that matches.
#[component]
fn Nothing(filter: Memo<ListFilter>, nothing_connected: Signal<bool>) -> impl IntoView {
    let yet = move || {
        nothing_connected.get()
            && filter.with(|filter| {
                filter.search.is_empty() && filter.method.is_none() && filter.state.is_some_and(|state| state != StateFilter::NotConnected)
            })
    };
    view! {
        <Show
            when=yet
            fallback=|| {
                view! {
                    <EmptyState title="No provider matches" hint="Try another word, or fewer filters.">
                        <a class="button" href=routes::PROVIDERS>
                            "Clear filters"
                        </a>
                    </EmptyState>
                }
            }
        >
            <EmptyState title="Nothing is connected yet" hint="Choose a provider and connect it with a key; local models are found by themselves.">
                <a class="button primary" href=routes::PROVIDERS>
                    "Show all providers"
                </a>
            </EmptyState>
        </Show>
    }
    .into_any()
}
