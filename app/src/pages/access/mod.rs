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

use crate::components::{ErrorNote, Page, Skeleton, error_of};
use crate::live::{self, Topic};
use crate::server_fns::access::{CreateAccessToken, RevokeAccessToken, access_tokens};
use leptos::prelude::*;
use new_token::NewToken;
use tokens::Tokens;

/// Access tokens: made, listed, revoked. The list follows what happens elsewhere.
#[component]
pub fn AccessPage() -> impl IntoView {
    let create = ServerAction::<CreateAccessToken>::new();
    let revoke = ServerAction::<RevokeAccessToken>::new();
    let live = live::version(Topic::AccessTokens);
    let tokens = Resource::new(move || (live.get(), create.version().get(), revoke.version().get()), |_| access_tokens());
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
#[cfg(test)]
#[expect(missing_docs)]
pub fn preview(tokens: Vec<crate::wire::AccessTokenView>) -> impl IntoView {
    let tokens_res = super::preview_b::res(tokens.clone());
    let view = super::preview_b::token("release-bot", true, false);
    let choices = Resource::new(
        || (),
        |()| async {
            ["openai", "anthropic", "gemini", "xai", "azure-openai"]
                .iter()
                .map(|id| limit_choices::ProviderChoice { id: id.parse().unwrap(), name: (*id).to_owned() })
                .collect::<Vec<_>>()
        },
    );
    let form = tokens.is_empty();
    view! { <Page title="Access tokens" intro="Agents and scripts present one of these to Purser. They never see a provider's key, and each token can be limited and revoked on its own." wide=true><div class="stack">
    {if form { view! { <token_form::TokenForm create=ServerAction::new() choices=choices close=Callback::new(|()| ()) /> {new_token::preview(crate::wire::NewAccessToken { value: "pur_AbCdEf123456_0123456789012345678901234567890123456789abc".into(), view })} }.into_any() } else { view! { <NewToken create=ServerAction::new() /> }.into_any() }}
    <Transition><Tokens tokens=tokens_res revoke=ServerAction::new() /></Transition></div></Page> }
}
