//! The sign-in button.

use super::super::screen::Screen;
use super::button_label;
use crate::routes;
use leptos::prelude::*;
use vocab::Health;

/// A plain form that the browser itself sends: it leads away from Purser, with and without JavaScript alike.
#[component]
pub fn BeginForm(screen: Screen) -> impl IntoView {
    // One that waits is gone on with or cancelled first, and a healthy connection needs none.
    let waiting = screen.part(|detail| detail.sign_ins.iter().any(|sign_in| sign_in.mine && !sign_in.finishing));
    let needed = screen.part(|detail| detail.row.health.health != Health::Connected);
    let form = move || {
        view! {
        <form method="post" action=routes::sign_in(&screen.id()) class="stack">
            <div class="actions sticky-action">
                <button type="submit" class="button" class:primary=move || needed.get()>
                    {button_label(screen)}
                </button>
            </div>
            <label class="check">
                <input type="checkbox" name="elsewhere" value="yes" />
                <span>"My browser is not on the machine where Purser runs: I will paste the answer"</span>
            </label>
        </form>
        }
    };
    view! { <Show when=move || !waiting.get()>{form}</Show> }.into_any()
}
