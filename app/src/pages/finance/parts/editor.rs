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
    let (version, stored) = (RwSignal::new(first.version), RwSignal::new(first.groups));
    let saved_here = StoredValue::new(false);
    Effect::new(move || {
        if ok.get() {
            saved_here.set_value(true);
        }
    });
    let take = move || {
        let newest = form.get_untracked();
        version.set(newest.version);
        stored.set(newest.groups);
    };
    Effect::new(move || {
        let newest = form.with(|form| form.version);
        if saved_here.get_value() && newest != version.get_untracked() {
            saved_here.set_value(false);
            take();
        }
    });
    let overtaken = Memo::new(move |_| form.with(|form| form.version) != version.get());
    let notice = move || {
        overtaken.get().then(|| {
            let (by, changes) = form.with(|form| (form.changed_by.clone(), stored.with_untracked(|before| changes(before, &form.groups))));
            let who = if by.is_empty() { "Somebody".to_owned() } else { by };
            view! {
                <Notice tone=Tone::Warn>
                    <p>{format!("{who} saved this while you were editing. Your entries are still here.")}</p>
                    <ul>{changes.into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
                    <div class="actions">
                        <button type="button" class="button" on:click=move |_| version.set(form.get_untracked().version)>
                            "Keep my entries"
                        </button>
                        <button type="button" class="button" on:click=move |_| take()>
                            "Take what is stored"
                        </button>
                    </div>
                </Notice>
            }
        })
    };
    let buttons = saves
        .into_iter()
        .map(|save| {
            let tone = if save.primary { "primary" } else { "plain" };
            if save.then.is_empty() {
                return view! { <SubmitButton label=save.label pending=pending tone=tone /> }.into_any();
            }
            view! {
                <button type="submit" name="then" value=save.then class=format!("button {tone}") aria-busy=move || pending.get().then_some("true")>
                    {save.label}
                </button>
            }
            .into_any()
        })
        .collect_view();
    let done = move || ok.get().then_some("Saved.");
    view! {
        <div class="editor">
            {(!id.is_empty()).then(|| view! { <input type="hidden" name="id" value=id /> })}
            <input type="hidden" name="version" prop:value=move || version.get().to_string() value=first.version.to_string() />
            <ErrorNote error=error />
            <div role="status">{notice}</div>
            {move || fields(stored.get(), &needed.get(), error)}
            <div class="actions sticky-action">
                {buttons} <span class="muted" role="status">{done}</span>
            </div>
        </div>
    }
    .into_any()
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
