//! External Services: every provider of the catalogue with its real state.

mod catalogue;
mod choices;
mod filter;
mod filter_form;
mod key_guesses;
mod row;
mod tour;

use crate::components::{Asked, ErrorNote, Loaded, Page, Post, Skeleton, ask};
use crate::live::{self, Topic};
use crate::server_fns::providers::{RecogniseKey, providers};
use crate::wire::{AppError, ProviderList};
use catalogue::Catalogue;
use choices::Choices;
use filter_form::FilterForm;
use key_guesses::KeyGuesses;
use leptos::prelude::*;
use tour::Tour;

/// A pasted key that is being recognised. It lives in this page's memory only.
#[derive(Clone, Copy)]
struct Recognition {
    key: RwSignal<String>,
    action: Post<RecogniseKey>,
}

impl Recognition {
    fn new() -> Self {
        Self { key: RwSignal::new(String::new()), action: Post::new() }
    }

    fn start(self, key: &str) {
        let key = key.trim().to_owned();
        self.key.set(key.clone());
        self.action.call(RecogniseKey { key });
    }

    fn forget(self) {
        self.key.set(String::new());
        self.action.clear();
    }
}

/// The page.
#[component]
pub fn ProvidersPage() -> impl IntoView {
    let (connections, models) = (live::version(Topic::Providers), live::version(Topic::Models));
    let list = ask(move || (connections.get(), models.get()), |_| providers());
    let recognition = Recognition::new();
    view! {
        <Page title="External Services" intro="Connect a provider once. Agents run on it, and its key stays sealed here." wide=true>
            <Tour />
            <Transition fallback=|| view! { <Skeleton lines=8 /> }>
                <Body list=list recognition=recognition />
            </Transition>
        </Page>
    }
    .into_any()
}

#[component]
fn Body(list: Asked<Result<ProviderList, AppError>>, recognition: Recognition) -> impl IntoView {
    let loaded = Loaded::of(list);
    view! {
        <ErrorNote error=loaded.error />
        {loaded.once(move |list| view! { <Found list=list recognition=recognition /> })}
    }
    .into_any()
}

#[component]
fn Found(list: Memo<ProviderList>, recognition: Recognition) -> impl IntoView {
    let first_visit = Memo::new(move |_| list.with(|list| list.first_visit));
    let count = Memo::new(move |_| list.with(|list| list.rows.len()));
    view! {
        <Show when=move || first_visit.get()>
            <Choices recognition=recognition />
        </Show>
        <FilterForm count=count recognition=recognition />
        <KeyGuesses recognition=recognition />
        <Catalogue list=list />
    }
    .into_any()
}
