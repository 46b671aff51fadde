//! The bell: how much there is to read.

use super::{AskedWaiting, count};
use crate::components::{Icon, IconName};
use crate::routes;
use leptos::prelude::*;

/// A link to the notifications, with the number of those that the viewer has not read.
#[component]
pub fn Bell(waiting: AskedWaiting) -> impl IntoView {
    view! {
        <a class="bell" href=routes::NOTIFICATIONS>
            <Icon name=IconName::Bell />
            <span class="visually-hidden">"Notifications "</span>
            <Transition>{count(waiting, |waiting| waiting.unread, "bell-count", " unread")}</Transition>
        </a>
    }
    .into_any()
}
