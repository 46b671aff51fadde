//! What the chosen method is for, what it costs, and the vendor's rule.

use super::screen::Screen;
use crate::components::Chip;
use crate::wire::MethodView;
use leptos::prelude::*;
use vocab::Tone;

/// One sentence each, from the catalogue, with the day the rule was last read.
#[component]
pub fn AboutMethod(screen: Screen) -> impl IntoView {
    let method = screen.part(|detail| detail.methods.clone());
    move || {
        let chosen = screen.method.get();
        method.with(|methods| methods.iter().find(|method| method.kind == chosen).cloned()).map(|method| view! { <About method=method /> })
    }
}

#[component]
fn About(method: MethodView) -> impl IntoView {
    let rule_url = method.rule_url.map(|url| {
        view! {
            " "
            <a href=url rel="noopener noreferrer" target="_blank">
                "Read it"
                <span class="visually-hidden">" (opens in a new tab)"</span>
            </a>
        }
    });
    view! {
        <div class="about-method">
            {method.recommended.then(|| view! { <Chip tone=Tone::Ok label="Recommended" /> })}
            <p>{method.purpose}</p>
            <p class="muted">{method.cost}</p>
            <p class="muted">
                {method.rule}" "<span class="small-print">"Rule last reviewed "{method.reviewed}"."{rule_url}</span>
            </p>
        </div>
    }
    .into_any()
}
