//! What a form's last answer says about it and about each of its fields.

use crate::components::{FormFn, Post};
use crate::wire::AppError;
use leptos::prelude::*;

/// The error of the last answer. It goes away while the next one is on its way, so that the same error a second time is
/// announced again. Without JavaScript it comes from the address the server redirected to.
pub fn error_of<S: FormFn>(action: Post<S>) -> Signal<Option<AppError>> {
    let (value, pending) = (action.value(), action.pending());
    Signal::derive(move || {
        if pending.get() {
            return None;
        }
        value.with(|value| value.as_ref().and_then(|answer| answer.as_ref().err().cloned()))
    })
}

/// Did the last answer say that all went well?
pub fn succeeded<S: FormFn>(action: Post<S>) -> Signal<bool> {
    let (value, pending) = (action.value(), action.pending());
    Signal::derive(move || !pending.get() && value.with(|value| matches!(value, Some(Ok(_)))))
}

/// What is wrong with one field.
pub fn field_error(error: Signal<Option<AppError>>, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || error.with(|error| error.as_ref().and_then(|error| error.field(name))))
}
