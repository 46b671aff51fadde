//! Named facts.

use super::cell::shown;
use crate::wire::Fact;
use leptos::prelude::*;

/// A list of them.
#[component]
pub fn FactList(facts: Vec<Fact>) -> impl IntoView {
    let facts = facts
        .into_iter()
        .map(|Fact { label, value }| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{shown(value)}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="facts finance-facts">{facts}</dl> }.into_any()
}
