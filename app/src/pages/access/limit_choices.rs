//! Optional limits: to some providers, to some models.

use crate::components::Asked;
use crate::server_fns::providers::providers;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use vocab::ProviderId;

/// A provider a token may be limited to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderChoice {
    /// Which one.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
}

/// Every provider of the catalogue, in its order. A list that does not come is no reason not to make a token.
pub async fn provider_choices() -> Vec<ProviderChoice> {
    let rows = providers().await.map(|list| list.rows).unwrap_or_default();
    rows.into_iter().map(|row| ProviderChoice { id: row.id, name: row.name }).collect()
}

/// Folded away: most tokens need no limits.
#[component]
pub fn LimitChoices(
    /// What can be chosen.
    choices: Asked<Vec<ProviderChoice>>,
) -> impl IntoView {
    let boxes = move || Suspend::new(async move { choices.await.into_iter().map(provider_box).collect_view() });
    view! {
        <details class="more">
            <summary>"Limits (optional)"</summary>
            <fieldset class="ticks">
                <legend>"Only these providers"</legend>
                <p class="help">"Choose none to allow all."</p>
                <div class="tick-grid narrow">
                    <Transition>{boxes}</Transition>
                </div>
            </fieldset>
            <div class="field">
                <label for="token-models">"Only these models"</label>
                <textarea
                    id="token-models"
                    name="models"
                    rows="3"
                    spellcheck="false"
                    autocapitalize="none"
                    autocomplete="off"
                    aria-describedby="token-models-help"
                ></textarea>
                <p class="help" id="token-models-help">
                    "One model id a line, as in the provider's model table. Leave it empty to allow all."
                </p>
            </div>
        </details>
    }
}

fn provider_box(choice: ProviderChoice) -> impl IntoView {
    view! {
        <label class="tick">
            <input type="checkbox" name="providers[]" value=choice.id.to_string() />
            <span>{choice.name}</span>
        </label>
    }
}
