//! The frame around every screen: navigation, account menu, banners.

mod account;
mod bell;
mod navigation;
mod practice;
mod stale;

use super::{Asked, ask};
use crate::live::{self, Topic};
use crate::server_fns::notifications::waiting;
use crate::wire::{AppError, WaitingCounts};
use account::AccountMenu;
use bell::Bell;
use leptos::prelude::*;
use navigation::Navigation;
use practice::PracticeBanner;
use stale::StaleMark;

/// Id of the navigation, which is a drawer on phones.
const NAVIGATION: &str = "navigation";

/// What waits for the viewer, asked once for the bell and the navigation.
type AskedWaiting = Asked<Result<WaitingCounts, AppError>>;
/// One of its numbers.
type OneOf = fn(&WaitingCounts) -> u64;

/// Navigation, top bar and main column; signed-out pages only get the main column.
#[component]
pub fn Frame(
    /// Is this a page for people who are not signed in?
    bare: Memo<bool>,
    /// The routes.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip" href="#main">
            "Skip to content"
        </a>
        <div class=move || if bare.get() { "app bare" } else { "app" }>
            <Show when=move || !bare.get()>
                <Surroundings />
            </Show>
            <main id="main" tabindex="-1">
                <Show when=move || !bare.get()>
                    <PracticeBanner />
                </Show>
                {children()}
            </main>
        </div>
    }
    .into_any()
}

/// Top bar and navigation.
#[component]
fn Surroundings() -> impl IntoView {
    let (told, providers, finance) = (live::version(Topic::Notifications), live::version(Topic::Providers), live::version(Topic::Finance));
    let waiting = ask(move || told.get() + providers.get() + finance.get(), |_| waiting());
    view! {
        <TopBar waiting=waiting />
        <Navigation waiting=waiting />
    }
    .into_any()
}

/// A number beside a place where something waits; nothing where nothing does. Read it inside a `<Transition>`.
fn count(waiting: AskedWaiting, of: OneOf, class: &'static str, words: &'static str) -> AnyView {
    let number = move || {
        let number = waiting.get().and_then(Result::ok).map(|waiting| of(&waiting)).filter(|number| *number > 0)?;
        let shown = if number > 99 { "99+".to_owned() } else { number.to_string() };
        Some(view! { <span class=class>{shown} <span class="visually-hidden">{words}</span></span> })
    };
    number.into_any()
}

/// Brand and drawer button (phones), the stale mark, the bell, the account menu.
#[component]
fn TopBar(waiting: AskedWaiting) -> impl IntoView {
    use super::{Icon, IconName};
    view! {
        <header class="topbar">
            <button type="button" class="icon-button phone-only" popovertarget=NAVIGATION aria-label="Menu">
                <Icon name=IconName::Menu />
            </button>
            <Brand class="phone-only" />
            <StaleMark />
            <Bell waiting=waiting />
            <AccountMenu />
        </header>
    }
    .into_any()
}

/// The name, as a link home.
#[component]
fn Brand(
    /// More classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <a href=crate::routes::PROVIDERS class=format!("brand {class}")>
            <svg class="brand-mark" width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" focusable="false">
                <rect width="22" height="22" rx="6" fill="currentColor" />
                <circle cx="11" cy="11" r="4" fill="none" stroke-width="2.2" class="brand-ring" />
            </svg>
            "Purser"
        </a>
    }
    .into_any()
}
