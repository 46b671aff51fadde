//! Try it: a prompt, and the answer as it comes.

use super::screen::Screen;
use super::try_run::{End, Run};
use crate::components::{Card, ErrorNote, Notice, SelectField, SubmitButton};
use crate::wire::ModelView;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use vocab::{ModelStatus, Tone};
use wasm_bindgen::JsCast;
use web_sys::{HtmlSelectElement, HtmlTextAreaElement};

const MODEL: &str = "try-model";

/// Folded until its button is pressed. Only once there are models that converse.
#[component]
pub fn TryIt(screen: Screen) -> impl IntoView {
    let models =
        screen.part(|detail| detail.models.iter().filter(|model| answers(model)).map(|model| model.id.clone()).collect::<Vec<_>>());
    let some = Memo::new(move |_| models.with(|models| !models.is_empty()));
    view! {
        <Show when=move || some.get()>
            <Ask screen=screen models=models />
        </Show>
    }
    .into_any()
}

fn answers(model: &ModelView) -> bool {
    model.class.converses() && model.status == ModelStatus::Active
}

#[component]
fn Ask(screen: Screen, models: Memo<Vec<String>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let run = Run::new();
    view! {
        <Card title="Try a model" id="try">
            <p class="muted">"Sends one prompt through this connection and shows the answer, its tokens, time and price. It is written to usage."</p>
            <p class="small-print no-js-only">"The answer is streamed, which needs JavaScript."</p>
            <Show
                when=move || open.get()
                fallback=move || {
                    view! {
                        <button type="button" class="button needs-js" on:click=move |_| open.set(true)>
                            "Try it"
                        </button>
                    }
                }
            >
                <PromptForm screen=screen models=models run=run />
                <Answer run=run />
            </Show>
        </Card>
    }
    .into_any()
}

#[component]
fn PromptForm(screen: Screen, models: Memo<Vec<String>>, run: Run) -> impl IntoView {
    let prompt = NodeRef::<leptos::html::Textarea>::new();
    // The button that opened this is gone: the focus goes to what comes next.
    Effect::new(move || {
        if let Some(prompt) = prompt.get() {
            let _ = prompt.focus();
        }
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let text = prompt.get_untracked().map(|prompt: HtmlTextAreaElement| prompt.value()).unwrap_or_default();
        if !run.running.get_untracked() && !text.trim().is_empty() {
            run.start(screen.id(), chosen_model(), text);
        }
    };
    view! {
        <form class="try-form" on:submit=send>
            <div class="field">
                <label for="prompt">"Prompt"</label>
                <textarea id="prompt" name="prompt" rows="3" required=true node_ref=prompt></textarea>
            </div>
            {move || {
                let options = models.get().into_iter().map(|id| (id.clone(), id)).collect();
                view! { <SelectField label="Model" name="model" id=MODEL options=options /> }
            }}
            <div class="actions sticky-action">
                <SubmitButton label="Send" pending=run.running />
                <Show when=move || run.running.get()>
                    <button type="button" class="button" on:click=move |_| run.cancel()>
                        "Cancel"
                    </button>
                </Show>
            </div>
        </form>
    }
    .into_any()
}

fn chosen_model() -> String {
    let select = document().get_element_by_id(MODEL).and_then(|select| select.dyn_into::<HtmlSelectElement>().ok());
    select.map(|select| select.value()).unwrap_or_default()
}

#[component]
fn Answer(run: Run) -> impl IntoView {
    let end = move || {
        run.end.get().map(|end| match end {
            End::Done(figures) => view! { <p class="figures">{figures}</p> }.into_any(),
            End::Failed(message) => view! { <Notice tone=Tone::Bad>{message}</Notice> }.into_any(),
            End::Cancelled => view! { <p class="figures">"Cancelled. The provider was told to stop."</p> }.into_any(),
        })
    };
    view! {
        <div class="answer" data-testid="try-it-answer" aria-live="polite" aria-busy=move || run.running.get().to_string()>
            {move || run.text.get()}
        </div>
        <div role="status">
            {move || (run.running.get() && run.text.with(String::is_empty)).then(|| view! { <p class="waiting">"Waiting for the first word…"</p> })}
            {end}
        </div>
        <ErrorNote error=run.error />
    }
    .into_any()
}
