//! A new password for somebody who lost theirs.

use crate::components::{Field, SubmitButton, succeeded};
use crate::server_fns::people::ResetPassword;
use leptos::form::ActionForm;
use leptos::html;
use leptos::prelude::*;
use vocab::UserId;

/// Folded away until it is wanted; says when it is done.
#[component]
pub fn ResetPasswordForm(user_id: UserId, name: String, reset: ServerAction<ResetPassword>) -> impl IntoView {
    let mine = move || reset.input().with(|input| input.as_ref().is_some_and(|input| input.user_id == user_id));
    let asked_here = RwSignal::new(false);
    let ok = succeeded(reset);
    let fold = NodeRef::<html::Details>::new();
    let form = NodeRef::<html::Form>::new();
    // The action forgets its input once it has an answer: remember that it was this row that asked.
    Effect::new(move || {
        if reset.pending().get() {
            asked_here.set(mine());
        }
    });
    let done = Signal::derive(move || ok.get() && asked_here.get());
    Effect::new(move || {
        if let (true, Some(form), Some(fold)) = (done.get(), form.get(), fold.get()) {
            form.reset();
            fold.set_open(false);
        }
    });
    view! {
        <details class="fold" node_ref=fold>
            <summary class="button">"Reset password"</summary>
            <ActionForm action=reset node_ref=form>
                <input type="hidden" name="user_id" value=user_id.to_string() />
                <Field
                    label=format!("New password for {name}")
                    name="password"
                    id=format!("reset-{user_id}")
                    kind="password"
                    autocomplete="new-password"
                    required=true
                    help="At least 12 characters. Signs them out everywhere."
                />
                <SubmitButton label="Set password" pending=Signal::derive(move || reset.pending().get() && mine()) />
            </ActionForm>
        </details>
        <span role="status" class="muted">{move || done.get().then_some("Password set.")}</span>
    }
}
