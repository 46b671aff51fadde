//! The finance panel: who owns the provider commercially, as far as the viewer may know. It comes with the page's data, which never
//! fails because of it. It does not ask by itself: the server builds it several times, each would ask anew, and the browser would take
//! over one answer while the page shows another.

use super::screen::Screen;
use crate::components::{Card, Chip, Post, PostForm, SubmitButton};
use crate::server_fns::finance::HandOff;
use crate::wire::{Cell, Fact, FinancePanel};
use leptos::prelude::*;

/// Nothing for who does not get to see it.
#[component]
pub fn FinanceBridge(screen: Screen) -> impl IntoView {
    let panel = screen.part(|detail| detail.finance.clone());
    let shown = move || panel.get().map(|panel| known(panel, screen, screen.actions.hand_off));
    shown.into_any()
}

fn known(panel: FinancePanel, screen: Screen, hand_off: Post<HandOff>) -> AnyView {
    let FinancePanel { status, supplier, contract, items, more, about, hand_off: button } = panel;
    let first = [
        ("finance-status", "Finance status", Some(status)),
        ("finance-supplier", "Supplier", supplier),
        ("finance-contract", "Contract", contract),
        ("finance-open-items", "Open work items", items),
    ];
    let first = first.into_iter().filter_map(|(id, label, cell)| Some(fact(label.to_owned(), cell?, id))).collect_view();
    let more = more.into_iter().map(|Fact { label, value }| fact(label, value, "")).collect_view();
    let form = (!button.is_empty()).then(|| {
        view! {
            <PostForm action=hand_off>
                <input type="hidden" name="id" value=screen.id().to_string() />
                <SubmitButton label=button tone="plain" pending=hand_off.pending() />
            </PostForm>
        }
    });
    view! {
        <Card title="Finance Bridge" id="finance">
            <dl class="facts finance-facts">{first} {more}</dl>
            <p class="muted">{about}</p>
            {form}
        </Card>
    }
    .into_any()
}

fn fact(label: String, cell: Cell, test: &'static str) -> AnyView {
    let Cell { text, href, note, tone, .. } = cell;
    let words = match (tone, href.is_empty()) {
        (Some(tone), _) => view! { <Chip tone=tone label=text /> }.into_any(),
        (None, true) => text.into_any(),
        (None, false) => view! { <a href=href>{text}</a> }.into_any(),
    };
    view! {
        <div>
            <dt>{label}</dt>
            <dd>
                <span data-testid=(!test.is_empty()).then_some(test)>{words}</span>
                {(!note.is_empty()).then(|| view! { <span class="muted">" " {note}</span> })}
            </dd>
        </div>
    }
    .into_any()
}
