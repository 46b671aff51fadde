//! The bell: how much there is to read.

use crate::components::{Icon, IconName, ask};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::notifications::unread_notifications;
use leptos::prelude::*;

/// A link to the notifications, with the number of those that the viewer has not read.
#[component]
pub fn Bell() -> impl IntoView {
    let live = live::version(Topic::Notifications);
    let unread = ask(move || live.get(), |_| unread_notifications());
    let count = move || {
        let unread = unread.get().and_then(Result::ok).filter(|unread| *unread > 0)?;
        let shown = if unread > 99 { "99+".to_owned() } else { unread.to_string() };
        Some(view! {
            <span class="bell-count">
                {shown} <span class="visually-hidden">" unread"</span>
            </span>
        })
    };
    view! {
        <a class="bell" href=routes::NOTIFICATIONS>
            <Icon name=IconName::Bell />
            <span class="visually-hidden">"Notifications "</span>
            <Transition>{count}</Transition>
        </a>
    }
    .into_any()
}
