//! A code to be approved: large enough to be read across a room, with its address, its QR code and the time that is left.

use crate::components::CopyButton;
use crate::wire::CodeView;
use leptos::prelude::*;
use std::time::Duration;

/// The code; `cancel` stands with its buttons.
pub fn code(shown: CodeView, cancel: AnyView) -> AnyView {
    let CodeView { code, place, link, compare, qr, seconds_left } = shown;
    let lead = if compare { "Confirm this code at " } else { "Type this code in at " };
    let qr = qr.map(|(size, path)| {
        view! {
            <svg class="device-qr" data-testid="device-qr" role="img" aria-label="QR code of the verification page" viewBox=format!("0 0 {size} {size}")>
                <path d=path></path>
            </svg>
        }
    });
    view! {
        <div class="device-code">
            <div>
                <p>
                    {lead} <a data-testid="device-verification-url" href=link.clone() target="_blank" rel="noopener noreferrer">
                        {place}
                    </a>
                </p>
                <p class="device-user-code" data-testid="device-user-code">
                    {code.clone()}
                </p>
                <div class="actions">
                    <a class="button primary" href=link target="_blank" rel="noopener noreferrer">
                        "Open verification page"
                        <span class="visually-hidden">" (opens in a new tab)"</span>
                    </a>
                    <CopyButton text=code label="Copy code" />
                    {cancel}
                </div>
                <p class="muted">
                    <Countdown seconds=seconds_left />
                    " left"
                </p>
            </div>
            {qr}
        </div>
    }
    .into_any()
}

/// Counts down from what the server said, so that a wrong clock here is no matter.
#[component]
fn Countdown(seconds: i64) -> impl IntoView {
    let left = RwSignal::new(seconds);
    Effect::new(move || {
        if let Ok(handle) = set_interval_with_handle(move || left.update(|left| *left = (*left - 1).max(0)), Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
    view! {
        <span class="countdown" data-testid="device-countdown" role="timer">
            {move || clock(left.get())}
        </span>
    }
    .into_any()
}

/// `4:12`.
fn clock(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn minutes_and_seconds() {
        for (seconds, text) in [(0, "0:00"), (9, "0:09"), (252, "4:12"), (900, "15:00")] {
            assert_eq!(clock(seconds), text);
        }
    }
}
