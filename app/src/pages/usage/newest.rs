//! The newest requests, one by one.

use super::figures::{count, dollars};
use crate::components::{Card, Chip, Moment, MomentForm};
use crate::wire::UsageRow;
use leptos::prelude::*;
use vocab::{CostBasis, Tone, UsageOutcome};

/// A table; cards on a phone.
#[component]
pub fn Newest(rows: Memo<Vec<UsageRow>>) -> impl IntoView {
    view! {
        <Card title="Newest requests" class="flush">
            <div class="table-frame" tabindex="0" role="region" aria-label="Newest requests">
                <table class="data-table figures-on-phone" data-testid="usage-requests">
                    <caption class="visually-hidden">"Newest requests"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"Model"</th>
                            <th scope="col">"Sent by"</th>
                            <th scope="col">"Ended"</th>
                            <th scope="col" class="number">"Tokens in / out"</th>
                            <th scope="col" class="number">"Took"</th>
                            <th scope="col" class="number">"Cost"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || rows.get() key=|row| format!("{row:?}") let:row>
                            <RequestRow row=row />
                        </For>
                    </tbody>
                </table>
            </div>
        </Card>
    }
}

#[component]
fn RequestRow(row: UsageRow) -> impl IntoView {
    let (tone, ended) = outcome(row.outcome);
    let cost = cost(&row);
    let tokens = tokens(row.input_tokens, row.output_tokens);
    view! {
        <tr>
            <th scope="row">
                <Moment at=row.at form=MomentForm::Clock />
            </th>
            <td class="whole">
                <code>{row.model}</code>
                <span class="muted block">{row.provider}</span>
            </td>
            <td data-label="Sent by">{row.token}</td>
            <td>
                <Chip tone=tone label=ended />
            </td>
            <td class="number" data-label="Tokens in / out">{tokens}</td>
            <td class="number" data-label="Took">{took(row.latency_ms)}</td>
            <td class="number" data-label="Cost">{cost}</td>
        </tr>
    }
}

const fn outcome(outcome: UsageOutcome) -> (Tone, &'static str) {
    match outcome {
        UsageOutcome::Completed => (Tone::Ok, "Completed"),
        UsageOutcome::ClientClosed => (Tone::Neutral, "Caller hung up"),
        UsageOutcome::ProviderError => (Tone::Bad, "Provider refused"),
        UsageOutcome::Interrupted => (Tone::Warn, "Provider broke off"),
    }
}

/// "2,310 / 770"; what was not reported is unknown.
fn tokens(input: Option<u64>, output: Option<u64>) -> String {
    let number = |number: Option<u64>| number.map_or_else(|| "unknown".to_owned(), count);
    if input.is_none() && output.is_none() { number(None) } else { format!("{} / {}", number(input), number(output)) }
}

fn took(milliseconds: u32) -> String {
    if milliseconds < 1000 { format!("{milliseconds} ms") } else { format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100) }
}

fn cost(row: &UsageRow) -> String {
    match (row.cost_basis, &row.cost) {
        (CostBasis::Included, _) => "in the plan".to_owned(),
        (CostBasis::Compute, _) => "own machine".to_owned(),
        (CostBasis::ListPrice, Some(exact)) => dollars(exact),
        (CostBasis::ListPrice | CostBasis::Unknown, _) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!(took(42), "42 ms");
        assert_eq!(took(1999), "1.9 s");
        assert_eq!(took(61_000), "61.0 s");
    }

    #[test]
    fn unknown_is_said() {
        assert_eq!(tokens(None, None), "unknown");
        assert_eq!(tokens(Some(1000), None), "1,000 / unknown");
        assert_eq!(tokens(Some(0), Some(0)), "0 / 0");
    }
}
