//! Search and filters: a plain GET form that also filters while one types.

use super::Recognition;
use super::filter::{ListFilter, StateFilter};
use crate::components::{Icon, IconName};
use crate::pages::providers::pasted_key::{NOT_A_KEY, looks_like_key};
use crate::pages::providers::words::method_word;
use crate::routes;
use leptos::ev::{SubmitEvent, Targeted};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use vocab::AuthMethod;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};

/// The filter of the page's address.
pub fn use_filter() -> Memo<ListFilter> {
    let query = use_query_map();
    Memo::new(move |_| query.with(ListFilter::from_query))
}

/// Puts a filter into the page's address, without leaving a step in the history for every letter.
fn use_narrow() -> impl Fn(ListFilter) + Clone {
    let navigate = use_navigate();
    move |filter: ListFilter| {
        navigate(&filter.address(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    }
}

/// The form. A key pasted into the search field is taken out of it at once and recognised instead.
#[component]
pub fn FilterForm(count: Memo<usize>, recognition: Recognition) -> impl IntoView {
    let filter = use_filter();
    let narrow = use_narrow();
    let on_submit = {
        let narrow = narrow.clone();
        // What is typed is in the address already; the browser's own submission would only reload the page.
        move |event: SubmitEvent| {
            event.prevent_default();
            narrow(filter.get_untracked());
        }
    };
    let on_state = {
        let narrow = narrow.clone();
        move |word: String| narrow(ListFilter { state: state_of(&word), ..filter.get_untracked() })
    };
    let on_method = move |word: String| narrow(ListFilter { method: word.parse().ok(), ..filter.get_untracked() });
    view! {
        <form class="filters" role="search" method="get" action=routes::PROVIDERS on:submit=on_submit>
            <SearchField filter=filter count=count recognition=recognition />
            <Choice
                name="state"
                label="State"
                all="All states"
                options=StateFilter::ALL.iter().map(|(_, value, words)| (*value, *words)).collect()
                chosen=Signal::derive(move || filter.with(|filter| filter.state.map_or("", StateFilter::as_str)))
                on_choice=Callback::new(on_state)
            />
            <Choice
                name="method"
                label="Method"
                all="All methods"
                options=AuthMethod::ALL.iter().map(|method| (method.as_str(), method_word(*method))).collect()
                chosen=Signal::derive(move || filter.with(|filter| filter.method.map_or("", AuthMethod::as_str)))
                on_choice=Callback::new(on_method)
            />
            <button type="submit" class="button no-js-only">
                "Search"
            </button>
        </form>
    }
    .into_any()
}

fn state_of(word: &str) -> Option<StateFilter> {
    StateFilter::ALL.iter().find(|(_, text, _)| *text == word).map(|(state, ..)| *state)
}

#[component]
fn SearchField(filter: Memo<ListFilter>, count: Memo<usize>, recognition: Recognition) -> impl IntoView {
    let narrow = use_narrow();
    let on_input = move |event: Targeted<Event, HtmlInputElement>| {
        let field = event.target();
        let text = field.value();
        if looks_like_key(&text) {
            field.set_value("");
            recognition.start(&text);
            narrow(ListFilter { search: String::new(), ..filter.get_untracked() });
        } else {
            narrow(ListFilter { search: text, ..filter.get_untracked() });
        }
    };
    view! {
        <div class="search">
            <Icon name=IconName::Search />
            <input
                type="search"
                name="q"
                aria-label="Search providers, or paste a key"
                placeholder=move || format!("Search {} providers, or paste a key", count.get())
                autocomplete="off"
                spellcheck="false"
                // Where no script runs, the browser itself keeps a key out of the address.
                pattern=NOT_A_KEY
                title="Words to search for. A key goes into the field on the provider's page."
                value=filter.get_untracked().search
                prop:value=move || filter.get().search
                on:input:target=on_input
            />
        </div>
    }
    .into_any()
}

#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    options: Vec<(&'static str, &'static str)>,
    chosen: Signal<&'static str>,
    on_choice: Callback<String>,
) -> impl IntoView {
    let on_change = move |event: Targeted<Event, HtmlSelectElement>| on_choice.run(event.target().value());
    let options = std::iter::once(("", all))
        .chain(options)
        .map(|(value, words)| {
            view! {
                <option value=value selected=move || chosen.get() == value>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <select name=name aria-label=label on:change:target=on_change prop:value=move || chosen.get()>
            {options}
        </select>
    }
    .into_any()
}
