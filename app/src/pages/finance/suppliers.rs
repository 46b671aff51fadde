//! `/finance/suppliers`: whom we pay.

use super::parts::{Editor, GridTable, Save, screen};
use crate::components::{Card, EmptyState, Page, Post, PostForm, ask, error_of, succeeded};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::{SaveSupplier, suppliers};
use crate::wire::{FormView, SupplierList};
use leptos::prelude::*;

/// All suppliers, and a form for one that no provider stands for.
#[component]
pub fn SuppliersPage() -> impl IntoView {
    let save = Post::<SaveSupplier>::new();
    let live = live::version(Topic::Finance);
    let answer = ask(move || (live.get(), save.version().get()), |_| suppliers());
    view! {
        <Page
            title="Suppliers"
            intro="Whom we pay. A connected provider brings its supplier with it: one a vendor, whatever the sign-in."
            wide=true
        >
            {screen(answer, move |list| view! { <List list=list save=save /> }.into_any())}
        </Page>
    }
}

#[component]
fn List(list: Memo<SupplierList>, save: Post<SaveSupplier>) -> impl IntoView {
    let rows = Memo::new(move |_| list.with(|list| list.suppliers.clone()));
    let table = move || {
        let rows = rows.get();
        if rows.rows.is_empty() {
            return view! {
                <EmptyState
                    title="No suppliers yet"
                    hint="Connect a provider: its supplier, a draft contract and what is still missing appear here by themselves."
                >
                    <a class="button primary" href=routes::PROVIDERS>
                        "External Services"
                    </a>
                </EmptyState>
            }
            .into_any();
        }
        view! {
            <section class="card flush unheaded" aria-label="Suppliers">
                <GridTable caption="Suppliers" grid=rows />
            </section>
        }
        .into_any()
    };
    let add = list.with_untracked(|list| list.add.clone()).map(|form| add(form, save));
    view! {
        <div class="stack">
            {table}
            {add}
        </div>
    }
    .into_any()
}

/// A form for a supplier that no provider stands for.
fn add(form: FormView, save: Post<SaveSupplier>) -> impl IntoView {
    let (error, ok, form) = (error_of(save), succeeded(save), Memo::new(move |_| form.clone()));
    let saves = vec![Save { then: "", label: "Add supplier", primary: true }];
    view! {
        <details class="more">
            <summary>"Add a supplier"</summary>
            <Card title="New supplier" id="new-supplier">
                <PostForm action=save>
                    <Editor error=error ok=ok pending=save.pending() form=form id="" saves=saves />
                </PostForm>
            </Card>
        </details>
    }
}
