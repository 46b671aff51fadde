//! `/platform/ai/usage?days=…`: what the AI workforce sent, and what that is worth at list price.

mod bucket_table;
mod day_chart;
mod figures;
mod newest;
mod nothing_yet;
mod period;
mod period_switch;
mod report;
mod totals;

use crate::components::{Page, Skeleton, ask};
use crate::live::{self, Topic};
use crate::server_fns::usage::usage;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use period::from_query;
use period_switch::PeriodSwitch;
use report::Report;

/// Totals, days, and who and what they come from. Follows new requests while it is open.
#[component]
pub fn UsagePage() -> impl IntoView {
    let query = use_query_map();
    let period = Memo::new(move |_| from_query(query.with(|query| query.get("days")).as_deref()));
    let live = live::version(Topic::Usage);
    let answer = ask(move || (period.get(), live.get()), |(period, _)| usage(period));
    view! {
        <Page title="Usage" intro="Every request that went through Purser, by day, provider, model and access token." wide=true>
            <div class="stack">
                <PeriodSwitch period=period />
                <Transition fallback=|| view! { <Skeleton lines=8 /> }>
                    <Report answer=answer />
                </Transition>
            </div>
        </Page>
    }
}
