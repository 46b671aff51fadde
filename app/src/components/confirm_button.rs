//! A button that asks once before it acts.

use leptos::prelude::*;

/// Goes inside a form. The first press opens a small dialog (the browser's own popover, so it works without JavaScript), the
/// second submits the form.
#[component]
pub fn ConfirmButton(
    /// Unique on the page; joins the button and its dialog.
    #[prop(into)]
    id: String,
    /// Words of the first button.
    #[prop(into)]
    label: String,
    /// What will happen, as a sentence or two.
    #[prop(into)]
    question: Signal<String>,
    /// Words of the button that does it.
    #[prop(into)]
    confirm_label: String,
    /// Is the form being sent?
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Does it destroy something? Turns the second button red.
    #[prop(default = true)]
    danger: bool,
) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Div>::new();
    let heading = format!("{id}-question");
    let confirm_class = if danger { "button danger" } else { "button primary" };
    let first_class = if danger { "button quiet danger-text" } else { "button" };
    // The dialog has done its work once the form goes off; errors are shown beside the form.
    let hide = move || {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.hide_popover();
        }
    };
    Effect::new(move |was: Option<bool>| {
        let is = pending.get();
        if is && was == Some(false) {
            hide();
        }
        is
    });
    view! {
        <button type="button" class=first_class popovertarget=id.clone() aria-haspopup="dialog" aria-busy=move || pending.get().to_string()>
            {label}
        </button>
        <div class="dialog" popover="auto" id=id role="dialog" aria-labelledby=heading node_ref=dialog>
            <p id=heading.clone()>{move || question.get()}</p>
            <div class="actions">
                <button type="submit" class=confirm_class>
                    {confirm_label}
                </button>
                <button type="button" class="button" popovertarget=id.clone() popovertargetaction="hide">
                    "Cancel"
                </button>
            </div>
        </div>
    }
    .into_any()
}
