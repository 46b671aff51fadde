//! The sign-in form.

use crate::components::{Card, ErrorNote, Field, Post, PostForm, SubmitButton, error_of};
use crate::server_fns::people::SignIn;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Never tells which of the two was wrong; the server's message says how long to wait after too many tries.
#[component]
pub fn SignInForm() -> impl IntoView {
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next")).filter(|next| !next.is_empty());
    let action = Post::<SignIn>::new();
    view! {
        <Card title="Your account">
            <PostForm action=action>
                {move || next().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <ErrorNote error=error_of(action) />
                <Field label="Email" name="email" kind="email" autocomplete="username" required=true />
                <Field label="Password" name="password" kind="password" autocomplete="current-password" required=true />
                <div class="actions">
                    <SubmitButton label="Sign in" pending=action.pending() />
                </div>
            </PostForm>
        </Card>
    }
}
