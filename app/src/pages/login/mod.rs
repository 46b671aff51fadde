//! `/login?next=…`: signing in.

mod sign_in_form;

use crate::components::Page;
use leptos::prelude::*;
use sign_in_form::SignInForm;

/// Signs in and goes on to where the person wanted to be.
#[component]
pub fn LoginPage() -> impl IntoView {
    view! {
        <div class="people-page">
            <Page title="Sign in" intro="Purser keeps your AI providers connected and their keys sealed.">
                <SignInForm />
                <p class="muted small-print">"No account, or the password is lost? An owner adds people and resets passwords under Settings."</p>
            </Page>
        </div>
    }
}
