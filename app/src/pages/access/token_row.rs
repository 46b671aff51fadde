//! One token.

use crate::components::{Chip, ConfirmButton, Moment, MomentForm, Post, PostForm};
use crate::server_fns::access::RevokeAccessToken;
use crate::wire::{self, AccessTokenView};
use leptos::prelude::*;
use vocab::{AccessTokenId, Tone};

/// What it is, what it may do, and a button that stops it.
#[component]
pub fn TokenRow(token: AccessTokenView, revoke: Post<RevokeAccessToken>) -> impl IntoView {
    let (tone, state) = state(&token);
    let limits = limits(&token);
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    let button = token.live.then(|| view! { <Revoke id=token.id name=token.name.clone() revoke=revoke /> });
    view! {
        <tr>
            <th scope="row">
                <span class="name-line">{token.name}</span>
                <code class="muted token-hint">{token.hint}</code>
            </th>
            <td data-label="May">
                <span>{scopes.join(", ")}</span>
                {limits.map(|limits| view! { <span class="muted block">{limits}</span> })}
            </td>
            <td data-label="Created" class="day">
                <Moment at=token.created form=MomentForm::Day />
                <span class="muted block">"by " {token.created_by}</span>
            </td>
            <td data-label="Expires" class="day">{moment_or(token.expires, MomentForm::Day, "Never")}</td>
            <td data-label="Last used">{moment_or(token.last_used, MomentForm::Ago, "Not yet")}</td>
            <td data-label="State">
                <Chip tone=tone label=state />
                {token.revoked.map(|at| view! { <span class="muted block"><Moment at=at form=MomentForm::Day /></span> })}
            </td>
            <td class="row-action">{button}</td>
        </tr>
    }
}

/// Asks once, then stops the token at once.
#[component]
fn Revoke(id: AccessTokenId, name: String, revoke: Post<RevokeAccessToken>) -> impl IntoView {
    let pending = revoke.pending_about(id.to_string());
    view! {
        <PostForm action=revoke>
            <input type="hidden" name="id" value=id.to_string() />
            <ConfirmButton
                id=format!("revoke-{id}")
                label="Revoke"
                question=format!("Revoke “{name}”? Whatever uses it stops working at once, and it cannot be brought back.")
                confirm_label="Revoke token"
                pending=pending
            />
        </PostForm>
    }
}

fn moment_or(at: Option<wire::Moment>, form: MomentForm, nothing: &'static str) -> AnyView {
    match at {
        Some(at) => view! { <Moment at=at form=form /> }.into_any(),
        None => view! { <span class="muted">{nothing}</span> }.into_any(),
    }
}

fn state(token: &AccessTokenView) -> (Tone, &'static str) {
    match (token.live, &token.revoked) {
        (true, _) => (Tone::Ok, "Active"),
        (false, Some(_)) => (Tone::Neutral, "Revoked"),
        (false, None) => (Tone::Warn, "Expired"),
    }
}

/// "Only openai, xai · only gpt-5"; nothing when it is not limited.
fn limits(token: &AccessTokenView) -> Option<String> {
    let providers: Vec<&str> = token.providers.iter().map(vocab::ProviderId::as_str).collect();
    let parts: Vec<String> = [providers, token.models.iter().map(String::as_str).collect()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| format!("only {}", part.join(", ")))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> AccessTokenView {
        let at = wire::Moment { unix: 0, iso: "1970-01-01T00:00:00Z".into() };
        AccessTokenView {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            name: "report".into(),
            hint: "pur_AbCd…".into(),
            scopes: vec![],
            providers: vec![],
            models: vec![],
            created_by: "Ann".into(),
            created: at.clone(),
            expires: Some(at.clone()),
            last_used: None,
            revoked: None,
            live: true,
        }
    }

    #[test]
    fn says_why_a_token_does_not_work() {
        let at = token().created;
        assert_eq!(state(&token()).1, "Active");
        assert_eq!(state(&AccessTokenView { live: false, ..token() }).1, "Expired");
        assert_eq!(state(&AccessTokenView { live: false, revoked: Some(at), ..token() }).1, "Revoked");
    }

    #[test]
    fn says_what_a_token_is_limited_to() {
        assert_eq!(limits(&token()), None);
        let limited = AccessTokenView { providers: vec!["openai".parse().unwrap()], models: vec!["a".into(), "b".into()], ..token() };
        assert_eq!(limits(&limited).as_deref(), Some("only openai · only a, b"));
    }
}
