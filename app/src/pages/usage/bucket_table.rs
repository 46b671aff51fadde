//! Sums by provider, model or access token.

use super::figures::{cost, count, has_tokens};
use crate::components::Card;
use crate::wire::UsageBucketView;
use leptos::prelude::*;

/// A table, dearest first as the server sends it.
#[component]
pub fn BucketTable(
    /// Words of the heading.
    title: &'static str,
    /// What a row is.
    over: &'static str,
    /// The rows.
    buckets: Memo<Vec<UsageBucketView>>,
) -> impl IntoView {
    let rows = move || buckets.get().into_iter().map(row).collect_view();
    view! {
        <Card title=title class="flush">
            <div class="table-frame" tabindex="0" role="region" aria-label=title>
                <table class="data-table figures-on-phone">
                    <caption class="visually-hidden">{title}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{over}</th>
                            <th scope="col" class="number">"Requests"</th>
                            <th scope="col" class="number">"Tokens in"</th>
                            <th scope="col" class="number">"Tokens out"</th>
                            <th scope="col" class="number">"Not completed"</th>
                            <th scope="col" class="number">"Cost"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}

fn row(bucket: UsageBucketView) -> impl IntoView {
    let cost = cost(&bucket);
    let reported = has_tokens(&bucket);
    let tokens = move |number: u64| if reported { count(number) } else { "not reported".to_owned() };
    view! {
        <tr>
            <th scope="row" class="bucket-name">{bucket.label}</th>
            <td class="number" data-label="Requests">{count(bucket.requests)}</td>
            <td class="number" data-label="Tokens in">{tokens(bucket.input_tokens)}</td>
            <td class="number" data-label="Tokens out">{tokens(bucket.output_tokens)}</td>
            <td class="number" data-label="Not completed">{count(bucket.failed)}</td>
            <td class="number main-figure" data-label="Cost">{cost}</td>
        </tr>
    }
}
