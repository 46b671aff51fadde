//! The button that sends a form.

use leptos::prelude::*;

/// A submit button that cannot be pressed twice while its form is under way. It stays focusable meanwhile.
#[component]
pub fn SubmitButton(
    /// The words.
    #[prop(into)]
    label: String,
    /// Is the form being sent?
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// `primary`, `plain` or `danger`.
    #[prop(default = "primary")]
    tone: &'static str,
    /// Disabled altogether.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    // A button that disables itself loses the focus; this one only ignores the second press.
    let ignore_twice = move |event: leptos::ev::MouseEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="submit"
            class=format!("button {tone}")
            aria-busy=move || pending.get().then_some("true")
            aria-disabled=move || pending.get().then_some("true")
            disabled=move || disabled.get()
            on:click=ignore_twice
        >
            {label}
        </button>
    }
}
