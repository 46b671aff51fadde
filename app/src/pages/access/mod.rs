//! `/platform/ai/access`: what agents and scripts present to Purser instead of a provider's key.

mod expiry;
mod limit_choices;
mod new_token;
mod scope_choices;
mod snippets;
mod token_form;
mod token_list;
mod token_row;
mod tokens;

use crate::components::{ErrorNote, Page, Post, Skeleton, ask, error_of};
use crate::live::{self, Topic};
use crate::server_fns::access::{CreateAccessToken, RevokeAccessToken, access_tokens};
use leptos::prelude::*;
use new_token::NewToken;
use tokens::Tokens;

/// Access tokens: made, listed, revoked. The list follows what happens elsewhere.
#[component]
pub fn AccessPage() -> impl IntoView {
    let create = Post::<CreateAccessToken>::new();
    let revoke = Post::<RevokeAccessToken>::new();
    let live = live::version(Topic::AccessTokens);
    let tokens = ask(move || (live.get(), create.version().get(), revoke.version().get()), |_| access_tokens());
    view! {
        <Page
            title="Access tokens"
            intro="Agents and scripts present one of these to Purser. They never see a provider's key, and each token can be limited and revoked on its own."
            wide=true
        >
            <div class="stack">
                <NewToken create=create />
                <ErrorNote error=error_of(revoke) />
                <Transition fallback=|| view! { <Skeleton lines=5 /> }>
                    <Tokens tokens=tokens revoke=revoke />
                </Transition>
            </div>
        </Page>
    }
}
