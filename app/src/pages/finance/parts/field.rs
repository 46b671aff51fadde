//! Fields of forms, made from what the server says of them.

use crate::components::TextArea;
use crate::wire::{AppError, FieldKind, FormField, FormGroup};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Under these names a page that was rendered anew gets back what had been entered.
const ENTERED: &str = "entered.";

/// Groups of fields. `needed` says what is still missing, by field; `error` what was wrong with the last try.
pub fn fields(groups: Vec<FormGroup>, needed: &BTreeMap<String, String>, error: Signal<Option<AppError>>) -> AnyView {
    let group = |group: FormGroup| {
        let FormGroup { title, about, folded, fields } = group;
        let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        let about = (!about.is_empty()).then(|| view! { <p class="help">{about}</p> });
        let controls = fields
            .into_iter()
            .map(|field| {
                let needed = needed.get(&field.name).cloned();
                view! { <FormControl field=field error=error needed=needed /> }
            })
            .collect_view();
        if folded {
            // What is wrong must not be folded away.
            let open = move || error.with(|error| names.iter().any(|name| error.as_ref().is_some_and(|error| error.field(name).is_some())));
            return view! {
                <details class="form-group more" open=open>
                    <summary>{title}</summary>
                    {about}
                    <div class="form-fields">{controls}</div>
                </details>
            }
            .into_any();
        }
        view! {
            <fieldset class="form-group">
                {(!title.is_empty()).then(|| view! { <legend>{title}</legend> })}
                {about}
                <div class="form-fields">{controls}</div>
            </fieldset>
        }
        .into_any()
    };
    groups.into_iter().map(group).collect_view().into_any()
}

/// One field with its label, its help and what is wrong with it. Its name is `fields[…]`.
#[component]
pub fn FormControl(
    /// Which.
    field: FormField,
    /// The last answer's error.
    error: Signal<Option<AppError>>,
    /// What is missing here, as far as is known.
    #[prop(default = None)]
    needed: Option<String>,
    /// In front of its id, where two forms of a page have the same field.
    #[prop(into, default = "field".to_owned())]
    of: String,
) -> impl IntoView {
    let FormField { name, label, kind, value: stored, help, options } = field;
    let id = of + "-" + &name.replace('.', "-");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let value = error.with_untracked(|error| entered(error.as_ref(), &name)).unwrap_or_else(|| stored.clone());
    let in_form = format!("fields[{name}]");
    if kind == FieldKind::Hidden {
        return view! { <input type="hidden" name=in_form value=value /> }.into_any();
    }
    let differs = (value != stored).then(|| format!("Stored at the moment: {}", if stored.is_empty() { "nothing" } else { &stored }));
    let wrong = Memo::new(move |_| error.with(|error| error.as_ref().and_then(|error| error.field(&name))));
    let described = format!("{help_id} {error_id}");
    let control = control(kind, &id, in_form, value, options, described, wrong);
    // An answer knows better than what was found when the page was made.
    let words = move || wrong.get().or_else(|| needed.clone().filter(|_| error.with(Option::is_none)));
    view! {
        <div class=if kind == FieldKind::Check { "field tick" } else { "field" }>
            <label for=id.clone()>{label}</label>
            {control}
            <p class="help" id=help_id>{help}</p>
            {differs.map(|words| view! { <p class="help">{words}</p> })}
            <p class=move || if wrong.with(Option::is_some) { "field-error" } else { "field-needed" } id=error_id>{words}</p>
        </div>
    }
    .into_any()
}

fn control(
    kind: FieldKind,
    id: &str,
    name: String,
    value: String,
    options: Vec<(String, String)>,
    described: String,
    wrong: Memo<Option<String>>,
) -> AnyView {
    let id = id.to_owned();
    let invalid = move || wrong.with(Option::is_some).then_some("true");
    match kind {
        FieldKind::Select => view! {
            <select id=id name=name aria-describedby=described aria-invalid=invalid>
                {choices(options, &value)}
            </select>
        }
        .into_any(),
        FieldKind::Check => {
            view! { <input type="checkbox" id=id name=name value="true" checked=!value.is_empty() aria-describedby=described /> }.into_any()
        }
        FieldKind::Area => {
            let wrong = Signal::derive(move || wrong.with(Option::is_some));
            view! { <TextArea id=id name=name value=value described=described wrong=wrong /> }.into_any()
        }
        FieldKind::Text | FieldKind::Decimal | FieldKind::Date | FieldKind::Url | FieldKind::Hidden => {
            let (kind, mode) = line(kind);
            view! {
                <input
                    type=kind
                    id=id
                    name=name
                    value=value
                    inputmode=mode
                    autocomplete="off"
                    aria-describedby=described
                    aria-invalid=invalid
                />
            }
            .into_any()
        }
    }
}

fn choices(options: Vec<(String, String)>, value: &str) -> AnyView {
    let choice = |(option, words): (String, String)| {
        let chosen = option == value;
        view! {
            <option value=option selected=chosen>
                {words}
            </option>
        }
    };
    options.into_iter().map(choice).collect_view().into_any()
}

/// Type and keyboard of a field of one line.
const fn line(kind: FieldKind) -> (&'static str, Option<&'static str>) {
    match kind {
        FieldKind::Date => ("date", None),
        FieldKind::Url => ("url", None),
        FieldKind::Decimal => ("text", Some("decimal")),
        _ => ("text", None),
    }
}

/// What had been entered, when the page was rendered anew because of an error.
fn entered(error: Option<&AppError>, name: &str) -> Option<String> {
    let all = &error?.field_errors;
    let any = all.keys().any(|key| key.starts_with(ENTERED));
    any.then(|| all.get(&format!("{ENTERED}{name}")).cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::entered;
    use crate::wire::{AppError, ErrorCode};

    #[test]
    fn what_was_entered_comes_back_also_when_it_was_emptied() {
        let mut error = AppError::new(ErrorCode::Invalid, "no");
        assert_eq!(entered(Some(&error), "currency"), None);
        error.field_errors.insert("entered.currency".into(), "EURO".into());
        assert_eq!(entered(Some(&error), "currency").as_deref(), Some("EURO"));
        assert_eq!(entered(Some(&error), "free_plan").as_deref(), Some(""));
    }
}
