//! `/finance/contracts/{id}`: one contract, from draft to end.

use super::contract_steps::Steps;
use super::parts::{Drawn, Editor, FactList, GridCard, Listed, Save, Things, Words, id_in_address, screen, shown};
use crate::components::{Card, Notice, Page, Post, PostForm, ask, error_of, succeeded};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::{AddPrice, ContractStep, EndPrice, SaveContract, contract};
use crate::server_fns::finance_provider::{RemoveReport, ReportUsage};
use crate::wire::{AppError, ContractView, ErrorCode};
use leptos::prelude::*;
use vocab::finance::ContractStatus;
use vocab::{ContractId, Tone};

#[derive(Clone, Copy)]
struct Actions {
    save: Post<SaveContract>,
    step: Post<ContractStep>,
    add: Post<AddPrice>,
    end: Post<EndPrice>,
    report: Post<ReportUsage>,
    unreport: Post<RemoveReport>,
}

const PRICES: Words = Words {
    title: "Prices of this contract",
    id: "prices",
    about: "They go before the price list. Without one, use is worth what the price list says.",
    add: "Add a price",
    end: "End today",
    key: "price",
};

const REPORTS: Words = Words {
    title: "Vendor's figures",
    id: "reports",
    about: "What the vendor's portal or statement says was used. It counts before what went through Purser, and a difference that \
            matters becomes a work item.",
    add: "Enter a figure",
    end: "Take back",
    key: "figure",
};

/// The page of the contract in the address.
#[component]
pub fn ContractPage() -> impl IntoView {
    let id = id_in_address::<ContractId>();
    // Another contract is another page: nothing typed for one may end up in the other.
    move || {
        let id = id.get();
        let actions = Actions {
            save: Post::new(),
            step: Post::new(),
            add: Post::new(),
            end: Post::new(),
            report: Post::new(),
            unreport: Post::new(),
        };
        let live = live::version(Topic::Finance);
        let versions = move || {
            let Actions { save, step, add, end, report, unreport } = actions;
            let all = [save.version(), step.version(), add.version(), end.version(), report.version(), unreport.version()];
            all.map(|version| version.get())
        };
        let answer = ask(
            move || (live.get(), versions()),
            move |_| async move {
                match id {
                    Some(id) => contract(id).await,
                    None => Err(AppError::new(ErrorCode::NotFound, "There is no such contract.")),
                }
            },
        );
        screen(answer, move |view| view! { <Whole view=view actions=actions /> }.into_any())
    }
}

#[component]
fn Whole(view: Memo<ContractView>, actions: Actions) -> impl IntoView {
    let title = view.with_untracked(|view| view.title.clone());
    let prices =
        Memo::new(move |_| view.with(|view| Things { id: view.id.to_string(), rows: view.prices.clone(), add: view.add_price.clone() }));
    let reports =
        Memo::new(move |_| view.with(|view| Things { id: view.id.to_string(), rows: view.reports.clone(), add: view.add_report.clone() }));
    view! {
        <Page title=title intro="" crumb=("AI spend".to_owned(), routes::AI_SPEND.to_owned()) wide=true>
            <div class="stack">
                {move || head(view.get())}
                <Terms view=view save=actions.save />
                <Listed words=REPORTS things=reports add=actions.report end=actions.unreport />
                <Listed words=PRICES things=prices add=actions.add end=actions.end />
                {move || tail(view.get())}
                <Steps view=view step=actions.step />
            </div>
        </Page>
    }
    .into_any()
}

fn head(view: ContractView) -> impl IntoView {
    let ContractView { number, supplier, status_cell, facts, problems, allowances, usage, items, .. } = view;
    let missing = (!problems.is_empty()).then(|| view! { <Missing count=problems.len() others=elsewhere(&problems) /> });
    let utilisation =
        (!allowances.rows.is_empty()).then(|| view! { <GridCard title="Utilisation" id="utilisation" grid=allowances nothing="" /> });
    let drawings = usage.into_iter().map(|drawing| view! { <Drawn drawing=drawing /> }).collect_view();
    view! {
        <div class="finance-head">
            {shown(status_cell)} <code>{number}</code> <span>"with " {shown(supplier)}</span>
        </div>
        {missing}
        <Card title="Facts" id="facts">
            <FactList facts=facts />
        </Card>
        <GridCard title="Open work items" id="items" grid=items nothing="Nothing is to be done." />
        {utilisation}
        {drawings}
    }
}

fn tail(view: ContractView) -> impl IntoView {
    let ContractView { coverage, bills, versions, history, .. } = view;
    let versions =
        (!versions.rows.is_empty()).then(|| view! { <GridCard title="Other versions" id="versions" grid=versions nothing="" /> });
    view! {
        <GridCard title="Coverage" id="coverage" grid=coverage nothing="No provider's use belongs to it." />
        <GridCard title="Bills" id="bills" grid=bills nothing="None yet. Drafts are made when a billing period is due." />
        {versions}
        <GridCard title="History" id="history" grid=history nothing="Nothing yet." />
    }
}

/// Problems that no field of the editor shows.
fn elsewhere(problems: &std::collections::BTreeMap<String, String>) -> Vec<String> {
    let words = |(name, words): (&String, &String)| match name.as_str() {
        "allowances" => Some(format!("Allowances: {words}")),
        "price_source" => Some(format!("Price source: {words}")),
        "supplier" => Some(format!("Supplier: {words}")),
        _ => None,
    };
    problems.iter().filter_map(words).collect()
}

#[component]
fn Missing(count: usize, others: Vec<String>) -> impl IntoView {
    let words = if count == 1 { "1 thing is missing".to_owned() } else { format!("{count} things are missing") };
    view! {
        <Notice tone=Tone::Warn>
            <p>{words} " before this contract can be activated. Each is named beside its field."</p>
            <ul>{others.into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
        </Notice>
    }
    .into_any()
}

/// The editor. Another state of the contract is another editor.
#[component]
fn Terms(view: Memo<ContractView>, save: Post<SaveContract>) -> impl IntoView {
    let status = Memo::new(move |_| view.with(|view| view.status));
    move || {
        let status = status.get();
        untrack(move || editor(view, save, status))
    }
}

fn editor(view: Memo<ContractView>, save: Post<SaveContract>, status: ContractStatus) -> Option<AnyView> {
    let (id, first) = view.with(|view| (view.id, view.edit.clone()));
    let first = first?;
    let problems = Memo::new(move |_| view.with(|view| view.problems.clone()));
    let form = Memo::new(move |_| view.with(|view| view.edit.clone()).unwrap_or_else(|| first.clone()));
    // Enter in a field presses the first button.
    let (about, saves) = match status {
        ContractStatus::Draft => (
            "Save as often as you like. Once it is active, what was agreed changes with a new version only.",
            [Save { then: "save", label: "Save draft", primary: false }, Save { then: "activate", label: "Activate", primary: true }],
        ),
        _ => (
            "Owner, budget, links and notes can be saved at any time. Other terms, with their start date, are a new version.",
            [Save { then: "save", label: "Save", primary: true }, Save { then: "supersede", label: "Make a new version", primary: false }],
        ),
    };
    let (error, ok, pending) = (error_of(save), succeeded(save), save.pending());
    let inside = view! {
        <p class="muted">{about}</p>
        <PostForm action=save>
            <Editor error=error ok=ok pending=pending form=form needed=problems id=id.to_string() saves=saves.to_vec() />
        </PostForm>
    };
    // A draft is there to be completed; what is in force is seldom changed, and never without a look at what went wrong.
    let inside = if status == ContractStatus::Draft {
        inside.into_any()
    } else {
        let open = error.with_untracked(Option::is_some);
        view! {
            <details class="more" open=open>
                <summary>"Change the terms"</summary>
                {inside}
            </details>
        }
        .into_any()
    };
    Some(view! { <Card title="Terms" id="terms">{inside}</Card> }.into_any())
}
