//! Prices that a contract says.

use super::parts::{FormControl, shown};
use crate::components::{Card, ErrorNote, Post, PostForm, SubmitButton, error_of};
use crate::server_fns::finance::{AddPrice, EndPrice};
use crate::wire::{Cell, ContractView};
use leptos::prelude::*;
use vocab::ContractId;

/// Prices that the contract says.
#[component]
pub fn Prices(view: Memo<ContractView>, add_price: Post<AddPrice>, end_price: Post<EndPrice>) -> impl IntoView {
    let prices = Memo::new(move |_| view.with(|view| (view.id, view.prices.clone(), view.add_price.clone())));
    let error = error_of(add_price);
    move || {
        let (id, prices, add) = prices.get();
        if prices.is_empty() && add.is_empty() {
            return None;
        }
        let may_end = !add.is_empty();
        let rows = prices.into_iter().map(|(price, cells)| price_row(id, price, cells, may_end.then_some(end_price))).collect_view();
        let form = (!add.is_empty()).then(|| {
            let controls = add.into_iter().map(|field| view! { <FormControl field=field error=error of="price" /> }).collect_view();
            view! {
                <details class="more">
                    <summary>"Add a price"</summary>
                    <PostForm action=add_price>
                        <ErrorNote error=error />
                        <input type="hidden" name="id" value=id.to_string() />
                        <div class="form-fields">{controls}</div>
                        <SubmitButton label="Add price" pending=add_price.pending() />
                    </PostForm>
                </details>
            }
        });
        Some(view! {
            <Card title="Prices of this contract" id="prices">
                <p class="muted">"They go before the price list. Without one, use is worth what the price list says."</p>
                <ErrorNote error=error_of(end_price) />
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
