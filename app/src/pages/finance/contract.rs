//! `/finance/contracts/{id}`: one contract, from draft to end.

use super::parts::{Drawn, Editor, FactList, FormControl, GridCard, Save, id_in_address, screen, shown};
use crate::components::{
    Card, ConfirmButton, ErrorNote, Field, Notice, Page, Post, PostForm, SubmitButton, ask, error_of, field_error, succeeded,
};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::{AddPrice, ContractStep, EndPrice, SaveContract, contract};
use crate::wire::{AppError, Cell, ContractView, ErrorCode};
use leptos::prelude::*;
use vocab::finance::ContractStatus;
use vocab::{ContractId, Tone};

#[derive(Clone, Copy)]
struct Actions {
    save: Post<SaveContract>,
    step: Post<ContractStep>,
    add: Post<AddPrice>,
    end: Post<EndPrice>,
}

/// The page of the contract in the address.
#[component]
pub fn ContractPage() -> impl IntoView {
    let id = id_in_address::<ContractId>();
    // Another contract is another page: nothing typed for one may end up in the other.
    move || {
        let id = id.get();
        let actions = Actions { save: Post::new(), step: Post::new(), add: Post::new(), end: Post::new() };
        let live = live::version(Topic::Finance);
        let versions =
            move || actions.save.version().get() + actions.step.version().get() + actions.add.version().get() + actions.end.version().get();
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
    let head = move || {
        let ContractView { number, supplier, status_cell, facts, problems, allowances, usage, .. } = view.get();
        let missing = (!problems.is_empty()).then(|| view! { <Missing count=problems.len() others=elsewhere(&problems) /> });
        let drawings = usage.into_iter().map(|drawing| view! { <Drawn drawing=drawing /> }).collect_view();
        view! {
            <div class="finance-head">
                {shown(status_cell)} <code>{number}</code> <span>"with " {shown(supplier)}</span>
            </div>
            {missing}
            <Card title="Facts" id="facts">
                <FactList facts=facts />
            </Card>
            {(!allowances.rows.is_empty()).then(|| view! { <GridCard title="Utilisation" id="utilisation" grid=allowances nothing="" /> })}
            {drawings}
        }
    };
    let tail = move || {
        let ContractView { coverage, bills, items, versions, history, .. } = view.get();
        let versions =
            (!versions.rows.is_empty()).then(|| view! { <GridCard title="Other versions" id="versions" grid=versions nothing="" /> });
        view! {
            <GridCard title="Open work items" id="items" grid=items nothing="Nothing is to be done." />
            <GridCard title="Coverage" id="coverage" grid=coverage nothing="No provider's use belongs to it." />
            <GridCard title="Bills" id="bills" grid=bills nothing="None yet. Drafts are made when a billing period is due." />
            {versions}
            <GridCard title="History" id="history" grid=history nothing="Nothing yet." />
        }
    };
    view! {
        <Page title=title intro="" crumb=("AI spend".to_owned(), routes::AI_SPEND.to_owned()) wide=true>
            <div class="stack">
                {head}
                <Terms view=view actions=actions />
                <Steps view=view actions=actions />
                <Prices view=view actions=actions />
                {tail}
            </div>
        </Page>
    }
    .into_any()
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

/// The editor.
#[component]
fn Terms(view: Memo<ContractView>, actions: Actions) -> impl IntoView {
    let (id, first, status) = view.with_untracked(|view| (view.id, view.edit.clone(), view.status));
    let problems = Memo::new(move |_| view.with(|view| view.problems.clone()));
    first.map(|first| {
        let form = Memo::new(move |_| view.with(|view| view.edit.clone()).unwrap_or_else(|| first.clone()));
        let now = Memo::new(move |_| view.with(|view| view.status));
        let about = move || match now.get() {
            ContractStatus::Draft => "Save as often as you like. Once it is active, what was agreed changes with a new version only.",
            _ => "Owner, budget, links and notes can be saved at any time. For other terms, enter them with their start date and make a new version.",
        };
        let saves = match status {
            ContractStatus::Draft => {
                vec![Save { then: "activate", label: "Activate", primary: true }, Save { then: "save", label: "Save draft", primary: false }]
            }
            _ => vec![Save { then: "save", label: "Save", primary: true }, Save { then: "supersede", label: "Make a new version", primary: false }],
        };
        view! {
            <Card title="Terms" id="terms">
                <p class="muted">{about}</p>
                <PostForm action=actions.save><Editor error=error_of(actions.save) ok=succeeded(actions.save) pending=actions.save.pending() form=form needed=problems id=id.to_string() saves=saves /></PostForm>
            </Card>
        }
    })
}

/// Suspend, resume, terminate.
#[component]
fn Steps(view: Memo<ContractView>, actions: Actions) -> impl IntoView {
    let what = Memo::new(move |_| view.with(|view| (view.id, view.edit.as_ref().map(|edit| edit.version), view.status)));
    let error = error_of(actions.step);
    move || {
        let (id, version, status) = what.get();
        let version = version?;
        let steps: &'static [(&str, &str, &str)] = match status {
            ContractStatus::Active => &[
                ("suspend", "Suspend", "Evaluation and bill drafting stop; work items stay."),
                ("terminate", "Terminate", "It ends today. What is owed until then is still billed."),
            ],
            ContractStatus::Suspended => &[
                ("resume", "Resume", "Missed days are evaluated."),
                ("terminate", "Terminate", "It ends today. What is owed until then is still billed."),
            ],
            _ => &[("terminate", "Terminate the draft", "Its work items are put aside.")],
        };
        let form = move |&(step, label, about): &(&'static str, &'static str, &'static str)| {
            let reason = (step != "resume").then(|| {
                view! { <Field label="Reason" name="reason" id=format!("reason-{step}") required=true error=field_error(error, "reason") /> }
            });
            view! {
                <PostForm action=actions.step>
                    <p class="muted">{about}</p>
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="version" value=version.to_string() />
                    <input type="hidden" name="step" value=step />
                    {reason}
                    <ConfirmButton
                        id=format!("contract-{step}")
                        label=label
                        question=format!("{label}? {about}")
                        confirm_label=format!("Yes, {}", label.to_lowercase())
                        pending=actions.step.pending()
                        danger=step != "resume"
                    />
                </PostForm>
            }
        };
        Some(view! {
            <details class="more">
                <summary>"Suspend, resume, terminate"</summary>
                <Card title="Steps" id="steps">
                    <ErrorNote error=error />
                    <div class="form-fields">{steps.iter().map(form).collect_view()}</div>
                </Card>
            </details>
        })
    }
}

/// Prices that the contract says.
#[component]
fn Prices(view: Memo<ContractView>, actions: Actions) -> impl IntoView {
    let prices = Memo::new(move |_| view.with(|view| (view.id, view.prices.clone(), view.add_price.clone())));
    let error = error_of(actions.add);
    move || {
        let (id, prices, add) = prices.get();
        if prices.is_empty() && add.is_empty() {
            return None;
        }
        let may_end = !add.is_empty();
        let rows = prices.into_iter().map(|(price, cells)| price_row(id, price, cells, may_end.then_some(actions.end))).collect_view();
        let form = (!add.is_empty()).then(|| {
            let controls = add.into_iter().map(|field| view! { <FormControl field=field error=error of="price" /> }).collect_view();
            view! {
                <details class="more">
                    <summary>"Add a price"</summary>
                    <PostForm action=actions.add>
                        <ErrorNote error=error />
                        <input type="hidden" name="id" value=id.to_string() />
                        <div class="form-fields">{controls}</div>
                        <SubmitButton label="Add price" pending=actions.add.pending() />
                    </PostForm>
                </details>
            }
        });
        Some(view! {
            <Card title="Prices of this contract" id="prices">
                <p class="muted">"They go before the price list. Without one, use is worth what the price list says."</p>
                <ErrorNote error=error_of(actions.end) />
                <ul class="price-list">{rows}</ul>
                {form}
            </Card>
        })
    }
}

fn price_row(id: ContractId, price: String, cells: Vec<Cell>, end: Option<Post<EndPrice>>) -> impl IntoView {
    let words = cells.into_iter().map(|cell| view! { <span>{shown(cell)}</span> }).collect_view();
    let button = end.map(|end| {
        view! {
            <PostForm action=end>
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="price" value=price />
                <SubmitButton label="End today" tone="plain" pending=end.pending() />
            </PostForm>
        }
    });
    view! { <li>{words} {button}</li> }
}
