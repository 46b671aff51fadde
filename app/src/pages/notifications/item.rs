//! One notification.

use crate::components::{Chip, Moment, MomentForm, Post, PostForm, SubmitButton};
use crate::routes;
use crate::server_fns::notifications::ReadNotification;
use crate::wire::NotificationView;
use leptos::prelude::*;

/// What happened, the remedy with a link to where it is, and whether everybody could be told.
#[component]
pub fn Item(item: NotificationView, read: Post<ReadNotification>) -> impl IntoView {
    let id = item.id;
    let pending = read.pending_about(id.to_string());
    let class = if item.read { "notification" } else { "notification unread" };
    let mark = (!item.read).then(|| {
        view! {
            <PostForm action=read>
                <input type="hidden" name="id" value=id.to_string() />
                <SubmitButton label="Mark as read" tone="plain" pending=pending />
            </PostForm>
        }
    });
    let ended = item.ended.map(|(words, at)| {
        view! {
            " · "
            {words}
            ", "
            <Moment at=at form=MomentForm::Ago />
        }
    });
    let troubles = item.troubles.into_iter().map(|words| view! { <p class="notification-trouble">{words}</p> }).collect_view();
    view! {
        <li class=class data-testid="notification">
            <div class="notification-what">
                <p class="name-line">
                    <Chip tone=item.kind.tone() label=item.kind.label() />
                    <a href=routes::provider(&item.provider_id)>{item.title}</a>
                    {(!item.read).then(|| view! { <span class="visually-hidden">"(unread)"</span> })}
                </p>
                {(!item.cause.is_empty()).then(|| view! { <p class="notification-cause">{item.cause}</p> })}
                {(!item.remedy.is_empty()).then(|| view! { <p>{item.remedy}</p> })}
                <p class="muted">
                    <Moment at=item.raised form=MomentForm::Ago />
                    {ended}
                </p>
                {troubles}
            </div>
            {mark}
        </li>
    }
}
