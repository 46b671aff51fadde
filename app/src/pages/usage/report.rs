//! The figures of a period.

use super::bucket_table::BucketTable;
use super::day_chart::DayChart;
use super::newest::Newest;
use super::nothing_yet::NothingYet;
use super::totals::{Totals, tiles};
use crate::components::{Asked, ErrorNote, Loaded};
use crate::wire::{AppError, UsageView};
use leptos::prelude::*;

/// Built once; its parts follow the data.
#[component]
pub fn Report(answer: Asked<Result<UsageView, AppError>>) -> impl IntoView {
    let loaded = Loaded::of(answer);
    let figures = loaded.once(move |usage| view! { <Figures usage=usage /> });
    view! {
        <ErrorNote error=loaded.error />
        {figures}
    }
}

#[component]
fn Figures(usage: Memo<UsageView>) -> impl IntoView {
    let totals = Memo::new(move |_| usage.with(|usage| tiles(&usage.total)));
    let period = Memo::new(move |_| usage.with(|usage| usage.period));
    let any = Memo::new(move |_| usage.with(|usage| usage.total.requests > 0));
    let days = Memo::new(move |_| usage.with(|usage| usage.by_day.clone()));
    let providers = Memo::new(move |_| usage.with(|usage| usage.by_provider.clone()));
    let models = Memo::new(move |_| usage.with(|usage| usage.by_model.clone()));
    let tokens = Memo::new(move |_| usage.with(|usage| usage.by_token.clone()));
    let newest = Memo::new(move |_| usage.with(|usage| usage.newest.clone()));
    view! {
        <Totals tiles=totals />
        <Show when=move || any.get() fallback=move || view! { <NothingYet period=period /> }>
            <DayChart days=days />
            <BucketTable title="By provider" over="Provider" buckets=providers />
            <BucketTable title="By model" over="Model" buckets=models />
            <BucketTable title="By access token" over="Access token" buckets=tokens />
            <Newest rows=newest />
            <AboutCosts />
        </Show>
    }
}

/// What the money on this page is, and what it is not.
#[component]
fn AboutCosts() -> impl IntoView {
    view! {
        <p class="muted small-print">
            "Costs are list prices in US dollars: the tokens the provider reported, times the price in the provider's own model list or, where it publishes none, in Purser's price data. The source and date stand in each provider's model table. Discounts, plans, taxes and other currencies are not in it. A request without a known price counts as unknown, not as free. Days are UTC."
        </p>
    }
}
