//! The sign-in button.

use super::super::screen::Screen;
use super::button_label;
use crate::routes;
use leptos::prelude::*;

/// A plain form that the browser itself sends: it leads away from Purser, with and without JavaScript alike.
#[component]
pub fn BeginForm(screen: Screen) -> impl IntoView {
    let again = screen.part(|detail| detail.sign_ins.iter().any(|sign_in| sign_in.mine));
    view! {
        <form method="post" action=routes::sign_in(&screen.id()) class="stack">
            <div class="actions sticky-action">
                <button type="submit" class="button" class:primary=move || !again.get()>
                    {button_label(screen)}
                </button>
            </div>
            <label class="check">
                <input type="checkbox" name="elsewhere" value="yes" />
                <span>"My browser is not on the machine where Purser runs: I will paste the answer"</span>
            </label>
        </form>
    }
    .into_any()
}
