//! The one thing to do now, when the state asks for one.

use super::screen::Screen;
use crate::components::Notice;
use crate::wire::{HealthAction, HealthView, LinkView, ProviderDetail};
use leptos::prelude::*;

/// What to do, in a sentence, and the way there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    health: HealthView,
    words: String,
    /// Label and address of the button.
    way: Option<(String, String)>,
}

/// Nothing at all while all is well.
#[component]
pub fn NextStep(screen: Screen) -> impl IntoView {
    let step = screen.part(step);
    move || {
        step.get().filter(|_| screen.may_manage.get()).map(|step| {
            view! {
                <Notice tone=step.health.health.tone()>
                    <p class="next-words">{step.words}</p>
                    {step
                        .way
                        .map(|(label, href)| {
                            let outside = href.starts_with("https:");
                            view! {
                                <a
                                    class="button"
                                    href=href
                                    target=outside.then_some("_blank")
                                    rel=outside.then_some("noopener noreferrer")
                                >
                                    {label}
                                </a>
                            }
                        })}
                </Notice>
            }
        })
    }
}

fn step(detail: &ProviderDetail) -> Option<Step> {
    let name = &detail.row.name;
    let here = |label: &str, anchor: &str| Some((label.to_owned(), anchor.to_owned()));
    let (words, way) = match detail.row.health.action? {
        HealthAction::Connect => return None,
        HealthAction::Test => ("The state may have changed since: test the connection.".to_owned(), here("Go to the test", "#connection")),
        HealthAction::ReplaceKey => {
            (format!("{name} does not accept the stored key. Paste another one."), here("Paste another key", "#authentication"))
        }
        HealthAction::AddFunds => {
            (format!("The account at {name} has no money or quota left. Add some there, then test the connection."), billing(&detail.links))
        }
        HealthAction::SignIn => ("Token expired — sign in again.".to_owned(), here("Sign in again", "#authentication")),
        HealthAction::Enable => {
            (format!("{name} is switched off: agents get no answers from it. The credential is kept."), here("Switch it on", "#connection"))
        }
        HealthAction::Sync => ("No eligible endpoints — sync models & profiles.".to_owned(), here("Go to the models", "#models")),
    };
    Some(Step { health: detail.row.health.clone(), words, way })
}

fn billing(links: &[LinkView]) -> Option<(String, String)> {
    let link = ["Billing", "Console"].iter().find_map(|label| links.iter().find(|link| link.label == *label))?;
    Some((format!("Open {}", link.label.to_lowercase()), link.url.clone()))
}
