//! A provider in the list: the whole row is a link to its page.

use crate::components::{HealthChip, Icon, IconName, Mark, Moment, MomentForm};
use crate::pages::providers::words::{dollars, method_word, models_word};
use crate::routes;
use crate::wire::ProviderRow;
use leptos::prelude::*;
use vocab::AuthMethod;

/// One row. Name and address never change; everything else follows the data.
#[component]
pub fn Row(row: Memo<ProviderRow>) -> impl IntoView {
    let (id, name) = row.with_untracked(|row| (row.id.clone(), row.name.clone()));
    let account = move || row.with(second_line);
    let method = move || row.with(method_text);
    // What was never connected has no figures, rather than figures that say nothing.
    let connected = Memo::new(move |_| row.with(|row| row.method.is_some()));
    let models = move || connected.get().then(|| row.with(|row| models_word(row.models)));
    view! {
        <li>
            <a class="row" href=routes::provider(&id) data-testid=format!("provider-row-{id}")>
                <Mark name=name.clone() />
                <span class="row-name">
                    <span class="row-title">{name.clone()}</span>
                    <span class="row-account">{account}</span>
                </span>
                <span class="row-method">{method}</span>
                <span class="row-health">{move || view! { <Health row=row.get() /> }}</span>
                <span class="row-models">{models}</span>
                <span class="row-cost">{move || connected.get().then(|| view! { <Cost cost=row.with(|row| row.month_cost.clone()) /> })}</span>
                <span class="row-go">
                    <Icon name=IconName::Chevron />
                </span>
            </a>
        </li>
    }
    .into_any()
}

#[component]
fn Health(row: ProviderRow) -> impl IntoView {
    // Nothing to add by itself: then the time of the last check tells how fresh the state is.
    let quiet = row.health.cause.is_empty() && row.health.until.is_none();
    let checked = row.checked.filter(|_| quiet && row.method.is_some());
    view! {
        <HealthChip health=row.health testid=true />
        {checked
            .map(|at| {
                view! {
                    <span class="health-words">
                        "checked "<Moment at=at form=MomentForm::Ago />
                    </span>
                }
            })}
    }
    .into_any()
}

#[component]
fn Cost(cost: Option<String>) -> impl IntoView {
    match cost {
        Some(cost) => view! {
            <span>{dollars(&cost)}</span>
            <span class="visually-hidden">" this month"</span>
        }
        .into_any(),
        None => view! {
            <span aria-hidden="true">"–"</span>
            <span class="visually-hidden">"no use this month"</span>
        }
        .into_any(),
    }
}

fn second_line(row: &ProviderRow) -> String {
    if row.account.is_empty() { row.summary.clone() } else { row.account.clone() }
}

fn method_text(row: &ProviderRow) -> String {
    row.method.map_or_else(
        || row.methods.iter().copied().map(method_word).collect::<Vec<_>>().join(", "),
        |method: AuthMethod| method_word(method).to_owned(),
    )
}
