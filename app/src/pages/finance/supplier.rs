//! `/finance/suppliers/{id}`: one supplier with everything that hangs on it.

use super::parts::{Editor, FactList, GridCard, Save, Tiles, id_in_address, screen, shown};
use crate::components::{Card, ConfirmButton, ErrorNote, Page, Post, PostForm, SubmitButton, ask, error_of, succeeded};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance::{DeleteSupplier, MoveSupplier, SaveSupplier, supplier};
use crate::wire::{AppError, ErrorCode, SupplierView};
use leptos::prelude::*;
use vocab::SupplierId;

#[derive(Clone, Copy)]
struct Actions {
    save: Post<SaveSupplier>,
    shift: Post<MoveSupplier>,
    delete: Post<DeleteSupplier>,
}

/// The page of the supplier in the address.
#[component]
pub fn SupplierPage() -> impl IntoView {
    let id = id_in_address::<SupplierId>();
    let actions = Actions { save: Post::new(), shift: Post::new(), delete: Post::new() };
    let live = live::version(Topic::Finance);
    let answer = ask(
        move || (id.get(), live.get(), actions.save.version().get(), actions.shift.version().get()),
        |(id, ..)| async move {
            match id {
                Some(id) => supplier(id).await,
                None => Err(AppError::new(ErrorCode::NotFound, "There is no such supplier.")),
            }
        },
    );
    screen(answer, move |view| view! { <Whole view=view actions=actions /> }.into_any())
}

#[component]
fn Whole(view: Memo<SupplierView>, actions: Actions) -> impl IntoView {
    let name = view.with_untracked(|view| view.name.clone());
    let parts = move || {
        let SupplierView { status, facts, tiles, providers, contracts, bills, items, .. } = view.get();
        let ai = providers.map(|providers| {
            view! {
                <GridCard title="AI finance context" id="providers" grid=providers nothing="" />
                <GridCard title="Contracts" id="contracts" grid=contracts nothing="None yet." />
            }
        });
        view! {
            <div class="finance-head">{shown(status)}</div>
            <Tiles tiles=tiles />
            {ai}
            <GridCard title="Open work items" id="items" grid=items nothing="Nothing is to be done." />
            <GridCard title="Bills" id="bills" grid=bills nothing="None yet. Drafts are made when a billing period is due." />
            <Card title="Details" id="details">
                <FactList facts=facts />
            </Card>
        }
    };
    let (id, form) = view.with_untracked(|view| (view.id, view.edit.clone()));
    let edit = form.map(|first| {
        let (error, ok) = (error_of(actions.save), succeeded(actions.save));
        let saves = vec![Save { then: "", label: "Save", primary: true }];
        let form = Memo::new(move |_| view.with(|view| view.edit.clone()).unwrap_or_else(|| first.clone()));
        view! {
            <Card title="Edit" id="edit">
                <PostForm action=actions.save>
                    <Editor error=error ok=ok pending=actions.save.pending() form=form id=id.to_string() saves=saves />
                </PostForm>
            </Card>
        }
    });
    view! {
        <Page title=name intro="" crumb=("Suppliers".to_owned(), routes::SUPPLIERS.to_owned()) wide=true>
            <div class="stack">
                {parts}
                {edit}
                <Moves view=view actions=actions />
            </div>
        </Page>
    }
    .into_any()
}

/// Another state, or gone.
#[component]
fn Moves(view: Memo<SupplierView>, actions: Actions) -> impl IntoView {
    move || {
        let SupplierView { id, moves, deletable, edit, name, .. } = view.get();
        let version = edit?.version;
        let moves = moves
            .into_iter()
            .map(|(status, words)| {
                view! {
                    <PostForm action=actions.shift>
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="version" value=version.to_string() />
                        <input type="hidden" name="status" value=status />
                        <SubmitButton label=words tone="plain" pending=actions.shift.pending() />
                    </PostForm>
                }
            })
            .collect_view();
        let delete = deletable.then(|| {
            view! {
                <PostForm action=actions.delete>
                    <input type="hidden" name="id" value=id.to_string() />
                    <ConfirmButton
                        id="delete-supplier"
                        label="Delete"
                        question=format!("Delete {name}? Nothing hangs on it, so no history is lost.")
                        confirm_label="Delete supplier"
                    />
                </PostForm>
            }
        });
        Some(view! {
            <Card title="State" id="state">
                <ErrorNote error=error_of(actions.shift) />
                <ErrorNote error=error_of(actions.delete) />
                <div class="actions">{moves} {delete}</div>
            </Card>
        })
    }
}
