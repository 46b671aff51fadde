//! The table of tokens.

use super::token_row::TokenRow;
use crate::components::Post;
use crate::server_fns::access::RevokeAccessToken;
use crate::wire::AccessTokenView;
use leptos::prelude::*;

/// A table; cards on a phone.
#[component]
pub fn TokenList(
    /// The rows.
    tokens: Memo<Vec<AccessTokenView>>,
    /// What the table shows, for screen readers.
    caption: &'static str,
    /// Revokes one.
    revoke: Post<RevokeAccessToken>,
) -> impl IntoView {
    view! {
        <div class="table-frame boxed" tabindex="0" role="region" aria-label=caption>
            <table class="data-table cards-on-phone">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"May"</th>
                        <th scope="col">"Created"</th>
                        <th scope="col">"Expires"</th>
                        <th scope="col">"Last used"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">
                            <span class="visually-hidden">"Revoke"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    // The key is the whole row: one that changed is drawn anew, one that did not keeps its open dialog.
                    <For each=move || tokens.get() key=|token| format!("{token:?}") let:token>
                        <TokenRow token=token revoke=revoke />
                    </For>
                </tbody>
            </table>
        </div>
    }
}
