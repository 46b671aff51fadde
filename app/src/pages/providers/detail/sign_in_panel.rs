//! A browser or device-code sign-in.

use super::screen::Screen;
use leptos::prelude::*;
use vocab::AuthMethod;

/// The button of the method, and why it cannot be pressed.
#[component]
pub fn SignInPanel(screen: Screen) -> impl IntoView {
    let label = move || sign_in_label(screen.id().as_str(), &screen.name(), screen.method.get());
    let reason = screen.part(|detail| detail.methods.clone());
    let reason = move || {
        let chosen = screen.method.get();
        let reason =
            reason.with(|methods| methods.iter().find(|method| method.kind == chosen).and_then(|method| method.unavailable.clone()));
        reason.unwrap_or_else(|| "This version of Purser cannot start this sign-in.".to_owned())
    };
    view! {
        <div class="actions sticky-action">
            <button type="button" class="button primary" disabled=true aria-describedby="sign-in-reason">
                {label}
            </button>
            <p class="muted reason" id="sign-in-reason">
                {reason}
            </p>
        </div>
    }
    .into_any()
}

/// xAI's device sign-in is known by the product's name.
fn sign_in_label(id: &str, name: &str, method: AuthMethod) -> String {
    if id == "xai" && method == AuthMethod::DeviceCode { "Sign in to Grok".to_owned() } else { format!("Sign in with {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_account() {
        assert_eq!(sign_in_label("xai", "xAI / Grok", AuthMethod::DeviceCode), "Sign in to Grok");
        assert_eq!(sign_in_label("codex", "OpenAI Codex", AuthMethod::OAuth), "Sign in with OpenAI Codex");
    }
}
