//! The form that makes the owner account.

use crate::components::{Card, ErrorNote, Field, Post, PostForm, SubmitButton, error_of, field_error};
use crate::server_fns::people::Setup;
use leptos::prelude::*;

/// What a password must be; the server checks it.
pub const PASSWORD_RULE: &str = "At least 12 characters. A few words in a row are fine.";

/// Works without JavaScript; signs in when it succeeds.
#[component]
pub fn SetupForm(
    /// The secret of the one-time link, or empty.
    link: String,
) -> impl IntoView {
    let action = Post::<Setup>::new();
    let error = error_of(action);
    view! {
        <Card title="Owner account">
            <p class="muted">"The owner may do everything, and adds the others."</p>
            <PostForm action=action>
                <input type="hidden" name="link" value=link />
                <ErrorNote error=error />
                <Field label="Your name" name="name" autocomplete="name" required=true error=field_error(error, "name") />
                <Field label="Email" name="email" kind="email" autocomplete="username" required=true error=field_error(error, "email") />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    required=true
                    help=PASSWORD_RULE
                    error=field_error(error, "password")
                />
                <Field
                    label="Repeat password"
                    name="password_again"
                    kind="password"
                    autocomplete="new-password"
                    required=true
                    error=field_error(error, "password_again")
                />
                <div class="actions">
                    <SubmitButton label="Create owner account" pending=action.pending() />
                </div>
            </PostForm>
        </Card>
    }
}
