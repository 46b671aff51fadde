//! The viewer's account: who they are, and a new password.

use crate::components::{Card, ErrorNote, Field, Notice, Post, PostForm, SubmitButton, ViewerContext, error_of, field_error, succeeded};
use crate::server_fns::people;
use leptos::html;
use leptos::prelude::*;
use vocab::Tone;

/// Changing the password signs the other browsers out.
#[component]
pub fn ChangePassword() -> impl IntoView {
    let viewer = expect_context::<ViewerContext>();
    let who = move || {
        Suspend::new(async move {
            viewer.load().await.map(|viewer| {
                view! {
                    <dl class="facts">
                        <dt>"Name"</dt>
                        <dd>{viewer.name}</dd>
                        <dt>"Email"</dt>
                        <dd>{viewer.email}</dd>
                        <dt>"Role"</dt>
                        <dd>{viewer.role.label()}</dd>
                    </dl>
                }
            })
        })
    };
    view! {
        <Card title="Your account" id="account">
            <Transition>{who}</Transition>
            <h3>"Change password"</h3>
            <PasswordForm />
        </Card>
    }
}

/// The form; it empties itself when it has done its work.
#[component]
fn PasswordForm() -> impl IntoView {
    let action = Post::<people::ChangePassword>::new();
    let error = error_of(action);
    let done = succeeded(action);
    let form = NodeRef::<html::Form>::new();
    Effect::new(move || {
        if let (true, Some(form)) = (done.get(), form.get()) {
            form.reset();
        }
    });
    let said = move || {
        done.get().then(|| view! { <Notice tone=Tone::Ok>"Your password is changed. Your other browsers were signed out."</Notice> })
    };
    view! {
        <PostForm action=action node_ref=form>
            <ErrorNote error=error />
            <div role="status">{said}</div>
            <Field
                label="Current password"
                name="current"
                kind="password"
                autocomplete="current-password"
                required=true
                error=field_error(error, "current")
            />
            <NewPasswordFields error=error />
            <div class="actions">
                <SubmitButton label="Change password" tone="plain" pending=action.pending() />
            </div>
        </PostForm>
    }
}

/// The new password, twice.
#[component]
fn NewPasswordFields(error: Signal<Option<crate::wire::AppError>>) -> impl IntoView {
    view! {
        <Field
            label="New password"
            name="password"
            id="own-password"
            kind="password"
            autocomplete="new-password"
            required=true
            help="At least 12 characters."
            error=field_error(error, "password")
        />
        <Field
            label="Repeat new password"
            name="password_again"
            id="own-password-again"
            kind="password"
            autocomplete="new-password"
            required=true
            error=field_error(error, "password_again")
        />
    }
}
