//! What came of a sign-in: said where the browser ends (`?oauth=success`), and for a failure as long as it is news.

use super::super::screen::Screen;
use crate::components::Notice;
use crate::wire::SignInFailure;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use vocab::{FlowFailure, Tone};

/// Words for the outcome. What comes from the address is one of our own words, never the provider's free text.
#[component]
pub fn SignInResult(screen: Screen) -> impl IntoView {
    let query = use_query_map();
    let name = screen.name();
    let facts = screen.part(|detail| (detail.row.method.is_some(), detail.sign_in_failure.clone(), detail.sign_ins.is_empty()));
    let outcome = Memo::new(move |_| {
        let (connected, failure, quiet) = facts.get();
        let asked = query.with(|query| (query.get("oauth"), query.get("reason")));
        // While the next sign-in is under way, the last one is no news.
        said(&name, (asked.0.as_deref(), asked.1.as_deref()), connected, failure).filter(|_| quiet)
    });
    move || {
        outcome.get().map(|(tone, words, theirs)| {
            let theirs = (!theirs.is_empty()).then(|| view! { <p class="muted">"In the provider's words: " {theirs}</p> });
            view! {
                <div role="status">
                    <Notice tone=tone>{words} {theirs}</Notice>
                </div>
            }
        })
    }
}

/// Tone, our words, the provider's words.
fn said(
    name: &str,
    asked: (Option<&str>, Option<&str>),
    connected: bool,
    failure: Option<SignInFailure>,
) -> Option<(Tone, String, String)> {
    let failed = |reason: FlowFailure, words: String| Some((Tone::Bad, reason.words().replace("{}", name), words));
    match (asked.0, failure) {
        (Some("success"), None) if connected => Some((Tone::Ok, format!("You are signed in to {name}."), String::new())),
        (_, Some(failure)) => failed(failure.reason, failure.words),
        (Some("error"), None) => {
            let reason = asked.1.and_then(|reason| reason.parse().ok()).unwrap_or(FlowFailure::ProviderRefused);
            failed(reason, String::new())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_words_are_taken_from_the_address() {
        let said = |oauth, reason, connected| said("OpenAI Codex", (oauth, reason), connected, None);
        assert_eq!(said(None, None, true), None);
        assert_eq!(said(Some("<b>"), None, true), None);
        assert_eq!(said(Some("success"), None, false), None, "undone meanwhile");
        let (tone, text, _) = said(Some("error"), Some("access_denied"), false).unwrap();
        assert_eq!((tone, text.as_str()), (Tone::Bad, "OpenAI Codex says the sign-in was denied. Start again and choose Allow."));
        let (_, text, _) = said(Some("error"), Some("<script>"), false).unwrap();
        assert!(!text.contains("script"));
    }
}
