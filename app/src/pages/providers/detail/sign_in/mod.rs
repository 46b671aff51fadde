//! Signing in at the provider, in the browser or with a code.

mod begin;
mod code;
mod device;
mod owner_switch;
mod result;
mod waiting;

pub use result::SignInResult;

use super::screen::Screen;
use crate::wire::MethodView;
use begin::BeginForm;
use device::DevicePanel;
use leptos::prelude::*;
use owner_switch::OwnerSwitchForm;
use vocab::AuthMethod;
use waiting::Waiting;

/// What the chosen sign-in method offers now: a reason why not, the owner's switch, the button, or the waiting.
#[component]
pub fn SignInPanel(screen: Screen) -> impl IntoView {
    let chosen = screen.part(|detail| detail.methods.clone());
    let chosen = move || {
        let kind = screen.method.get();
        chosen.with(|methods| methods.iter().find(|method| method.kind == kind).cloned())
    };
    view! {
        <Waiting screen=screen />
        {move || chosen().map(|method| offer(screen, &method))}
    }
    .into_any()
}

fn offer(screen: Screen, method: &MethodView) -> AnyView {
    if let Some(reason) = &method.unavailable {
        return view! { <Unavailable screen=screen reason=reason.clone() /> }.into_any();
    }
    if method.kind == AuthMethod::DeviceCode {
        return view! { <DevicePanel screen=screen /> }.into_any();
    }
    let switch = method.owner_switch.clone();
    let open = switch.as_ref().is_none_or(|switch| switch.on);
    view! {
        {open.then(|| view! { <BeginForm screen=screen /> })}
        {switch.map(|switch| view! { <OwnerSwitchForm screen=screen on=switch.on may_turn=switch.may_turn /> })}
    }
    .into_any()
}

/// The button of the method, and why it cannot be pressed.
#[component]
fn Unavailable(screen: Screen, reason: String) -> impl IntoView {
    view! {
        <div class="actions sticky-action">
            <button type="button" class="button primary" disabled=true aria-describedby="sign-in-reason">
                {button_label(screen)}
            </button>
            <p class="muted reason" id="sign-in-reason">
                {reason}
            </p>
        </div>
    }
    .into_any()
}

/// The words of the sign-in button.
fn button_label(screen: Screen) -> String {
    label(screen.id().as_str(), &screen.name(), screen.method.get())
}

/// xAI's device sign-in is known by the product's name.
fn label(id: &str, name: &str, method: AuthMethod) -> String {
    if id == "xai" && method == AuthMethod::DeviceCode { "Sign in to Grok".to_owned() } else { format!("Sign in with {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_account() {
        assert_eq!(label("xai", "xAI / Grok", AuthMethod::DeviceCode), "Sign in to Grok");
        assert_eq!(label("codex", "OpenAI Codex", AuthMethod::OAuth), "Sign in with OpenAI Codex");
    }
}
