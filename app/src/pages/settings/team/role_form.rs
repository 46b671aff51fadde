//! A person's role.

use super::roles::role_options;
use crate::components::{Post, PostForm, SubmitButton};
use crate::server_fns::people::SetRole;
use leptos::html;
use leptos::prelude::*;
use vocab::{Role, UserId};

/// A choice with its own button: nothing changes while somebody only looks through the options.
#[component]
pub fn RoleForm(user_id: UserId, name: String, role: Role, set_role: Post<SetRole>) -> impl IntoView {
    let select = NodeRef::<html::Select>::new();
    // A refused change must not stay on screen as if it had happened.
    Effect::new(move || {
        set_role.version().track();
        if let Some(select) = select.get() {
            select.set_value(role.as_str());
        }
    });
    let pending = set_role.pending_about(user_id.to_string());
    let options = role_options()
        .into_iter()
        .map(|(value, words)| {
            let selected = value == role.as_str();
            view! {
                <option value=value selected=selected>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <PostForm action=set_role>
            <input type="hidden" name="user_id" value=user_id.to_string() />
            <div class="inline-form">
                <select name="role" aria-label=format!("Role of {name}") node_ref=select>
                    {options}
                </select>
                <SubmitButton label="Save role" tone="plain" pending=pending />
            </div>
        </PostForm>
    }
}
