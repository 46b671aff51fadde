//! What only a provider in use has: tests, models, a trial, its commercial side. A page that is there to connect one does not wait
//! for that program; one of a provider in use fetches it before it is taken over, another one when it gets connected.

#![expect(clippy::unnecessary_wraps, reason = "a cut function is fallible because its program may not come; its body alone cannot fail")]

use super::connection::ConnectionCard;
use super::finance::FinanceBridge;
use super::models::Models;
use super::screen::Screen;
use super::try_it::TryIt;
use futures::FutureExt;
use leptos::prefetch_lazy_fn_on_server;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// A card of the page of a provider in use.
#[derive(Clone, Copy)]
pub enum Working {
    /// Test, switch off, disconnect.
    Connection,
    /// The models and their sync.
    Models,
    /// One prompt, one answer.
    Try,
    /// What Finance knows.
    Finance,
}

#[wasm_split(working, wasm_split_path = leptos::wasm_split, preload(fetch_working), fallible)]
fn working(card: Working, screen: Screen) -> Result<AnyView, SplitLoaderError> {
    Ok(match card {
        Working::Connection => view! { <ConnectionCard screen=screen /> }.into_any(),
        Working::Models => view! { <Models screen=screen /> }.into_any(),
        Working::Try => view! { <TryIt screen=screen /> }.into_any(),
        Working::Finance => view! { <FinanceBridge screen=screen /> }.into_any(),
    })
}

/// Fetches the program if the page, as the server made it, has such cards. `false`: it did not come.
pub async fn fetch_if_shown() -> bool {
    let shown = document().query_selector("[data-working]").is_ok_and(|found| found.is_some());
    !shown || fetch_working().await.is_ok()
}

/// Is the provider connected, or was it ever tried? Before that there is nothing to show.
pub fn in_use(screen: Screen) -> Memo<bool> {
    screen.part(|detail| detail.row.method.is_some() || !detail.activity.is_empty())
}

/// A card, where the provider is in use.
#[component]
pub fn WhenInUse(card: Working, screen: Screen) -> impl IntoView {
    let used = in_use(screen);
    let fetched = RwSignal::new(0_u32);
    move || used.get().then(|| arrived(card, screen, fetched))
}

fn arrived(card: Working, screen: Screen, fetched: RwSignal<u32>) -> AnyView {
    fetched.track();
    // The page then names the file, and the browser fetches it beside the main program.
    prefetch_lazy_fn_on_server("working");
    if let Some(Ok(card)) = working(card, screen).now_or_never() {
        return card;
    }
    spawn_local(async move {
        if fetch_working().await.is_ok() {
            fetched.try_update(|times| *times += 1);
        }
    });
    ().into_any()
}
