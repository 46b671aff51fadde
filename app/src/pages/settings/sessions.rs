//! The browsers the viewer is signed in with.

use super::session_item::SessionItem;
use crate::components::{Asked, Card, ErrorNote, Loaded, Post, Skeleton, ask, error_of};
use crate::live::{self, Topic};
use crate::server_fns::people::{EndSession, sessions};
use crate::wire::{AppError, SessionView};
use leptos::prelude::*;

/// Each can be signed out; the list follows what happens elsewhere.
#[component]
pub fn Sessions() -> impl IntoView {
    let end = Post::<EndSession>::new();
    let live = live::version(Topic::Sessions);
    let list = ask(move || (live.get(), end.version().get()), |_| sessions());
    view! {
        <Card title="Signed-in browsers" id="browsers">
            <ErrorNote error=error_of(end) />
            <Transition fallback=|| view! { <Skeleton /> }>
                <SessionList list=list end=end />
            </Transition>
        </Card>
    }
}

/// The list itself, in the server's order.
#[component]
fn SessionList(list: Asked<Result<Vec<SessionView>, AppError>>, end: Post<EndSession>) -> impl IntoView {
    let loaded = Loaded::of(list);
    let items = loaded.once(move |sessions| {
        view! {
            <ul class="session-list">
                // The key is the whole row: one that changed is drawn anew, one that did not stays as it is.
                <For each=move || sessions.get() key=|session| format!("{session:?}") let:session>
                    <SessionItem session=session end=end />
                </For>
            </ul>
        }
    });
    view! {
        <ErrorNote error=loaded.error />
        {items}
    }
}
