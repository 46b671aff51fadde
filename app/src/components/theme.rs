//! Light, dark, or as the system has it.

use super::{Icon, IconName};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Name of the cookie that remembers the choice.
const COOKIE: &str = "purser_theme";
/// A year, in seconds.
const MAX_AGE: u32 = 31_536_000;

/// The theme this browser chose, `light` or `dark`; `None` follows the system. The server provides it as a context from the
/// cookie `purser_theme`, so that the first paint is right without a script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThemeChoice(pub Option<String>);

impl ThemeChoice {
    /// The value of `data-theme`, if it is one the style sheet knows.
    pub fn attribute(&self) -> Option<&'static str> {
        match self.0.as_deref() {
            Some("light") => Some("light"),
            Some("dark") => Some("dark"),
            _ => None,
        }
    }
}

const CHOICES: [(&str, &str, IconName); 3] =
    [("system", "System", IconName::Screen), ("light", "Light", IconName::Sun), ("dark", "Dark", IconName::Moon)];

/// Three buttons. They need JavaScript; without it the system's choice holds.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    // Which one is on is only known to the document, not to the server's markup of the buttons.
    Effect::new(move || chosen.set(current()));
    let buttons = CHOICES.map(|(value, label, icon)| {
        let choose = move |_| {
            apply(value);
            chosen.set(value.to_owned());
        };
        let pressed = move || (chosen.get() == value).to_string();
        view! {
            <button type="button" class="theme-option" aria-pressed=pressed on:click=choose>
                <Icon name=icon />
                {label}
            </button>
        }
    });
    view! {
        <div class="theme-switch needs-js" role="group" aria-label="Theme">
            {buttons.collect_view()}
        </div>
    }
    .into_any()
}

fn current() -> String {
    let root = document().document_element();
    root.and_then(|root| root.get_attribute("data-theme")).unwrap_or_else(|| "system".to_owned())
}

fn apply(value: &str) {
    if let Some(root) = document().document_element() {
        let _ = if value == "system" { root.remove_attribute("data-theme") } else { root.set_attribute("data-theme", value) };
    }
    let max_age = if value == "system" { 0 } else { MAX_AGE };
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(&format!("{COOKIE}={value}; Path=/; Max-Age={max_age}; SameSite=Lax"));
    }
}

#[cfg(test)]
mod tests {
    use super::ThemeChoice;

    #[test]
    fn knows_two_themes_only() {
        for (given, attribute) in [(None, None), (Some("dark"), Some("dark")), (Some("light"), Some("light")), (Some("\"><script>"), None)]
        {
            assert_eq!(ThemeChoice(given.map(str::to_owned)).attribute(), attribute);
        }
    }
}
