//! 7, 30 or 90 days; the choice lives in the address.

use super::period::{PERIODS, days};
use crate::wire::UsagePeriod;
use leptos::prelude::*;

/// Links, so that it works without JavaScript and a period can be shared.
#[component]
pub fn PeriodSwitch(period: Memo<UsagePeriod>) -> impl IntoView {
    let links = PERIODS.map(|choice| {
        let current = move || (period.get() == choice).then_some("true");
        view! {
            <a class="segment" href=format!("?days={}", days(choice)) aria-current=current>
                {format!("{} days", days(choice))}
            </a>
        }
    });
    view! {
        <nav class="segments" aria-label="Period">
            {links.collect_view()}
        </nav>
    }
}
