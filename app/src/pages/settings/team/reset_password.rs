//! A new password for somebody who lost theirs.

use crate::components::{Field, Post, PostForm, SubmitButton, succeeded};
use crate::server_fns::people::ResetPassword;
use leptos::html;
use leptos::prelude::*;
use vocab::UserId;

/// Folded away until it is wanted; says when it is done.
#[component]
pub fn ResetPasswordForm(user_id: UserId, name: String, reset: Post<ResetPassword>) -> impl IntoView {
    let ok = succeeded(reset);
    let fold = NodeRef::<html::Details>::new();
    let form = NodeRef::<html::Form>::new();
    let done = Signal::derive(move || ok.get() && reset.was_about(&user_id.to_string()));
    Effect::new(move || {
        if let (true, Some(form), Some(fold)) = (done.get(), form.get(), fold.get()) {
            form.reset();
            fold.set_open(false);
        }
    });
    view! {
        <details class="fold" node_ref=fold>
            <summary class="button">"Reset password"</summary>
            <PostForm action=reset node_ref=form>
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
                <SubmitButton label="Set password" pending=reset.pending_about(user_id.to_string()) />
            </PostForm>
        </details>
        <span role="status" class="muted">{move || done.get().then_some("Password set.")}</span>
    }
}
