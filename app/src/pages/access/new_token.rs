//! Making a token: the button, the form behind it, and the value, shown once.

use super::limit_choices::provider_choices;
use super::snippets::Snippets;
use super::token_form::TokenForm;
use crate::components::{Card, CopyButton, Notice, Post, ask, succeeded};
use crate::server_fns::access::CreateAccessToken;
use crate::wire::NewAccessToken;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use vocab::{Scope, Tone};

/// A browser that runs scripts keeps the inside of `<noscript>` as text, so it is no part of the view.
const WITHOUT_SCRIPT: &str = "<p>Making a token needs JavaScript here, because its value is shown once and must not stand in an address. \
    On the server, <code>purser token create</code> does the same.</p>";

/// What stands here now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Closed,
    Form,
    Value,
}

/// The button needs JavaScript, because the value must never travel through an address or a page that can be opened again.
#[component]
pub fn NewToken(create: Post<CreateAccessToken>) -> impl IntoView {
    let open = RwSignal::new(false);
    // Asked for when the form opens; a page that only lists tokens does not need it.
    let choices = ask(move || open.get(), |open| async move { if open { provider_choices().await } else { Vec::new() } });
    let done = succeeded(create);
    let step = Memo::new(move |_| match (done.get(), open.get()) {
        (true, _) => Step::Value,
        (false, true) => Step::Form,
        (false, false) => Step::Closed,
    });
    let close = Callback::new(move |()| {
        create.clear();
        open.set(false);
    });
    move || match step.get() {
        Step::Closed => EitherOf3::A(view! { <OpenButton open=open /> }),
        Step::Form => EitherOf3::B(view! { <TokenForm create=create choices=choices close=close /> }),
        Step::Value => EitherOf3::C(create.value().get().and_then(Result::ok).map(|new| view! { <TokenValue new=new close=close /> })),
    }
}

/// "New access token", and what to do without JavaScript.
#[component]
fn OpenButton(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="new-token">
            <button type="button" class="button primary needs-js" on:click=move |_| open.set(true)>
                "New access token"
            </button>
            <noscript inner_html=WITHOUT_SCRIPT></noscript>
        </div>
    }
}

/// The value. It is in this page's memory and nowhere else; closing the card forgets it.
#[component]
fn TokenValue(new: NewAccessToken, close: Callback<()>) -> impl IntoView {
    let NewAccessToken { value, view: token } = new;
    let heading = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let Some(heading) = heading.get() {
            let _ = heading.focus();
        }
    });
    let inference = token.scopes.contains(&Scope::Inference);
    view! {
        <Card title=format!("Token “{}” is ready", token.name) class="token-ready">
            <div tabindex="-1" node_ref=heading role="status">
                <Notice tone=Tone::Warn>"Copy it now. Purser keeps only a fingerprint of it and cannot show it again."</Notice>
            </div>
            <div class="token-line">
                <code class="token-value" data-testid="access-token-value">
                    {value.clone()}
                </code>
                <CopyButton text=value.clone() label="Copy token" />
            </div>
            {inference.then(|| view! { <Snippets token=value /> })}
            <div class="actions">
                <button type="button" class="button primary" on:click=move |_| close.run(())>
                    "Done, I have stored it"
                </button>
            </div>
        </Card>
    }
}
