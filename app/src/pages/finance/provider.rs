//! `/finance/providers/{id}`: what Finance keeps of a provider, whatever contract it is under.

use super::parts::{Editor, FactList, Listed, Save, Things, Words, id_in_address, screen, shown};
use crate::components::{Card, ConfirmButton, ErrorNote, Page, Post, PostForm, SubmitButton, ask, error_of, succeeded};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::finance_provider::{
    AddProviderPrice, ArchiveFinanceProvider, EndProviderPrice, RelinkProvider, SaveFinanceProvider, finance_provider,
};
use crate::wire::{AppError, ErrorCode, ProviderFinanceView};
use leptos::prelude::*;
use vocab::ProviderId;

#[derive(Clone, Copy)]
struct Actions {
    save: Post<SaveFinanceProvider>,
    relink: Post<RelinkProvider>,
    archive: Post<ArchiveFinanceProvider>,
    add: Post<AddProviderPrice>,
    end: Post<EndProviderPrice>,
}

const PRICES: Words = Words {
    title: "Prices of this provider",
    id: "prices",
    about: "They go before the price list, under whatever contract. What a contract says goes before them.",
    add: "Add a price",
    end: "End today",
    key: "price",
};

/// The page of the provider in the address.
#[component]
pub fn ProviderFinancePage() -> impl IntoView {
    let id = id_in_address::<ProviderId>();
    move || {
        let id = id.get();
        let actions = Actions { save: Post::new(), relink: Post::new(), archive: Post::new(), add: Post::new(), end: Post::new() };
        let live = live::version(Topic::Finance);
        let versions = move || {
            let Actions { save, relink, archive, add, end } = actions;
            [save.version(), relink.version(), archive.version(), add.version(), end.version()].map(|version| version.get())
        };
        let answer = ask(
            move || (live.get(), versions()),
            move |_| {
                let id = id.clone();
                async move {
                    match id {
                        Some(id) => finance_provider(id).await,
                        None => Err(AppError::new(ErrorCode::NotFound, "There is no such provider.")),
                    }
                }
            },
        );
        screen(answer, move |view| view! { <Whole view=view actions=actions /> }.into_any())
    }
}

#[component]
fn Whole(view: Memo<ProviderFinanceView>, actions: Actions) -> impl IntoView {
    let (name, id) = view.with_untracked(|view| (view.name.clone(), view.id.to_string()));
    let parts = move || {
        let ProviderFinanceView { status, facts, .. } = view.get();
        view! {
            <div class="finance-head">{shown(status)}</div>
            <Card title="Facts" id="facts">
                <FactList facts=facts />
            </Card>
        }
    };
    let edit = view.with_untracked(|view| view.edit.clone()).map(|first| {
        let (error, ok) = (error_of(actions.save), succeeded(actions.save));
        let saves = vec![Save { then: "", label: "Save", primary: true }];
        let form = Memo::new(move |_| view.with(|view| view.edit.clone()).unwrap_or_else(|| first.clone()));
        view! {
            <Card title="Settings" id="settings">
                <PostForm action=actions.save>
                    <Editor error=error ok=ok pending=actions.save.pending() form=form id=id saves=saves />
                </PostForm>
            </Card>
        }
    });
    let prices =
        Memo::new(move |_| view.with(|view| Things { id: view.id.to_string(), rows: view.prices.clone(), add: view.add_price.clone() }));
    let crumb = ("Suppliers".to_owned(), routes::SUPPLIERS.to_owned());
    view! {
        <Page title=name intro="What Finance keeps of this provider." crumb=crumb wide=true>
            <div class="stack">
                {parts}
                {edit}
                <Supplier view=view actions=actions />
                <Listed words=PRICES things=prices add=actions.add end=actions.end />
                <Away view=view archive=actions.archive />
            </div>
        </Page>
    }
    .into_any()
}

/// Another supplier, or the same one confirmed.
#[component]
fn Supplier(view: Memo<ProviderFinanceView>, actions: Actions) -> impl IntoView {
    let what = Memo::new(move |_| view.with(|view| (view.id.to_string(), view.version, view.supplier.clone(), view.suppliers.clone())));
    move || {
        let (id, version, current, suppliers) = what.get();
        if suppliers.is_empty() {
            return None;
        }
        let choice = |(id, name): (String, String)| {
            let chosen = id == current;
            view! {
                <option value=id selected=chosen>
                    {name}
                </option>
            }
        };
        let choices = suppliers.into_iter().map(choice).collect_view();
        let card = view! {
            <Card title="Supplier" id="supplier">
                <p class="muted">"Whom we pay for it. Saving the one that is chosen confirms it; what was billed stays where it was."</p>
                <ErrorNote error=error_of(actions.relink) />
                <PostForm action=actions.relink>
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="version" value=version.to_string() />
                    <div class="field">
                        <label for="relink-supplier">"Supplier"</label>
                        <select id="relink-supplier" name="supplier">
                            {choices}
                        </select>
                    </div>
                    <SubmitButton label="Confirm the supplier" tone="plain" pending=actions.relink.pending() />
                </PostForm>
            </Card>
        };
        Some(card.into_any())
    }
}

/// Put away.
#[component]
fn Away(view: Memo<ProviderFinanceView>, archive: Post<ArchiveFinanceProvider>) -> impl IntoView {
    let what = Memo::new(move |_| view.with(|view| (view.id.to_string(), view.version, view.may_archive)));
    move || {
        let (id, version, may) = what.get();
        may.then(|| {
            view! {
                <Card title="Put it away" id="archive">
                    <p class="muted">"It leaves the lists; its history stays. Connecting the provider anew brings it back."</p>
                    <ErrorNote error=error_of(archive) />
                    <PostForm action=archive>
                        <input type="hidden" name="id" value=id />
                        <input type="hidden" name="version" value=version.to_string() />
                        <ConfirmButton
                            id="archive-profile"
                            label="Put away"
                            question="Put this provider away? Its history stays."
                            confirm_label="Put away"
                            pending=archive.pending()
                        />
                    </PostForm>
                </Card>
            }
            .into_any()
        })
    }
}
