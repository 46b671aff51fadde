//! `/finance/spend` and `/finance/spend/ai`: what the AI workforce costs, and what is still to be settled.

use super::parts::{Drawn, GridCard, GridTable, Tiles, screen};
use crate::components::{Card, EmptyState, Page, ask};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::spend;
use crate::wire::{Grid, SpendFilter, SpendView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The hub: a card for each kind of spend.
#[component]
pub fn SpendPage() -> impl IntoView {
    let live = live::version(Topic::Finance);
    let answer = ask(move || live.get(), |_| spend(SpendFilter::default()));
    view! {
        <Page title="Spend" intro="What is committed, what is used, and what still has to be settled." wide=true>
            {screen(answer, move |view| {
                view! {
                    <div class="stack">
                        {move || view! {
                            <Card title="AI Spend" id="ai-spend">
                                <Tiles tiles=view.with(|view| view.tiles.clone()) />
                                <p class="actions">
                                    <a class="button primary" href=routes::AI_SPEND>"Open AI spend"</a>
                                    <a class="button" href=routes::SUPPLIERS>"Suppliers"</a>
                                    <a class="button" href=routes::BILLS>"Bills"</a>
                                    <a class="button" href=routes::FINANCE_JOBS>"Scheduled jobs"</a>
                                </p>
                            </Card>
                        }}
                    </div>
                }
                .into_any()
            })}
        </Page>
    }
}

/// The workspace.
#[component]
pub fn AiSpendPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        query.with(|query| SpendFilter { show: query.get("show").unwrap_or_default(), supplier: query.get("supplier").unwrap_or_default() })
    });
    let live = live::version(Topic::Finance);
    let answer = ask(
        move || (filter.get(), live.get()),
        |(filter, _)| async move {
            let view = spend(filter.clone()).await?;
            Ok((filter, view))
        },
    );
    view! {
        <Page
            title="AI spend"
            intro="What the AI workforce costs, who supplies it, and what Finance still has to settle."
            crumb=("Spend".to_owned(), routes::SPEND.to_owned())
            wide=true
        >
            {screen(answer, move |answer| {
                view! {
                    {move || {
                        let (filter, view) = answer.get();
                        view! { <Workspace filter=filter view=view /> }
                    }}
                }
                .into_any()
            })}
        </Page>
    }
}

#[component]
fn Workspace(filter: SpendFilter, view: SpendView) -> impl IntoView {
    let SpendView { tiles, evaluated, any, contracts, others, suppliers, spend, burn_down, items, bills } = view;
    if !any {
        return view! {
            <EmptyState
                title="No provider has been configured"
                hint="Each provider that is connected brings its supplier and a draft contract here."
            >
                <a class="button primary" href=routes::PROVIDERS>
                    "External Services"
                </a>
            </EmptyState>
        }
        .into_any();
    }
    let drawings = spend.into_iter().chain(burn_down).map(|drawing| view! { <Drawn drawing=drawing /> }).collect_view();
    let others =
        (!others.rows.is_empty()).then(|| view! { <GridCard title="Providers without a contract" id="others" grid=others nothing="" /> });
    view! {
        <div class="stack">
            <p class="muted">
                {if evaluated.is_empty() { "Not evaluated yet.".to_owned() } else { evaluated }} " "
                <a href=routes::FINANCE_JOBS>"Scheduled jobs"</a>
            </p>
            <Tiles tiles=tiles />
            <Contracts filter=filter contracts=contracts suppliers=suppliers />
            {others}
            <GridCard title="Work items" id="items" grid=items nothing="Nothing is to be done." />
            <div class="finance-columns">
                {drawings}
                <GridCard title="Draft bills" id="bills" grid=bills nothing="No draft waits for review." />
            </div>
            <p class="actions">
                <a class="button" href=routes::WORK_ITEMS>"All work items"</a>
                <a class="button" href=routes::BILLS>"All bills"</a>
                <a class="button" href=routes::FOCUS_EXPORT>"FOCUS export"</a>
            </p>
        </div>
    }
    .into_any()
}

/// A row a contract, and what to narrow them down by.
#[component]
fn Contracts(filter: SpendFilter, contracts: Grid, suppliers: Vec<(String, String)>) -> impl IntoView {
    let choice = |words: &'static str, show: &'static str| {
        let current = (filter.show == show).then_some("true");
        let href = if show.is_empty() { routes::AI_SPEND.to_owned() } else { format!("{}?show={show}", routes::AI_SPEND) };
        view! {
            <a class="segment" href=href aria-current=current>
                {words}
            </a>
        }
    };
    let is_choice = suppliers.len() > 1 || !filter.supplier.is_empty();
    let by_supplier = suppliers
        .into_iter()
        .map(|(id, name)| {
            let current = (filter.supplier == id).then_some("true");
            view! {
                <a class="segment" href=format!("{}?supplier={id}", routes::AI_SPEND) aria-current=current>
                    {name}
                </a>
            }
        })
        .collect_view();
    let by_supplier = is_choice.then(|| {
        view! {
            <nav class="segments spend-filter" aria-label="Which supplier">
                {by_supplier}
            </nav>
        }
    });
    let table = if contracts.rows.is_empty() {
        view! { <p class="muted drawn-words">"No contract matches."</p> }.into_any()
    } else {
        view! { <GridTable caption="Contracts" grid=contracts /> }.into_any()
    };
    view! {
        <nav class="segments spend-filter" aria-label="Which contracts">
            {choice("All", "")}
            {choice("Needs setup", "needs_setup")}
            {choice("Attention", "attention")}
            {choice("Renewing", "renewing")}
        </nav>
        {by_supplier}
        <section class="card flush unheaded" aria-label="Contracts" data-testid="spend-contracts">
            {table}
        </section>
    }
    .into_any()
}
