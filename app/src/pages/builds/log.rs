//! What a build printed, as it comes. A page is made with the end of it, so that it reads without a script; what comes later is
//! asked for from there on and appended, which costs the browser no more than the new lines.

use crate::wire::{BuildPageView, LogView};
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::HtmlPreElement;

/// Most spans that are kept; the oldest go first.
const KEPT: u32 = 4000;
/// So many pixels from the end still are the end.
const NEAR: i32 = 8;

/// The place up to which a page has the log, and a number to count up when there is more to be asked for.
#[derive(Clone, Copy)]
pub struct Reading {
    /// The server's word for the place; empty at first.
    pub place: StoredValue<String>,
    /// Counts up to ask again at once.
    pub again: RwSignal<u32>,
}

impl Reading {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self { place: StoredValue::new(String::new()), again: RwSignal::new(0) }
    }
}

/// The log.
#[component]
pub fn Log(page: Memo<BuildPageView>, reading: Reading) -> impl IntoView {
    let element = NodeRef::<html::Pre>::new();
    let LogView { spans, cut, place, .. } = page.with_untracked(|page| page.log.clone());
    // What is drawn here is where the log is read on from; an answer that came before the effect runs is not drawn yet.
    reading.place.set_value(place);
    let spans = spans.into_iter().map(|(class, text)| view! { <span class=class>{text}</span> }).collect_view();
    let cut = RwSignal::new(cut);
    Effect::new(move |before: Option<()>| {
        let part = page.with(|page| page.log.clone());
        let Some(pre) = element.get_untracked() else { return };
        if before.is_none() {
            pre.set_scroll_top(pre.scroll_height());
        }
        let place = reading.place.get_value();
        if part.from != place {
            // Asked from an earlier place than the page has reached since: nothing is shown twice, nothing is missed.
            if part.place != place {
                reading.again.update(|again| *again += 1);
            }
            return;
        }
        reading.place.set_value(part.place);
        if append(&pre, &part.spans) {
            cut.set(true);
        }
        if part.more {
            reading.again.update(|again| *again += 1);
        }
    });
    let nothing = move || if page.with(|page| page.now.open) { "Nothing printed yet." } else { "It printed nothing." };
    let left_out =
        move || cut.get().then(|| view! { <p class="muted">"The beginning is left out here; the machine API has all of it."</p> });
    view! {
        {left_out}
        <pre class="build-log" data-testid="build-log" role="log" aria-live="off" tabindex="0" aria-label="What the program printed" node_ref=element>
            {spans}
        </pre>
        <p class="muted build-log-nothing">{nothing}</p>
    }
    .into_any()
}

/// Appends text, and stays at the end where the reader was. `true`: the beginning had to go.
fn append(pre: &HtmlPreElement, spans: &[(String, String)]) -> bool {
    let follows = pre.scroll_height() - pre.scroll_top() - pre.client_height() <= NEAR;
    for (class, text) in spans {
        let Ok(span) = document().create_element("span") else { return false };
        span.set_class_name(class);
        span.set_text_content(Some(text));
        let _ = pre.append_child(&span);
    }
    let mut dropped = false;
    while pre.child_element_count() > KEPT
        && let Some(first) = pre.first_element_child()
    {
        first.remove();
        dropped = true;
    }
    if follows {
        pre.set_scroll_top(pre.scroll_height());
    }
    dropped
}
