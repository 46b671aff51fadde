//! May the person sign in?

use crate::components::{ConfirmButton, Post, PostForm, SubmitButton};
use crate::server_fns::people::SetActive;
use leptos::either::Either;
use leptos::prelude::*;
use vocab::UserId;

/// Disabling asks once; enabling does not.
#[component]
pub fn StateForm(user_id: UserId, name: String, active: bool, set_active: Post<SetActive>) -> impl IntoView {
    let pending = set_active.pending_about(user_id.to_string());
    let button = if active {
        let question = format!(
            "Disable {name}? They are signed out everywhere and their access tokens stop working at once. You can enable them again."
        );
        let mut confirm = name;
        confirm.insert_str(0, "Disable ");
        Either::Left(view! {
            <ConfirmButton
                id=format!("disable-{user_id}")
                label="Disable"
                question=question
                confirm_label=confirm
                pending=pending
            />
        })
    } else {
        Either::Right(view! { <SubmitButton label="Enable" tone="plain" pending=pending /> })
    };
    view! {
        <PostForm action=set_active>
            <input type="hidden" name="user_id" value=user_id.to_string() />
            <input type="hidden" name="active" value=(!active).to_string() />
            {button}
        </PostForm>
    }
}
