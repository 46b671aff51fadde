//! `/setup?link=…`: the owner account, once.

mod done;
mod needs_link;
mod setup_form;
mod what_it_is;

use crate::components::{ErrorNote, Page, Skeleton, ask};
use crate::server_fns::people::setup_state;
use crate::wire::SetupState;
use done::Done;
use leptos::either::EitherOf4;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use needs_link::NeedsLink;
use setup_form::SetupForm;
use what_it_is::WhatItIs;

/// Creates the owner account, or says why that cannot be done from here.
#[component]
pub fn SetupPage() -> impl IntoView {
    let query = use_query_map();
    let link = Memo::new(move |_| query.with(|query| query.get("link")).unwrap_or_default());
    let state = ask(move || link.get(), setup_state);
    let answer = move || {
        Suspend::new(async move {
            match state.await {
                Ok(SetupState::Open) => EitherOf4::A(view! { <SetupForm link=link.get_untracked() /> }),
                Ok(SetupState::NeedsLink) => EitherOf4::B(view! { <NeedsLink had_one=!link.get_untracked().is_empty() /> }),
                Ok(SetupState::Done) => EitherOf4::C(view! { <Done /> }),
                Err(error) => EitherOf4::D(view! { <ErrorNote error=Some(error) /> }),
            }
        })
    };
    view! {
        <div class="people-page">
            <Page title="Set up Purser" intro="">
                <WhatItIs />
                <Transition fallback=|| view! { <Skeleton lines=6 /> }>{answer}</Transition>
            </Page>
        </div>
    }
}
