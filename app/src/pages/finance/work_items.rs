//! `/finance/work-items`: what Finance has to do. Filters live in the address.

use super::parts::{FormControl, screen};
use super::work_item::Item;
use crate::components::{EmptyState, ErrorNote, Page, Post, ask, error_of};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::{ChangeWorkItem, work_items};
use crate::wire::{AppError, FormField, ItemFilter, ItemList};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The list, most urgent first.
#[component]
pub fn WorkItemsPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        query.with(|query| {
            let text = |name: &str| query.get(&format!("fields[{name}]")).or_else(|| query.get(name)).unwrap_or_default();
            ItemFilter {
                status: text("status"),
                kind: text("kind"),
                severity: text("severity"),
                owner: text("owner"),
                snoozed: text("snoozed"),
            }
        })
    });
    let change = Post::<ChangeWorkItem>::new();
    let error = error_of(change);
    let live = live::version(Topic::Finance);
    let answer = ask(move || (filter.get(), live.get(), change.version().get()), |(filter, ..)| work_items(filter));
    view! {
        <Page
            title="Work items"
            intro="What is missing or needs a decision. Items close by themselves when what caused them is settled."
            wide=true
        >
            <ErrorNote error=Signal::derive(move || error.get().filter(|error| error.field("item").is_none())) />
            {screen(answer, move |list| view! { <List list=list change=change error=error /> }.into_any())}
        </Page>
    }
}

#[component]
fn List(list: Memo<ItemList>, change: Post<ChangeWorkItem>, error: Signal<Option<AppError>>) -> impl IntoView {
    let filter = Memo::new(move |_| list.with(|list| (list.filter.clone(), list.filtered)));
    let items = Memo::new(move |_| list.with(|list| list.items.clone()));
    let people = list.with_untracked(|list| list.people.clone());
    let people = StoredValue::new(people);
    let empty = Memo::new(move |_| items.with(Vec::is_empty));
    view! {
        <div class="stack">
            {move || {
                let (fields, filtered) = filter.get();
                view! { <Filter fields=fields filtered=filtered /> }
            }}
            <Show when=move || !empty.get() fallback=move || nothing(filter.get().1)>
                <ul class="work-items">
                    <For each=move || items.get() key=|item| format!("{item:?}") let:item>
                        <Item item=item people=people change=change error=error />
                    </For>
                </ul>
            </Show>
        </div>
    }
    .into_any()
}

fn nothing(filtered: bool) -> impl IntoView {
    let (title, hint) = if filtered {
        ("Nothing matches these filters", "Choose fewer of them, or clear them all.")
    } else {
        ("Nothing is to be done", "When a contract lacks details or a plan runs off its pace, it appears here.")
    };
    view! { <EmptyState title=title hint=hint /> }
}

#[component]
fn Filter(fields: Vec<FormField>, filtered: bool) -> impl IntoView {
    let none = Signal::stored(None);
    let controls = fields.into_iter().map(|field| view! { <FormControl field=field error=none of="filter" /> }).collect_view();
    view! {
        <form method="get" action=routes::WORK_ITEMS class="item-filter" role="search" aria-label="Filter the work items">
            {controls} <div class="actions">
                <button type="submit" class="button">
                    "Filter"
                </button>
                {filtered.then(|| view! { <a href=routes::WORK_ITEMS>"Clear"</a> })}
            </div>
        </form>
    }
    .into_any()
}
