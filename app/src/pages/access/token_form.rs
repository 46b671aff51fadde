//! The form behind "New access token".

use super::expiry::{EXPIRY_CHOICES, EXPIRY_DEFAULT, days};
use super::limit_choices::{LimitChoices, ProviderChoice};
use super::scope_choices::ScopeChoices;
use crate::components::{Asked, Card, ErrorNote, Field, Post, SelectField, SubmitButton, error_of, field_error};
use crate::server_fns::access::CreateAccessToken;
use crate::wire::{AppError, ErrorCode};
use leptos::ev;
use leptos::form::FromFormData;
use leptos::html;
use leptos::prelude::*;
use serde::Deserialize;
use vocab::{ProviderId, Scope};

/// The fields as the browser sends them; an unticked box is simply not there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Fields {
    name: String,
    #[serde(default)]
    scopes: Vec<Scope>,
    #[serde(default)]
    providers: Vec<ProviderId>,
    #[serde(default)]
    models: String,
    #[serde(default)]
    days: String,
}

impl From<Fields> for CreateAccessToken {
    fn from(fields: Fields) -> Self {
        let models = fields.models.lines().map(str::trim).filter(|model| !model.is_empty()).map(str::to_owned).collect();
        Self { name: fields.name, scopes: fields.scopes, providers: fields.providers, models, days: days(&fields.days) }
    }
}

/// Asks for a name, scopes, limits and an expiry.
#[component]
pub fn TokenForm(create: Post<CreateAccessToken>, choices: Asked<Vec<ProviderChoice>>, close: Callback<()>) -> impl IntoView {
    let error = error_of(create);
    let form = NodeRef::<html::Form>::new();
    Effect::new(move || {
        if let Some(form) = form.get() {
            focus_first(&form);
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        match Fields::from_event(&event) {
            Ok(fields) => create.call(fields.into()),
            Err(_) => create
                .value()
                .set(Some(Err(AppError::new(ErrorCode::Protocol, "The form could not be read. Reload the page and try again.")))),
        }
    };
    let expiry = EXPIRY_CHOICES.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    view! {
        <Card title="New access token" id="new-access-token">
            <form node_ref=form on:submit=submit>
                <ErrorNote error=error />
                <Field label="Name" name="name" required=true help="Who will use it, for example “nightly report”." error=field_error(error, "name") />
                <ScopeChoices error=field_error(error, "scopes") />
                <SelectField label="Works for" name="days" options=expiry value=EXPIRY_DEFAULT help="It stops by itself after that; you can revoke it at any time." />
                <LimitChoices choices=choices />
                <div class="actions">
                    <SubmitButton label="Create token" pending=create.pending() />
                    <button type="button" class="button" on:click=move |_| close.run(())>
                        "Cancel"
                    </button>
                </div>
            </form>
        </Card>
    }
}

/// Somebody who opened the form wants to type the name.
fn focus_first(form: &web_sys::HtmlFormElement) {
    use wasm_bindgen::JsCast;
    if let Ok(Some(input)) = form.query_selector("input") {
        let _ = input.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_lines() {
        let fields = Fields {
            name: "report".into(),
            scopes: vec![Scope::Inference],
            providers: vec![],
            models: " gpt-5 \r\n\n claude \n".into(),
            days: String::new(),
        };
        let call = CreateAccessToken::from(fields);
        assert_eq!(call.models, ["gpt-5", "claude"]);
        assert_eq!(call.days, None);
    }
}
