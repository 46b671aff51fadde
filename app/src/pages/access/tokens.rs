//! The lists of tokens.

use super::token_list::TokenList;
use crate::components::{Asked, EmptyState, ErrorNote, Loaded, Post};
use crate::server_fns::access::RevokeAccessToken;
use crate::wire::{AccessTokenView, AppError};
use leptos::prelude::*;

/// Tokens that work, and below them, folded away, those that no longer do.
#[component]
pub fn Tokens(tokens: Asked<Result<Vec<AccessTokenView>, AppError>>, revoke: Post<RevokeAccessToken>) -> impl IntoView {
    let loaded = Loaded::of(tokens);
    let lists = loaded.once(move |tokens| view! { <Lists tokens=tokens revoke=revoke /> });
    view! {
        <ErrorNote error=loaded.error />
        {lists}
    }
}

#[component]
fn Lists(tokens: Memo<Vec<AccessTokenView>>, revoke: Post<RevokeAccessToken>) -> impl IntoView {
    let pick = move |live: bool| move || tokens.with(|all| all.iter().filter(|token| token.live == live).cloned().collect::<Vec<_>>());
    let (live, ended) = (Memo::new(move |_| pick(true)()), Memo::new(move |_| pick(false)()));
    let any_ended = Memo::new(move |_| ended.with(|list| !list.is_empty()));
    view! {
        <Show when=move || live.with(|list| !list.is_empty()) fallback=move || view! { <NoTokens ever=any_ended /> }>
            <TokenList tokens=live caption="Access tokens that work" revoke=revoke />
        </Show>
        <Show when=move || any_ended.get()>
            <details class="more">
                <summary>{move || format!("Revoked and expired ({})", ended.with(Vec::len))}</summary>
                <TokenList tokens=ended caption="Access tokens that no longer work" revoke=revoke />
            </details>
        </Show>
    }
}

/// Before the first one, and after the last.
#[component]
fn NoTokens(
    /// Was there ever one?
    ever: Memo<bool>,
) -> impl IntoView {
    let title = if ever.get_untracked() { "No access token works at the moment" } else { "No access tokens yet" };
    view! {
        <EmptyState
            title=title
            hint="Make one for each agent or script, so that you can see what it uses and stop it alone. It works with every OpenAI-compatible client."
        />
    }
}
