//! What can be done with a connection that exists: test it, switch it off, disconnect it.

use super::outcome::Outcome;
use super::paid_test::PaidTestForm;
use super::screen::Screen;
use crate::components::{Card, ConfirmButton, ErrorNote, Notice, PostForm, SubmitButton, error_of};
use crate::wire::ProviderDetail;
use leptos::prelude::*;
use vocab::{AuthMethod, Health, Tone};

/// Nothing while nothing is connected.
#[component]
pub fn ConnectionCard(screen: Screen) -> impl IntoView {
    let connected = screen.part(|detail| detail.row.method.is_some());
    let keyed = screen.part(|detail| detail.row.method != Some(AuthMethod::None));
    view! {
        <Show when=move || connected.get()>
            <Card title="Connection" id="connection">
                <Test screen=screen />
                <Show when=move || keyed.get()>
                    <PaidTestForm screen=screen />
                </Show>
                <div class="actions divided">
                    <Switch screen=screen />
                    <Leave screen=screen />
                </div>
                <ErrorNote error=error_of(screen.actions.enabled) />
                <ErrorNote error=error_of(screen.actions.disconnect) />
            </Card>
        </Show>
    }
    .into_any()
}

#[component]
fn Test(screen: Screen) -> impl IntoView {
    let action = screen.actions.test;
    let verify = screen.part(|detail| detail.verify.clone());
    let waiting = format!("Asking {}…", screen.name());
    view! {
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <div class="actions">
                <SubmitButton label="Test connection" tone="plain" pending=action.pending() />
                <span class="muted">{move || verify.get()}</span>
            </div>
        </PostForm>
        <ErrorNote error=error_of(action) />
        <Outcome value=action.value().into() pending=action.pending().into() waiting=waiting />
    }
    .into_any()
}

/// Off and on again; the credential stays.
#[component]
fn Switch(screen: Screen) -> impl IntoView {
    let action = screen.actions.enabled;
    let off = screen.part(|detail| detail.row.health.health == Health::Disabled);
    view! {
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <input type="hidden" name="enabled" value=move || off.get().to_string() />
            {move || {
                let label = if off.get() { "Switch on" } else { "Switch off" };
                view! { <SubmitButton label=label tone="plain" pending=action.pending() /> }
            }}
        </PostForm>
    }
    .into_any()
}

#[component]
fn Leave(screen: Screen) -> impl IntoView {
    let action = screen.actions.disconnect;
    let question = screen.part(leaving_words);
    view! {
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <ConfirmButton
                id="disconnect"
                label="Disconnect"
                question=question
                confirm_label="Yes, disconnect"
                pending=action.pending()
            />
        </PostForm>
    }
    .into_any()
}

/// What became of the sign-in at the provider. It stands outside the card, which goes with the connection.
#[component]
pub fn Disconnected(screen: Screen) -> impl IntoView {
    let value = screen.actions.disconnect.value();
    let line = Memo::new(move |_| value.get().and_then(Result::ok).map(|done| done.line).filter(|line| !line.is_empty()));
    view! {
        <div role="status">
            {move || line.get().map(|line| view! { <Notice tone=Tone::Info>{line}</Notice> })}
        </div>
    }
    .into_any()
}

fn leaving_words(detail: &ProviderDetail) -> String {
    let name = &detail.row.name;
    let stored = match (&detail.facts.key_hint, detail.row.method) {
        (_, Some(AuthMethod::None)) => format!("This stops using {name} now"),
        (Some(hint), _) => format!("This clears the stored key ({hint}) now"),
        (None, _) => "This clears the stored credential now".to_owned(),
    };
    let agents = match (detail.facts.used_by.as_slice(), &detail.facts.fallback) {
        (_, Some(fallback)) => format!("agents using it will fail over to {fallback}"),
        ([], None) => "no agent used it in the last 30 days".to_owned(),
        (users, None) => format!("nothing else can serve its requests: {} will get an error", users.join(", ")),
    };
    let shared = match detail.facts.shared_with.as_slice() {
        [] => String::new(),
        others => format!(" {} uses the same sign-in and stays connected, so nothing is ended at the provider.", others.join(", ")),
    };
    format!("{stored}; {agents}.{shared}")
}
