//! What to show: a form of the GET kind, so that the address says it.

use super::query::{href, is_filtered};
use crate::components::{Field, SelectField};
use crate::routes;
use crate::wire::AuditQuery;
use leptos::ev;
use leptos::form::FromFormData;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

const ACTION: &str = "audit-action";
const ACTOR: &str = "audit-actor";
const KIND: &str = "audit-kind";
const OUTCOME: &str = "audit-outcome";

/// Action, actor, outcome and kind of object.
#[component]
pub fn Filters(
    /// What is shown now.
    query: AuditQuery,
    /// `(text, words)` of every action.
    actions: Vec<(String, String)>,
) -> impl IntoView {
    let navigate = use_navigate();
    // The browser would send every field; an address that only names what is filtered by is easier to read and to share.
    let submit = move |event: ev::SubmitEvent| {
        if let Ok(query) = AuditQuery::from_event(&event) {
            event.prevent_default();
            navigate(&href(&query, ""), leptos_router::NavigateOptions::default());
        }
    };
    let filtered = is_filtered(&query);
    let about = (!query.object_id.is_empty()).then(|| view! { <input type="hidden" name="object_id" value=query.object_id /> });
    view! {
        <div class="audit-filters" role="search" aria-label="Filter the log">
            <form method="get" action=routes::AUDIT on:submit=submit>
                <div class="filter-fields">
                    <SelectField label="What" name="action" id=ACTION options=all_and("Everything", actions) value=query.action />
                    <Field label="Who" name="actor" id=ACTOR kind="search" value=query.actor placeholder="Part of a name" />
                    <SelectField label="About" name="object_kind" id=KIND options=kinds() value=query.object_kind />
                    <SelectField label="Outcome" name="outcome" id=OUTCOME options=outcomes() value=query.outcome />
                    {about}
                    <div class="actions">
                        <button type="submit" class="button">
                            "Filter"
                        </button>
                        {filtered.then(|| view! { <a href=routes::AUDIT>"Clear"</a> })}
                    </div>
                </div>
            </form>
        </div>
    }
}

/// Puts a query into the fields of the page. Only in the browser.
pub fn show_in_fields(query: &AuditQuery) {
    for (id, value) in [(ACTION, &query.action), (ACTOR, &query.actor), (KIND, &query.object_kind), (OUTCOME, &query.outcome)] {
        let Some(element) = document().get_element_by_id(id) else { continue };
        if let Some(select) = element.dyn_ref::<web_sys::HtmlSelectElement>() {
            select.set_value(value);
        } else if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
            input.set_value(value);
        }
    }
}

fn all_and(all: &str, choices: Vec<(String, String)>) -> Vec<(String, String)> {
    std::iter::once((String::new(), all.to_owned())).chain(choices).collect()
}

fn pairs(choices: &[(&str, &str)]) -> Vec<(String, String)> {
    choices.iter().map(|&(value, words)| (value.to_owned(), words.to_owned())).collect()
}

fn kinds() -> Vec<(String, String)> {
    let kinds =
        [("provider", "A provider"), ("user", "A person"), ("access_token", "An access token"), ("installation", "The installation")];
    all_and("Anything", pairs(&kinds))
}

fn outcomes() -> Vec<(String, String)> {
    all_and("Any", pairs(&[("ok", "Done"), ("failed", "Failed")]))
}
