//! The bars by day: money where it is known, requests otherwise.

use super::figures::{cost, count, dollars, requests};
use crate::components::{Bar, BarChart, Card};
use crate::wire::UsageBucketView;
use leptos::prelude::*;

/// Costs by day once something has a price; until then, requests by day.
#[component]
pub fn DayChart(days: Memo<Vec<UsageBucketView>>) -> impl IntoView {
    let priced = Memo::new(move |_| days.with(|days| days.iter().any(|day| day.cost.as_deref().is_some_and(|cost| amount(cost) > 0.0))));
    let bars = Memo::new(move |_| days.with(|days| days.iter().map(|day| bar(day, priced.get())).collect::<Vec<_>>()));
    move || {
        let (title, axis): (_, fn(f64) -> String) =
            if priced.get() { ("Cost at list price by day", dollars_at_axis) } else { ("Requests by day", requests_at_axis) };
        view! {
            <Card title=title>
                <BarChart title=title over="Day (UTC)" bars=bars axis=axis />
            </Card>
        }
    }
}

fn bar(day: &UsageBucketView, priced: bool) -> Bar {
    let words = if day.requests == 0 { "no requests".to_owned() } else { format!("{} · {}", cost_words(day), requests(day.requests)) };
    let value = if priced { day.cost.as_deref().map(amount) } else { Some(small(day.requests)) };
    Bar { label: day_words(&day.key).unwrap_or_else(|| day.label.clone()), value, words }
}

/// "23 Nov" from "2026-11-23".
fn day_words(iso: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (month, day) = iso.get(5..)?.split_once('-')?;
    let month = month.parse::<usize>().ok()?.checked_sub(1)?;
    Some(format!("{} {}", day.parse::<u8>().ok()?, MONTHS.get(month)?))
}

fn cost_words(day: &UsageBucketView) -> String {
    if day.cost.is_none() { "cost unknown".to_owned() } else { cost(day) }
}

/// For drawing only; sums and tables keep the exact text.
fn amount(exact: &str) -> f64 {
    exact.parse().unwrap_or(0.0)
}

fn small(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn dollars_at_axis(at: f64) -> String {
    if at == 0.0 { "$0".to_owned() } else { dollars(&format!("{at:.6}")) }
}

/// Half a request does not exist.
fn requests_at_axis(at: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of requests, not below 0")]
    if at.fract() == 0.0 { count(at as u64) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(requests: u64, cost: Option<&str>) -> UsageBucketView {
        UsageBucketView {
            key: "2026-11-23".into(),
            label: "23 Nov".into(),
            requests,
            failed: 0,
            input_tokens: 0,
            output_tokens: 0,
            cost: cost.map(str::to_owned),
            unpriced: 0,
        }
    }

    #[test]
    fn unknown_is_not_nothing() {
        assert_eq!(bar(&day(3, None), true), Bar { label: "23 Nov".into(), value: None, words: "cost unknown · 3 requests".into() });
        assert_eq!(bar(&day(0, None), true).words, "no requests");
        assert_eq!(bar(&day(1, Some("0.5")), true).words, "$0.50 · 1 request");
    }

    #[test]
    fn days_are_short() {
        assert_eq!(day_words("2026-11-03").as_deref(), Some("3 Nov"));
        for odd in ["", "2026", "2026-13-01", "2026-00-01", "x-y-z"] {
            assert_eq!(day_words(odd), None, "{odd}");
        }
    }

    #[test]
    fn axes_are_short() {
        assert_eq!(dollars_at_axis(0.0), "$0");
        assert_eq!(dollars_at_axis(500.0), "$500.00");
        assert_eq!(requests_at_axis(2000.0), "2,000");
        assert_eq!(requests_at_axis(0.5), "");
    }
}
