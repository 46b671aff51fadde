//! What a pasted key looks like, and the way to its provider.

use super::Recognition;
use crate::components::{ErrorNote, Icon, IconName, error_of};
use crate::pages::providers::PastedKey;
use crate::routes;
use crate::wire::KeyGuess;
use leptos::prelude::*;

/// Empty until a key was pasted.
#[component]
pub fn KeyGuesses(recognition: Recognition) -> impl IntoView {
    let (value, pending) = (recognition.action.value(), recognition.action.pending());
    let panel = move || {
        if pending.get() {
            return Some(view! { <p class="muted">"Looking at how the key begins…"</p> }.into_any());
        }
        let guesses = value.get()?.ok()?;
        Some(view! { <Guesses guesses=guesses recognition=recognition /> }.into_any())
    };
    view! {
        <div role="status" class="key-guesses">
            {panel}
        </div>
        <ErrorNote error=error_of(recognition.action) />
    }
    .into_any()
}

#[component]
fn Guesses(guesses: Vec<KeyGuess>, recognition: Recognition) -> impl IntoView {
    let sentence = sentence(&guesses);
    let links = guesses.into_iter().map(|guess| view! { <Open guess=guess recognition=recognition /> }).collect_view();
    view! {
        <div class="notice info">
            <Icon name=IconName::Key />
            <div>
                <p>{sentence}</p>
                <div class="actions">
                    {links} <button type="button" class="button quiet" on:click=move |_| recognition.forget()>
                        "Forget the key"
                    </button>
                </div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Open(guess: KeyGuess, recognition: Recognition) -> impl IntoView {
    let pasted = use_context::<PastedKey>();
    let href = routes::provider(&guess.id);
    let label = format!("Open {}", guess.name);
    let carry = move |_| {
        if let Some(pasted) = pasted {
            pasted.keep(guess.id.clone(), recognition.key.get_untracked());
        }
    };
    view! {
        <a class="button primary" href=href on:click=carry>
            {label}
        </a>
    }
    .into_any()
}

fn sentence(guesses: &[KeyGuess]) -> String {
    match guesses {
        [] => "No provider's keys are known to begin like this. Open the provider below and paste the key there.".to_owned(),
        [only] => format!("This looks like a key of {}. It is checked there before it is saved.", only.name),
        [first, .., last] if guesses.len() == 2 => format!("This looks like a key of {} or {}.", first.name, last.name),
        _ => "Several providers' keys begin like this. Which one is it from?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_provider() {
        let guess = |name: &str| KeyGuess { id: "openai".parse().unwrap(), name: name.to_owned() };
        assert!(sentence(&[]).starts_with("No provider"));
        assert!(sentence(&[guess("OpenAI")]).contains("key of OpenAI."));
        assert!(sentence(&[guess("A"), guess("B")]).contains("A or B"));
        assert!(sentence(&[guess("A"), guess("B"), guess("C")]).starts_with("Several"));
    }
}
