//! `/finance/bills/{id}`: one bill, and the review of a draft.

use super::parts::{Editor, FactList, FormControl, GridCard, Save, id_in_address, screen, shown};
use crate::components::{
    Card, ConfirmButton, ErrorNote, Field, Notice, Page, Post, PostForm, SubmitButton, ask, error_of, field_error, succeeded,
};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::{BillStep, ConfirmBill, bill};
use crate::wire::{AppError, BillView, ErrorCode, FieldKind, FormField};
use leptos::prelude::*;
use vocab::{BillId, Tone};

/// The page of the bill in the address.
#[component]
pub fn BillPage() -> impl IntoView {
    let id = id_in_address::<BillId>();
    move || {
        let id = id.get();
        let (confirm, step) = (Post::<ConfirmBill>::new(), Post::<BillStep>::new());
        let live = live::version(Topic::Finance);
        let answer = ask(
            move || (live.get(), confirm.version().get(), step.version().get()),
            move |_| async move {
                match id {
                    Some(id) => bill(id).await,
                    None => Err(AppError::new(ErrorCode::NotFound, "There is no such bill.")),
                }
            },
        );
        screen(answer, move |view| view! { <Whole view=view confirm=confirm step=step /> }.into_any())
    }
}

#[component]
fn Whole(view: Memo<BillView>, confirm: Post<ConfirmBill>, step: Post<BillStep>) -> impl IntoView {
    let number = view.with_untracked(|view| view.number.clone());
    let parts = move || {
        let BillView { status, facts, lines, totals, about, .. } = view.get();
        view! {
            <div class="finance-head">{shown(status)}</div>
            {(!about.is_empty()).then(|| view! { <Notice tone=Tone::Info>{about}</Notice> })}
            <Card title="Facts" id="facts">
                <FactList facts=facts />
            </Card>
            <GridCard title="Lines" id="lines" grid=lines nothing="No lines." />
            <Card title="Totals" id="totals">
                <FactList facts=totals />
            </Card>
        }
    };
    let review = move || {
        let (id, first) = view.with(|view| (view.id, view.review.clone()));
        first.map(|first| {
            let (error, ok) = (error_of(confirm), succeeded(confirm));
            let saves = vec![Save { then: "", label: "Enter invoice", primary: false }];
            let form = Memo::new(move |_| view.with(|view| view.review.clone()).unwrap_or_else(|| first.clone()));
            view! {
                <Card title="Review" id="review">
                    <PostForm action=confirm>
                        <Editor error=error ok=ok pending=confirm.pending() form=form id=id.to_string() saves=saves />
                    </PostForm>
                </Card>
            }
        })
    };
    // Built anew only when the form comes or goes: a fresh answer must not empty it.
    let has_review = Memo::new(move |_| view.with(|view| view.review.is_some()));
    let review = move || has_review.get().then(|| untrack(review));
    let history = move || {
        let lines = view.with(|view| view.history.clone());
        view! { <GridCard title="History" id="history" grid=lines nothing="Nothing yet." /> }
    };
    view! {
        <Page title=number intro="" crumb=("Bills".to_owned(), routes::BILLS.to_owned()) wide=true>
            <div class="stack">
                {parts}
                {review}
                <Steps view=view step=step />
                {history}
            </div>
        </Page>
    }
    .into_any()
}

/// What leads on from here.
#[component]
fn Steps(view: Memo<BillView>, step: Post<BillStep>) -> impl IntoView {
    let what = Memo::new(move |_| view.with(|view| (view.id, view.version, view.steps.clone())));
    let error = error_of(step);
    move || {
        let (id, version, steps) = what.get();
        // Nothing leads on from a bill that is paid.
        if steps.is_empty() {
            return None;
        }
        let forms = steps
            .into_iter()
            .map(|(name, words)| {
                let more = more_fields(&name, error);
                let button = if name == "void" {
                    view! {
                        <ConfirmButton
                            id="bill-void"
                            label=words
                            question="Void this bill? It ends without payment."
                            confirm_label="Void bill"
                            pending=step.pending()
                        />
                    }
                    .into_any()
                } else {
                    let tone = if matches!(name.as_str(), "submit" | "approve") { "primary" } else { "plain" };
                    view! { <SubmitButton label=words tone=tone pending=step.pending() /> }.into_any()
                };
                let ends = name == "void";
                let form = view! {
                    <PostForm action=step>
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="version" value=version.to_string() />
                        <input type="hidden" name="step" value=name />
                        {more}
                        {button}
                    </PostForm>
                }
                .into_any();
                if !ends {
                    return form;
                }
                let open = move || error.with(|error| error.as_ref().is_some_and(|error| error.field("reason").is_some()));
                view! {
                    <details class="more" open=open>
                        <summary>"End it without payment"</summary>
                        {form}
                    </details>
                }
                .into_any()
            })
            .collect_view();
        let card = view! {
            <Card title="Next" id="next">
                <ErrorNote error=error />
                <div class="form-fields">{forms}</div>
            </Card>
        };
        Some(card.into_any())
    }
}

fn more_fields(step: &str, error: Signal<Option<AppError>>) -> Option<AnyView> {
    let field = |kind, name: &str, label: &str| FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        kind,
        value: String::new(),
        help: String::new(),
        options: Vec::new(),
    };
    match step {
        "reject" | "void" => Some(
            view! { <Field label="Reason" name="reason" id=format!("reason-{step}") required=true error=field_error(error, "reason") /> }
                .into_any(),
        ),
        "pay" => Some(
            view! {
                <FormControl field=field(FieldKind::Decimal, "amount", "Amount paid") error=error of="pay" />
                <FormControl field=field(FieldKind::Date, "on", "On") error=error of="pay" />
            }
            .into_any(),
        ),
        _ => None,
    }
}
