//! The owner's switch of a method that the vendor does not want used here.

use super::super::screen::Screen;
use crate::components::{ErrorNote, Notice, PostForm, SubmitButton, error_of};
use leptos::prelude::*;
use vocab::Tone;

/// Says who decides; an owner decides here, with the rule above it.
#[component]
pub fn OwnerSwitchForm(
    screen: Screen,
    /// Is it on?
    on: bool,
    /// May the viewer turn it?
    may_turn: bool,
) -> impl IntoView {
    let action = screen.actions.allow;
    if !may_turn {
        let words = if on {
            "An owner switched this sign-in on, knowing the vendor's rule above."
        } else {
            "This sign-in is off. An owner can switch it on, with the vendor's rule above in mind."
        };
        return view! { <p class="muted">{words}</p> }.into_any();
    }
    let warning = (!on).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                "This sign-in is off, because of the vendor's rule above. The sanctioned ways come first: an API key, or your own program with your own login. Switching it on is your decision and is written into the audit log."
            </Notice>
        }
    });
    let label = if on { "Switch this sign-in off" } else { "I have read the rule: switch it on" };
    view! {
        {warning}
        <div class=if on { "divided" } else { "" }>
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <input type="hidden" name="allow" value=(!on).to_string() />
            <SubmitButton label=label tone="plain" pending=action.pending() />
            <ErrorNote error=error_of(action) />
        </PostForm>
        </div>
    }
    .into_any()
}
