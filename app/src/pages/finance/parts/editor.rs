//! A form over something that others may change meanwhile: nothing that was typed is lost, and nothing is overwritten unseen.

use super::field::fields;
use crate::components::{ErrorNote, Notice, SubmitButton};
use crate::wire::{AppError, FormField, FormGroup, FormView};
use leptos::prelude::*;
use std::collections::BTreeMap;
use vocab::Tone;

/// A button that sends the form: the value of `then`, words, and whether it is the main one.
#[derive(Clone)]
pub struct Save {
    /// Sent as `then`; empty: nothing is.
    pub then: &'static str,
    /// The words.
    pub label: &'static str,
    /// Is it the main one?
    pub primary: bool,
}

/// What stands inside the form. Its fields are built from what was stored when the page was opened, and anew after each save
/// from here. When somebody else saved, it says what changed and lets the person decide.
#[component]
pub fn Editor(
    /// The last answer's error.
    error: Signal<Option<AppError>>,
    /// Did the last save go well?
    ok: Signal<bool>,
    /// Is one under way?
    #[prop(into)]
    pending: Signal<bool>,
    /// What is stored.
    form: Memo<FormView>,
    /// What is still missing, by field.
    #[prop(optional, into)]
    needed: Signal<BTreeMap<String, String>>,
    /// Id of what is edited; empty for something new.
    #[prop(into)]
    id: String,
    /// The buttons.
    saves: Vec<Save>,
) -> impl IntoView {
    let first = form.get_untracked();
    let at = Place { version: RwSignal::new(first.version), stored: RwSignal::new(first.groups), form };
    at.follow(ok);
    let done = move || ok.get().then_some("Saved.");
    view! {
        <div class="editor">
            {(!id.is_empty()).then(|| view! { <input type="hidden" name="id" value=id /> })}
            <input type="hidden" name="version" prop:value=move || at.version.get().to_string() value=first.version.to_string() />
            <ErrorNote error=error />
            <div role="status">{move || (!pending.get() && at.overtaken()).then(|| overtaken(at))}</div>
            // Only a save from here builds the fields anew: what is typed stays, whatever happens elsewhere.
            {move || fields(at.stored.get(), &needed.get_untracked(), error)}
            <div class="actions sticky-action">
                {buttons(saves, pending)} <span class="muted" role="status">{done}</span>
            </div>
        </div>
    }
    .into_any()
}

/// What the form rests on, and what is stored now.
#[derive(Clone, Copy)]
struct Place {
    version: RwSignal<i64>,
    stored: RwSignal<Vec<FormGroup>>,
    form: Memo<FormView>,
}

impl Place {
    /// Takes what is stored once a save from here went well, whichever of the two is heard of first.
    fn follow(self, ok: Signal<bool>) {
        let saved_here = StoredValue::new(false);
        Effect::new(move |before: Option<bool>| {
            let (now, newest) = (ok.get(), self.form.with(|form| form.version));
            if now && before == Some(false) {
                saved_here.set_value(true);
            }
            if saved_here.get_value() && newest != self.version.get_untracked() {
                saved_here.set_value(false);
                self.take();
            }
            now
        });
    }

    fn take(self) {
        let newest = self.form.get_untracked();
        self.version.set(newest.version);
        self.stored.set(newest.groups);
    }

    fn overtaken(self) -> bool {
        self.form.with(|form| form.version) != self.version.get()
    }
}

/// Who saved meanwhile, what changed, and the two ways on.
fn overtaken(at: Place) -> impl IntoView {
    let (by, changes) = at.form.with(|form| (form.changed_by.clone(), at.stored.with_untracked(|before| changes(before, &form.groups))));
    let who = if by.is_empty() { "Somebody".to_owned() } else { by };
    let keep = move |_| at.version.set(at.form.get_untracked().version);
    view! {
        <Notice tone=Tone::Warn>
            <p>{format!("{who} saved this while you were editing. Your entries are still here.")}</p>
            <ul>{changes.into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
            <div class="actions">
                <button type="button" class="button" on:click=keep>
                    "Keep my entries"
                </button>
                <button type="button" class="button" on:click=move |_| at.take()>
                    "Take what is stored"
                </button>
            </div>
        </Notice>
    }
}

fn buttons(saves: Vec<Save>, pending: Signal<bool>) -> AnyView {
    let button = |save: Save| {
        let tone = if save.primary { "primary" } else { "plain" };
        if save.then.is_empty() {
            return view! { <SubmitButton label=save.label pending=pending tone=tone /> }.into_any();
        }
        let busy = move || pending.get().then_some("true");
        view! {
            <button type="submit" name="then" value=save.then class=format!("button {tone}") aria-busy=busy>
                {save.label}
            </button>
        }
        .into_any()
    };
    saves.into_iter().map(button).collect_view().into_any()
}

/// Which fields were changed, from what to what.
fn changes(before: &[FormGroup], after: &[FormGroup]) -> Vec<String> {
    let all = |groups: &[FormGroup]| -> Vec<FormField> { groups.iter().flat_map(|group| group.fields.clone()).collect() };
    let before = all(before);
    let value = |field: &FormField| {
        let words = field.options.iter().find(|(value, _)| *value == field.value).map_or(&field.value, |(_, words)| words);
        if words.is_empty() { "nothing".to_owned() } else { words.clone() }
    };
    let changed = all(after).into_iter().filter_map(|field| {
        let old = before.iter().find(|old| old.name == field.name);
        let same = old.map_or_else(|| field.value.is_empty(), |old| old.value == field.value);
        let old = old.map_or_else(|| "nothing".to_owned(), value);
        (!same && !field.label.is_empty()).then(|| format!("{}: {old} → {}", field.label, value(&field)))
    });
    changed.collect()
}
