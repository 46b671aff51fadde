//! A provider's page: the one thing to do now on the left, the facts on the right.

mod about_method;
mod activity;
mod authentication;
mod connection;
mod facts;
mod finance;
mod header;
mod key_panel;
mod line_buffer;
mod local_panel;
mod models;
mod models_table;
mod next_step;
mod outcome;
mod paid_test;
mod screen;
mod sign_in;
mod sync;
mod try_it;
mod try_run;
mod working;

use crate::components::{Asked, EmptyState, ErrorNote, Loaded, Skeleton, ask, use_may};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::providers::provider;
use crate::wire::{AppError, ErrorCode, ProviderDetail};
use activity::Activity;
use authentication::Authentication;
use connection::Disconnected;
use facts::FactsRail;
use header::Header;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use next_step::NextStep;
use screen::{Actions, Screen};
use sign_in::SignInResult;
use vocab::{Permission, ProviderId};
pub use working::fetch_if_shown;
use working::{WhenInUse, Working};

/// The page of the provider in the address.
#[component]
pub fn ProviderPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("provider_id")).and_then(|id| id.parse::<ProviderId>().ok()));
    // Another provider is another page: nothing typed for one may end up at the other.
    move || match id.get() {
        Some(id) => view! { <ProviderById id=id /> }.into_any(),
        None => view! { <Unknown /> }.into_any(),
    }
}

#[component]
fn ProviderById(id: ProviderId) -> impl IntoView {
    let actions = Actions::new();
    let (connections, models, finance) = (live::version(Topic::Providers), live::version(Topic::Models), live::version(Topic::Finance));
    let detail = ask(
        move || (connections.get(), models.get(), finance.get(), actions.version()),
        move |_| {
            let id = id.clone();
            async move { provider(id).await }
        },
    );
    view! {
        <div class="page wide">
            <Transition fallback=|| view! { <Skeleton lines=10 /> }>
                <Body detail=detail actions=actions />
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Body(detail: Asked<Result<ProviderDetail, AppError>>, actions: Actions) -> impl IntoView {
    let loaded = Loaded::of(detail);
    let may_manage = use_may(Permission::ManageProviderConnections);
    let unknown = move || loaded.error.with(|error| error.as_ref().is_some_and(|error| error.code == ErrorCode::NotFound));
    let page = loaded.once(move |detail| view! { <Parts screen=Screen::new(detail, actions, may_manage) /> });
    let error = move || if unknown() { view! { <Unknown /> }.into_any() } else { view! { <ErrorNote error=loaded.error /> }.into_any() };
    view! {
        {error}
        {page}
    }
    .into_any()
}

#[component]
fn Parts(screen: Screen) -> impl IntoView {
    let may_manage = screen.may_manage;
    let used = working::in_use(screen);
    view! {
        <Header screen=screen />
        <div class="with-rail" data-working=move || used.get().then_some("")>
            <div class="stack">
                <SignInResult screen=screen />
                <Disconnected screen=screen />
                <NextStep screen=screen />
                <Authentication screen=screen />
                <Show when=move || may_manage.get()>
                    <WhenInUse card=Working::Connection screen=screen />
                </Show>
                <WhenInUse card=Working::Models screen=screen />
                <Show when=move || may_manage.get()>
                    <WhenInUse card=Working::Try screen=screen />
                </Show>
                <WhenInUse card=Working::Finance screen=screen />
                <Activity screen=screen />
            </div>
            <FactsRail screen=screen />
        </div>
    }
    .into_any()
}

#[component]
fn Unknown() -> impl IntoView {
    view! {
        <Title text="Unknown provider · Purser" />
        <h1>"Unknown provider"</h1>
        <EmptyState title="There is no such provider in the catalogue" hint="The address may have a typing error, or the provider was taken out of the catalogue.">
            <a class="button primary" href=routes::PROVIDERS>
                "External Services"
            </a>
        </EmptyState>
    }
    .into_any()
}
