//! Fields of forms.

use crate::wire::{FieldKind, FormField, FormGroup};

/// A field.
pub fn field(kind: FieldKind, name: impl Into<String>, label: &str, value: impl Into<String>, help: &str) -> FormField {
    FormField { name: name.into(), label: label.to_owned(), kind, value: value.into(), help: help.to_owned(), options: Vec::new() }
}

/// A choice.
pub fn choice(name: impl Into<String>, label: &str, value: impl Into<String>, options: Vec<(String, String)>, help: &str) -> FormField {
    FormField { options, ..field(FieldKind::Select, name, label, value, help) }
}

/// A tick.
pub fn tick(name: impl Into<String>, label: &str, is_set: bool, help: &str) -> FormField {
    field(FieldKind::Check, name, label, if is_set { "true" } else { "" }, help)
}

/// Fields under a heading.
pub fn group(title: &str, about: &str, folded: bool, fields: Vec<FormField>) -> FormGroup {
    FormGroup { title: title.to_owned(), about: about.to_owned(), folded, fields }
}

/// The words of an enum as options, after one for "not known".
macro_rules! options {
    ($kind:ty) => {
        <$kind>::ALL.iter().map(|value| (value.as_str().to_owned(), value.label().to_owned())).collect::<Vec<_>>()
    };
    ($kind:ty, $none:expr) => {
        std::iter::once((String::new(), $none.to_owned()))
            .chain(<$kind>::ALL.iter().map(|value| (value.as_str().to_owned(), value.label().to_owned())))
            .collect::<Vec<_>>()
    };
}
pub(super) use options;

/// What is stored, or nothing.
pub fn or_blank(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
