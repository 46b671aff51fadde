//! What a token may be used for.

use leptos::prelude::*;
use vocab::Scope;

/// A checkbox a scope. Inference is chosen at first: it is what most tokens are for.
#[component]
pub fn ScopeChoices(
    /// What is wrong with the choice.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let boxes = Scope::ALL
        .iter()
        .map(|&scope| {
            view! {
                <label class="tick">
                    <input type="checkbox" name="scopes[]" value=scope.as_str() checked=scope == Scope::Inference />
                    <span>
                        <strong>{scope.as_str()}</strong>
                        <span class="muted">{scope.describe()}</span>
                    </span>
                </label>
            }
        })
        .collect_view();
    let invalid = move || error.with(Option::is_some).then_some("scopes-error");
    view! {
        <fieldset class="ticks" aria-describedby=invalid>
            <legend>"What it may be used for"</legend>
            <div class="tick-grid">{boxes}</div>
            <p class="field-error" id="scopes-error">
                {move || error.get()}
            </p>
        </fieldset>
    }
}
