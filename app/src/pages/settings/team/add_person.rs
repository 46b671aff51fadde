//! Somebody new.

use super::roles::{describe, role_options};
use crate::components::{ErrorNote, Field, Notice, Post, PostForm, SelectField, SubmitButton, error_of, field_error, succeeded};
use crate::server_fns::people::AddPerson as AddPersonFn;
use leptos::html;
use leptos::prelude::*;
use vocab::{Role, Tone};

/// The form that adds a person; it empties itself when it has done its work.
#[component]
pub fn AddPerson(add: Post<AddPersonFn>) -> impl IntoView {
    let error = error_of(add);
    let done = succeeded(add);
    let form = NodeRef::<html::Form>::new();
    Effect::new(move || {
        if let (true, Some(form)) = (done.get(), form.get()) {
            form.reset();
        }
    });
    let said = move || {
        done.get().then(|| view! { <Notice tone=Tone::Ok>"Added. Tell them their first password; they change it under Settings."</Notice> })
    };
    view! {
        <h3>"Add a person"</h3>
        <PostForm action=add node_ref=form>
            <ErrorNote error=error />
            <div role="status">{said}</div>
            <div class="field-pair">
                <Field label="Name" name="name" id="add-name" required=true error=field_error(error, "name") />
                <Field label="Email" name="email" id="add-email" kind="email" required=true error=field_error(error, "email") />
                <SelectField label="Role" name="role" id="add-role" options=role_options() value=Role::Viewer.as_str() />
                <Field
                    label="First password"
                    name="password"
                    id="add-password"
                    kind="password"
                    autocomplete="new-password"
                    required=true
                    help="At least 12 characters."
                    error=field_error(error, "password")
                />
            </div>
            <RoleHelp />
            <div class="actions">
                <SubmitButton label="Add person" pending=add.pending() />
            </div>
        </PostForm>
    }
}

/// What each role may do.
#[component]
fn RoleHelp() -> impl IntoView {
    view! {
        <ul class="help role-help">
            {Role::ALL.iter().map(|&role| view! { <li><strong>{role.label()}</strong>": " {describe(role)}</li> }).collect_view()}
        </ul>
    }
}
