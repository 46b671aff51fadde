//! A labelled choice.

use super::field::described_by;
use leptos::prelude::*;

/// One `<select>`. Its id is `field-{name}` unless `id` says otherwise.
#[component]
pub fn SelectField(
    /// Words of the label.
    #[prop(into)]
    label: String,
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Id of the select.
    #[prop(optional, into)]
    id: Option<String>,
    /// `(value, words)` of each option.
    options: Vec<(String, String)>,
    /// The value chosen at first.
    #[prop(optional, into)]
    value: String,
    /// A sentence below.
    #[prop(optional, into)]
    help: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let help_id = help.is_some().then(|| format!("{id}-help"));
    let error_id = format!("{id}-error");
    let described_by = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        move || described_by(help_id.as_deref(), error.with(Option::is_some).then_some(error_id.as_str()))
    };
    let options = options
        .into_iter()
        .map(move |(option, words)| {
            let chosen = option == value;
            view! {
                <option value=option selected=chosen>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name aria-describedby=described_by aria-invalid=move || error.with(Option::is_some).then_some("true")>
                {options}
            </select>
            {help.map(|help| view! { <p class="help" id=help_id>{help}</p> })}
            <p class="field-error" id=error_id>{move || error.get()}</p>
        </div>
    }
    .into_any()
}
