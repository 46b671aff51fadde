//! `/platform/notifications`: what needs a person, and what does not any more.

mod item;
mod place;

use crate::components::{Asked, EmptyState, ErrorNote, Loaded, Page, Post, PostForm, Skeleton, SubmitButton, ask, error_of};
use crate::live::{self, Topic};
use crate::server_fns::notifications::{ReadAllNotifications, ReadNotification, notifications};
use crate::wire::{AppError, NotificationList};
use item::Item;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use place::Place;

/// The list, newest first; it follows what happens. What is shown lives in the address.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    let params = use_query_map();
    let place = Memo::new(move |_| params.with(Place::from_params));
    let read = Post::<ReadNotification>::new();
    let read_all = Post::<ReadAllNotifications>::new();
    let live = live::version(Topic::Notifications);
    let answer = ask(
        move || (place.get(), live.get(), read.version().get(), read_all.version().get()),
        |(place, ..)| async move {
            let list = notifications(place.open_only, place.before).await?;
            Ok((place, list))
        },
    );
    view! {
        <Page title="Notifications" intro="What needs a person, and what does not any more. It leaves the house by mail and webhook, too, where they are set up.">
            <ErrorNote error=error_of(read) />
            <ErrorNote error=error_of(read_all) />
            <Transition fallback=|| view! { <Skeleton lines=6 /> }>
                <List answer=answer read=read read_all=read_all />
            </Transition>
        </Page>
    }
}

/// What to show, the list, and the way to older ones.
#[component]
fn List(
    answer: Asked<Result<(Place, NotificationList), AppError>>,
    read: Post<ReadNotification>,
    read_all: Post<ReadAllNotifications>,
) -> impl IntoView {
    let loaded = Loaded::of(answer);
    let list = loaded.once(move |answer| {
        let place = Memo::new(move |_| answer.with(|(place, _)| *place));
        let items = Memo::new(move |_| answer.with(|(_, list)| list.notifications.clone()));
        let any_unread = Memo::new(move |_| items.with(|items| items.iter().any(|item| !item.read)));
        let empty = Memo::new(move |_| items.with(Vec::is_empty));
        view! {
            <div class="stack">
                <div class="notification-bar">
                    {move || place.get().choices()}
                    <Show when=move || any_unread.get()>
                        <PostForm action=read_all>
                            <SubmitButton label="Mark all as read" tone="plain" pending=read_all.pending() />
                        </PostForm>
                    </Show>
                </div>
                {move || {
                    if empty.get() {
                        return Either::Left(nothing(place.get()));
                    }
                    Either::Right(
                        view! {
                            <ul class="notification-list">
                                // The key is the whole row: one that changed is drawn anew, one that did not stays as it is.
                                <For each=move || items.get() key=|item| format!("{item:?}") let:item>
                                    <Item item=item read=read />
                                </For>
                            </ul>
                        },
                    )
                }}
                {move || answer.with(|(place, list)| place.pager(list.next))}
            </div>
        }
    });
    view! {
        <ErrorNote error=loaded.error />
        {list}
    }
}

fn nothing(place: Place) -> impl IntoView + use<> {
    let (title, hint) = if place.before.is_some() {
        ("No older notifications", "This is the beginning of the list.")
    } else {
        ("Nothing needs you.", "When a provider needs a person, it is told here, and so is that it works again.")
    };
    view! { <EmptyState title=title hint=hint /> }
}
