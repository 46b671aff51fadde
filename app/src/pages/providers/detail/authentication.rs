//! The method selector and the panel of the method chosen.

use super::about_method::AboutMethod;
use super::key_panel::KeyPanel;
use super::local_panel::LocalPanel;
use super::screen::Screen;
use super::sign_in::SignInPanel;
use crate::components::{Card, Notice};
use crate::pages::providers::words::method_word;
use crate::wire::ProviderDetail;
use leptos::ev::Targeted;
use leptos::prelude::*;
use vocab::{AuthMethod, Tone};
use web_sys::{Event, HtmlSelectElement};

/// The card where everything about signing in to the provider happens.
#[component]
pub fn Authentication(screen: Screen) -> impl IntoView {
    view! {
        <Card title="Authentication" id="authentication">
            <Selector screen=screen />
            <AboutMethod screen=screen />
            <Show when=move || screen.may_manage.get() fallback=|| view! { <LookOnly /> }>
                <Switching screen=screen />
                <Panel screen=screen />
            </Show>
        </Card>
    }
    .into_any()
}

/// A labelled select. Without JavaScript its choice goes into the address.
#[component]
fn Selector(screen: Screen) -> impl IntoView {
    let kinds = screen.part(|detail| detail.methods.iter().map(|method| (method.kind, method.recommended)).collect::<Vec<_>>());
    let choose = move |event: Targeted<Event, HtmlSelectElement>| {
        if let Ok(method) = event.target().value().parse() {
            screen.choose(method);
        }
    };
    let options = move || {
        let kinds = kinds.get();
        let option = |(kind, _): (AuthMethod, bool)| {
            view! {
                <option value=kind.as_str() selected=move || screen.method.get() == kind>
                    {kind.label()}
                </option>
            }
        };
        kinds.into_iter().map(option).collect_view()
    };
    let recommended = move || {
        let chosen = screen.method.get();
        let other = kinds.with(|kinds| kinds.iter().find(|(kind, recommended)| *recommended && *kind != chosen).map(|(kind, _)| *kind));
        other.map(|kind| format!("Recommended: {}", kind.label()))
    };
    view! {
        <form class="field method-form" method="get">
            <label for="method">"Authentication Method"</label>
            <div class="actions">
                <select id="method" name="method" on:change:target=choose prop:value=move || screen.method.get().as_str()>
                    {options}
                </select>
                <button type="submit" class="button no-js-only">
                    "Show"
                </button>
            </div>
            <p class="help">{recommended}</p>
        </form>
    }
    .into_any()
}

#[component]
fn LookOnly() -> impl IntoView {
    view! { <p class="muted">"You may look at this connection. An owner or an operator can change it."</p> }
}

/// Says what switching the method will do.
#[component]
fn Switching(screen: Screen) -> impl IntoView {
    let used = screen.part(|detail| detail.row.method);
    let words = move || {
        let used = used.get().filter(|used| *used != screen.method.get())?;
        Some(screen.detail.with(|detail| switching_words(detail, used)))
    };
    move || {
        words().map(|words| {
            view! { <Notice tone=Tone::Info>{words}</Notice> }
        })
    }
}

fn switching_words(detail: &ProviderDetail, used: AuthMethod) -> String {
    let account = if detail.row.account.is_empty() { String::new() } else { format!(" ({})", detail.row.account) };
    format!(
        "{} is connected with {}{account} now. Once this method is connected, the stored credential of the other one is cleared and agents use the new one.",
        detail.row.name,
        method_word(used)
    )
}

#[component]
fn Panel(screen: Screen) -> impl IntoView {
    move || match screen.method.get() {
        AuthMethod::ApiKey => view! { <KeyPanel screen=screen /> }.into_any(),
        AuthMethod::None => view! { <LocalPanel screen=screen /> }.into_any(),
        AuthMethod::OAuth | AuthMethod::DeviceCode => view! { <SignInPanel screen=screen /> }.into_any(),
    }
}
