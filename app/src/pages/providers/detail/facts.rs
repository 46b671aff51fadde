//! The facts rail.

use super::screen::Screen;
use crate::components::{Card, Moment, MomentForm};
use crate::pages::providers::words::{dollars, method_word};
use crate::wire::{Facts, ProviderDetail};
use leptos::prelude::*;

/// Only what is known; the rest is left out.
#[component]
pub fn FactsRail(screen: Screen) -> impl IntoView {
    let facts = screen.part(|detail| (method_text(detail), detail.facts.clone(), detail.row.models, detail.row.month_cost.clone()));
    view! {
        <aside class="rail" aria-label="Facts">
            <Card title="Facts">
                {move || {
                    let (method, facts, models, cost) = facts.get();
                    view! {
                        <dl class="facts">
                            {fact("Method", Some(method))}
                            {fact("Account", facts.account.clone())}
                            {fact("Key", facts.key_hint.clone())}
                            {fact("Models", (models > 0).then(|| models.to_string()))}
                            {fact("Used this month", cost.map(|cost| format!("{} at list price", dollars(&cost))))}
                            <Times facts=facts.clone() />
                            {fact("Address", facts.base_url)}
                            {fact("Used by", (!facts.used_by.is_empty()).then(|| facts.used_by.join(", ")))}
                            {fact("Fallback", facts.fallback)}
                            {fact("Same sign-in as", (!facts.shared_with.is_empty()).then(|| facts.shared_with.join(", ")))}
                        </dl>
                    }
                }}
            </Card>
        </aside>
    }
    .into_any()
}

fn method_text(detail: &ProviderDetail) -> String {
    detail.row.method.map_or_else(|| "Not connected".to_owned(), |method| method_word(method).to_owned())
}

fn fact(term: &'static str, value: Option<String>) -> impl IntoView {
    value.map(|value| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{value}</dd>
            </div>
        }
    })
}

#[component]
fn Times(facts: Facts) -> impl IntoView {
    let by = facts.connected_by.map(|by| format!("{by}, ")).unwrap_or_default();
    let connected = facts.connected.map(|at| {
        view! {
            <div>
                <dt>"Connected"</dt>
                <dd>{by}<Moment at=at form=MomentForm::Full /></dd>
            </div>
        }
    });
    let time = |term: &'static str, at: Option<crate::wire::Moment>, form: MomentForm| {
        at.map(|at| {
            view! {
                <div>
                    <dt>{term}</dt>
                    <dd>
                        <Moment at=at form=form />
                    </dd>
                </div>
            }
        })
    };
    view! {
        {connected}
        {time("Token expires", facts.token_expires, MomentForm::Clock)}
        {time("Refreshes", facts.refreshes, MomentForm::Clock)}
        {time("Last refreshed", facts.refreshed, MomentForm::Ago)}
        {time("Last verified", facts.checked, MomentForm::Ago)}
        {time("Next check", facts.next_check, MomentForm::Clock)}
    }
    .into_any()
}
