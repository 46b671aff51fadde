//! The sums over the whole period.

use super::figures::{cost, count, has_tokens, requests, short_count};
use crate::wire::UsageBucketView;
use leptos::prelude::*;

/// Nothing was sent.
const NO_DATA: &str = "No data";

/// One figure with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    label: &'static str,
    figure: String,
    /// What else to know.
    note: Option<String>,
}

/// The four figures of a sum.
pub fn tiles(total: &UsageBucketView) -> [Tile; 4] {
    let any = total.requests > 0;
    let number = move |number: u64| if any { count(number) } else { NO_DATA.to_owned() };
    let tokens = match (any, has_tokens(total)) {
        (false, _) => NO_DATA.to_owned(),
        (true, false) => "not reported".to_owned(),
        (true, true) => format!("{} / {}", short_count(total.input_tokens), short_count(total.output_tokens)),
    };
    let unpriced = (total.unpriced > 0).then(|| format!("{} without a known price", requests(total.unpriced)));
    [
        Tile { label: "Requests", figure: number(total.requests), note: None },
        Tile { label: "Tokens in / out", figure: tokens, note: None },
        Tile { label: "Cost at list price", figure: cost(total), note: unpriced },
        Tile { label: "Not completed", figure: number(total.failed), note: share(total.failed, total.requests) },
    ]
}

/// The four figures.
#[component]
pub fn Totals(tiles: Memo<[Tile; 4]>) -> impl IntoView {
    view! { <dl class="tiles">{move || tiles.get().map(tile).collect_view()}</dl> }
}

fn tile(Tile { label, figure, note }: Tile) -> impl IntoView {
    view! {
        <div class="tile">
            <dt>{label}</dt>
            <dd class="tile-figure">{figure}</dd>
            {note.map(|note| view! { <dd class="muted">{note}</dd> })}
        </div>
    }
}

/// "2 % of all"; nothing when there is nothing to say.
fn share(part: u64, all: u64) -> Option<String> {
    match (part, part * 100 / all.max(1)) {
        (0, _) => None,
        (_, 0) => Some("less than 1 % of all".to_owned()),
        (_, percent) => Some(format!("{percent} % of all")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_not_zero() {
        let none = UsageBucketView {
            key: String::new(),
            label: String::new(),
            requests: 0,
            failed: 0,
            input_tokens: 0,
            output_tokens: 0,
            cost: None,
            unpriced: 0,
        };
        assert!(tiles(&none).iter().all(|tile| tile.figure == NO_DATA));
        let unknown = UsageBucketView { requests: 2, unpriced: 2, ..none };
        assert_eq!(tiles(&unknown).map(|tile| tile.figure), ["2", "not reported", "unknown", "0"]);
    }

    #[test]
    fn shares_in_words() {
        assert_eq!(share(0, 10), None);
        assert_eq!(share(1, 1000).as_deref(), Some("less than 1 % of all"));
        assert_eq!(share(3, 10).as_deref(), Some("30 % of all"));
    }
}
