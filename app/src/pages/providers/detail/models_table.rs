//! The table of models.

use crate::components::Chip;
use crate::pages::providers::words::{class_word, context_word, status_word, tier_word};
use crate::wire::ModelView;
use leptos::prelude::*;
use std::collections::BTreeSet;
use vocab::{ModelStatus, Tone};

/// One row a model. It scrolls inside its own frame on narrow screens.
#[component]
pub fn ModelsTable(models: Memo<Vec<ModelView>>) -> impl IntoView {
    let sources = Memo::new(move |_| models.with(|models| sources(models)));
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label="Models of this provider">
            <table data-testid="models-table">
                <thead>
                    <tr>
                        <th scope="col">"Model"</th>
                        <th scope="col">"Tier"</th>
                        <th scope="col">"Class"</th>
                        <th scope="col" class="number">
                            "Context"
                        </th>
                        <th scope="col" class="number">
                            "Price in / out "
                            <span class="unit">"per 1M tokens"</span>
                        </th>
                        <th scope="col">"Status"</th>
                    </tr>
                </thead>
                <tbody>
                    // A model that changed in any way is another row; all others stay untouched.
                    <For each=move || models.get() key=ModelView::clone let:model>
                        <ModelRow model=model />
                    </For>
                </tbody>
            </table>
        </div>
        <Show when=move || sources.with(|sources| !sources.is_empty())>
            <p class="small-print">"List prices: "{move || sources.get()}"."</p>
        </Show>
    }
    .into_any()
}

#[component]
fn ModelRow(model: ModelView) -> impl IntoView {
    let name = model.name.filter(|name| *name != model.id);
    let price = price_text(model.input_price.as_deref(), model.output_price.as_deref());
    let tone = if model.status == ModelStatus::Active { Tone::Ok } else { Tone::Neutral };
    view! {
        <tr>
            <th scope="row">
                <code>{model.id}</code>
                {name.map(|name| view! { <span class="model-name">{name}</span> })}
            </th>
            <td class:unknown=model.tier.is_none()>{model.tier.map_or("–", tier_word)}</td>
            <td>{class_word(model.class)}</td>
            <td class="number" class:unknown=model.context_tokens.is_none()>{model.context_tokens.map_or_else(|| "–".to_owned(), context_word)}</td>
            <td class="number" title=model.price_source>
                {price}
            </td>
            <td>
                <Chip tone=tone label=status_word(model.status) />
            </td>
        </tr>
    }
    .into_any()
}

fn price_text(input: Option<&str>, output: Option<&str>) -> String {
    let one = |price: Option<&str>| price.map_or_else(|| "–".to_owned(), |price| format!("${price}"));
    if input.is_none() && output.is_none() { "not known".to_owned() } else { format!("{} / {}", one(input), one(output)) }
}

fn sources(models: &[ModelView]) -> String {
    let sources: BTreeSet<&str> = models.iter().filter_map(|model| model.price_source.as_deref()).collect();
    sources.into_iter().collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::price_text;

    #[test]
    fn an_unknown_price_is_never_zero() {
        assert_eq!(price_text(Some("3.00"), Some("15.00")), "$3.00 / $15.00");
        assert_eq!(price_text(Some("0.02"), None), "$0.02 / –");
        assert_eq!(price_text(None, None), "not known");
    }
}
