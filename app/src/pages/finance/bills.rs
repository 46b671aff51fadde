//! `/finance/bills`: what vendors bill, from draft to paid, and the export of it all.

use super::parts::{GridTable, screen};
use crate::components::{Card, EmptyState, Field, Page, ask};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::bills;
use crate::wire::{BillList, Grid};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use vocab::finance::BillStatus;

/// Bills, newest first.
#[component]
pub fn BillsPage() -> impl IntoView {
    let query = use_query_map();
    let status = Memo::new(move |_| query.with(|query| query.get("status")).unwrap_or_default());
    let live = live::version(Topic::Finance);
    let answer = ask(move || (status.get(), live.get()), |(status, _)| bills(status));
    let choice = move |words: &'static str, word: &'static str| {
        let href = if word.is_empty() { routes::BILLS.to_owned() } else { format!("{}?status={word}", routes::BILLS) };
        view! {
            <a class="segment" href=href aria-current=move || (status.get() == word).then_some("true")>
                {words}
            </a>
        }
    };
    let choices = BillStatus::ALL.iter().map(|status| choice(status.label(), status.as_str())).collect_view();
    view! {
        <Page title="Bills" intro="Purser drafts what is due. People enter the vendor's invoice, submit, approve and pay." wide=true>
            <div class="stack">
                <nav class="segments spend-filter" aria-label="Which bills">
                    {choice("All", "")} {choices}
                </nav>
                {screen(answer, move |list| view! { {move || whole(list.get())} }.into_any())}
            </div>
        </Page>
    }
}

fn whole(list: BillList) -> AnyView {
    let BillList { bills, months: (from, to), datasets } = list;
    let choice = |(word, label): (String, String)| view! { <option value=word>{label}</option> };
    let datasets = datasets.into_iter().map(choice).collect_view();
    view! {
        {table(bills)}
        <Card title="FOCUS export" id="export">
            <p class="muted">
                "Costs and use as a FOCUS 1.2 file, or what FOCUS 1.4 has beside them, for whole months. Terms of contracts are "
                "given whole; the same question gives the same file."
            </p>
            <form method="get" action="/api/v1/finance/exports/focus.csv">
                <div class="form-fields">
                    <div class="field">
                        <label for="export-dataset">"What"</label>
                        <select id="export-dataset" name="dataset">
                            {datasets}
                        </select>
                    </div>
                    <Field label="From" name="from" id="export-from" kind="date" value=from help="The first of a month." />
                    <Field label="To" name="to" id="export-to" kind="date" value=to help="The first of the month after the last." />
                    <div class="field tick">
                        <label for="export-purchases">"Purchases as use"</label>
                        <input type="checkbox" id="export-purchases" name="purchases_as_usage" value="true" />
                        <p class="help">"For importers that know no purchases."</p>
                    </div>
                </div>
                <div class="actions">
                    <button type="submit" class="button">
                        "Download CSV"
                    </button>
                    <button type="submit" class="button" formaction="/api/v1/finance/exports/focus.json">
                        "Download its description"
                    </button>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

fn table(list: Grid) -> AnyView {
    if list.rows.is_empty() {
        return view! { <EmptyState title="No bills here" hint="A draft is made when a billing period of an active contract is due." /> }
            .into_any();
    }
    view! {
        <section class="card flush unheaded" aria-label="Bills">
            <GridTable caption="Bills" grid=list />
        </section>
    }
    .into_any()
}
