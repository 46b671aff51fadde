//! The provider's models.

use super::models_table::ModelsTable;
use super::screen::Screen;
use super::sync::Sync;
use crate::components::{Card, EmptyState};
use crate::wire::ModelView;
use leptos::ev::Targeted;
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

/// From how many models on a filter is worth its place.
const MANY: usize = 20;

/// Sync, filter and table.
#[component]
pub fn Models(screen: Screen) -> impl IntoView {
    let models = screen.part(|detail| detail.models.clone());
    let search = RwSignal::new(String::new());
    let shown = Memo::new(move |_| {
        let search = search.get().to_lowercase();
        models.with(|models| models.iter().filter(|model| finds(model, &search)).cloned().collect::<Vec<_>>())
    });
    let some = Memo::new(move |_| models.with(|models| !models.is_empty()));
    let many = Memo::new(move |_| models.with(|models| models.len() > MANY));
    view! {
        <Card title="Models" id="models">
            <Sync screen=screen />
            <Show when=move || some.get() fallback=move || view! { <NoModels screen=screen /> }>
                <Show when=move || many.get()>
                    <Search search=search models=models shown=shown />
                </Show>
                <ModelsTable models=shown />
            </Show>
        </Card>
    }
    .into_any()
}

#[component]
fn Search(search: RwSignal<String>, models: Memo<Vec<ModelView>>, shown: Memo<Vec<ModelView>>) -> impl IntoView {
    let on_input = move |event: Targeted<Event, HtmlInputElement>| search.set(event.target().value());
    view! {
        <div class="field needs-js">
            <label for="model-search">"Filter models"</label>
            <input id="model-search" type="search" autocomplete="off" spellcheck="false" on:input:target=on_input />
            <p class="help" role="status">
                {move || format!("{} of {} shown", shown.with(Vec::len), models.with(Vec::len))}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn NoModels(screen: Screen) -> impl IntoView {
    let connected = screen.part(|detail| detail.row.method.is_some());
    move || {
        if connected.get() {
            view! { <EmptyState title="No models yet" hint="Sync to fetch the provider's list: until then agents cannot use it." /> }
        } else {
            view! { <EmptyState title="No models yet" hint="They appear here once the provider is connected." /> }
        }
    }
}

fn finds(model: &ModelView, search: &str) -> bool {
    let name = model.name.as_deref().unwrap_or_default();
    search.split_whitespace().all(|word| model.id.to_lowercase().contains(word) || name.to_lowercase().contains(word))
}
