//! A labelled input with its help and its error, wired for screen readers.

use leptos::prelude::*;

/// One text input. Its id is `field-{name}` unless `id` says otherwise (needed when two forms on a page share a name).
#[component]
pub fn Field(
    /// Words of the label.
    #[prop(into)]
    label: String,
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Id of the input.
    #[prop(optional, into)]
    id: Option<String>,
    /// `text`, `password`, `email`, `number`, `url`, `search`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it holds at first.
    #[prop(optional, into)]
    value: String,
    /// A sentence below.
    #[prop(optional, into)]
    help: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The browser's autocomplete hint.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Must it be filled in?
    #[prop(optional)]
    required: bool,
    /// An example inside the empty field.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Does it hold an address or an id? Monospaced, and no spelling check.
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let help = help.filter(|help| !help.is_empty());
    let help_id = help.is_some().then(|| format!("{id}-help"));
    let error_id = format!("{id}-error");
    let described_by = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        move || described_by(help_id.as_deref(), error.with(Option::is_some).then_some(error_id.as_str()))
    };
    let bare = code || matches!(kind, "password" | "email" | "url");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                class=code.then_some("code")
                type=kind
                value=value
                autocomplete=autocomplete
                required=required
                placeholder=placeholder
                spellcheck=bare.then_some("false")
                autocapitalize=bare.then_some("none")
                aria-describedby=described_by
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            />
            {help.map(|help| view! { <p class="help" id=help_id>{help}</p> })}
            <p class="field-error" id=error_id>{move || error.get()}</p>
        </div>
    }
    .into_any()
}

/// The ids that describe a control, as `aria-describedby` wants them.
pub(super) fn described_by(help: Option<&str>, error: Option<&str>) -> Option<String> {
    let ids: Vec<&str> = help.into_iter().chain(error).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

#[cfg(test)]
mod tests {
    use super::described_by;

    #[test]
    fn describes_by_what_is_there() {
        assert_eq!(described_by(None, None), None);
        assert_eq!(described_by(Some("h"), None).as_deref(), Some("h"));
        assert_eq!(described_by(Some("h"), Some("e")).as_deref(), Some("h e"));
    }
}
