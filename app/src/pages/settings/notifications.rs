//! How operators are told outside the house, and whether it works. Only people who may manage the settings see it.

use crate::components::{Asked, Card, Chip, ErrorNote, Loaded, Post, PostForm, Skeleton, SubmitButton, ViewerContext, ask, error_of};
use crate::server_fns::notifications::{SendTestMessage, notification_channels};
use crate::wire::{AppError, ChannelView, TestOutcomeView};
use leptos::either::Either;
use leptos::prelude::*;
use vocab::{Channel, Permission, Tone};

/// What is configured; `None` for a viewer who may not see it.
type Channels = Option<Vec<ChannelView>>;

/// The channels and a button that tries them.
#[component]
pub fn NotificationSettings() -> impl IntoView {
    let viewer = expect_context::<ViewerContext>();
    let channels = ask(
        || (),
        move |()| async move {
            match viewer.load().await {
                Some(viewer) if viewer.may(Permission::ManageSettings) => notification_channels().await.map(Some),
                _ => Ok(None),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton /> }>
            <ChannelCard channels=channels />
        </Transition>
    }
}

#[component]
fn ChannelCard(channels: Asked<Result<Channels, AppError>>) -> impl IntoView {
    let loaded = Loaded::of(channels);
    let send = Post::<SendTestMessage>::new();
    let card = loaded.once(move |channels: Memo<Channels>| {
        move || {
            channels.get().map(|channels| {
                let what = if channels.is_empty() { Either::Left(not_configured()) } else { Either::Right(configured(channels, send)) };
                view! {
                    <Card title="Notifications" id="notifications">
                        {what}
                    </Card>
                }
            })
        }
    });
    view! {
        <ErrorNote error=loaded.error />
        {card}
    }
}

fn not_configured() -> impl IntoView {
    view! {
        <p class="muted">
            "People learn that a provider needs them only when they open a page. To tell them by mail or to call a webhook, set "
            <code>"PURSER_SMTP_URL"</code> " or " <code>"PURSER_WEBHOOK_URL"</code> " and start Purser again."
        </p>
    }
}

fn configured(channels: Vec<ChannelView>, send: Post<SendTestMessage>) -> impl IntoView {
    let rows = channels
        .into_iter()
        .map(|ChannelView { channel, host, recipients }| {
            let way = match channel {
                Channel::Mail => format!("through {host}, to {}", recipients.join(", ")),
                Channel::Webhook => host,
            };
            view! {
                <dt>{channel.label()}</dt>
                <dd>{way}</dd>
            }
        })
        .collect_view();
    let outcomes = move || {
        let outcomes = send.value().get().and_then(Result::ok)?;
        Some(view! { <ul class="test-outcomes">{outcomes.into_iter().map(outcome).collect_view()}</ul> })
    };
    view! {
        <dl class="facts">{rows}</dl>
        <ErrorNote error=error_of(send) />
        <div role="status">{outcomes}</div>
        <PostForm action=send>
            <div class="actions">
                <SubmitButton label="Send a test message" tone="plain" pending=send.pending() />
            </div>
        </PostForm>
    }
}

fn outcome(outcome: TestOutcomeView) -> impl IntoView {
    let (tone, label) = if outcome.taken { (Tone::Ok, "Taken") } else { (Tone::Bad, "Not taken") };
    view! {
        <li>
            <Chip tone=tone label=label />
            " "
            {outcome.channel.label()}
            " to "
            {outcome.recipient}
            ": "
            {outcome.words}
        </li>
    }
}
