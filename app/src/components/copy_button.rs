//! Copies a text, and says whether that worked.

use super::{Icon, IconName};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::JsValue;

/// How long the verdict stays on the button.
const SHOWN: Duration = Duration::from_secs(2);

/// What the button last did.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Copied,
    Failed,
}

/// A button that copies `text`. Useless without JavaScript, so the text itself must stand on the page, too.
#[component]
pub fn CopyButton(
    /// What to copy.
    #[prop(into)]
    text: Signal<String>,
    /// Words on the button.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let state = RwSignal::new(State::Idle);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            state.set(if write(&text).await.is_ok() { State::Copied } else { State::Failed });
            set_timeout(move || state.set(State::Idle), SHOWN);
        });
    };
    let words = move || match state.get() {
        State::Idle => label.clone(),
        State::Copied => "Copied".to_owned(),
        State::Failed => "Copy failed: select the text and copy it by hand".to_owned(),
    };
    view! {
        <button type="button" class="button small needs-js" on:click=copy>
            <Icon name=IconName::Copy />
            <span aria-live="polite">{words}</span>
        </button>
    }
    .into_any()
}

async fn write(text: &str) -> Result<(), JsValue> {
    // Outside a secure context (plain http on a LAN) browsers have no clipboard at all.
    if !window().is_secure_context() {
        return Err(JsValue::NULL);
    }
    let promise = window().navigator().clipboard().write_text(text);
    js_sys::futures::JsFuture::from(promise).await.map(drop)
}
