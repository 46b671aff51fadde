//! Things that are entered one by one and taken back one by one: prices, vendors' figures.

use super::cell::shown;
use super::field::FormControl;
use crate::components::{Card, ErrorNote, FormFn, Post, PostForm, SubmitButton, error_of};
use crate::wire::{Cell, FormField};
use leptos::prelude::*;

/// What such a list is called, and what its buttons say.
#[derive(Clone, Copy)]
pub struct Words {
    /// The heading.
    pub title: &'static str,
    /// Anchor of the section, and the start of its fields' ids.
    pub id: &'static str,
    /// A sentence below the heading.
    pub about: &'static str,
    /// Words of the button that adds one.
    pub add: &'static str,
    /// Words of the button that takes one back.
    pub end: &'static str,
    /// Name of the field that says which one is taken back.
    pub key: &'static str,
}

/// Things by key, and the fields of one more; no fields for who may only look.
#[derive(Clone, PartialEq)]
pub struct Things {
    /// Of what they are.
    pub id: String,
    /// Key and cells of each.
    pub rows: Vec<(String, Vec<Cell>)>,
    /// A form for one more.
    pub add: Vec<FormField>,
}

/// The card. Nothing where there is nothing to show or do.
#[component]
pub fn Listed<A: FormFn, E: FormFn>(words: Words, things: Memo<Things>, add: Post<A>, end: Post<E>) -> impl IntoView {
    move || {
        let Things { id, rows, add: fields } = things.get();
        if rows.is_empty() && fields.is_empty() {
            return None;
        }
        let may_end = !fields.is_empty();
        let rows = rows.into_iter().map(|(key, cells)| row(words, cells, may_end.then(|| (id.clone(), key)), end)).collect_view();
        let form = may_end.then(|| form(words, id.clone(), fields, add));
        let card = view! {
            <Card title=words.title id=words.id>
                <p class="muted">{words.about}</p>
                <ErrorNote error=error_of(end) />
                <ul class="price-list">{rows}</ul>
                {form}
            </Card>
        };
        Some(card.into_any())
    }
}

/// One, with the button that takes it back: of what it is, and its key.
fn row<E: FormFn>(words: Words, cells: Vec<Cell>, end: Option<(String, String)>, action: Post<E>) -> AnyView {
    let button = end.map(|(id, key)| {
        view! {
            <PostForm action=action>
                <input type="hidden" name="id" value=id />
                <input type="hidden" name=words.key value=key />
                <SubmitButton label=words.end tone="plain" pending=action.pending() />
            </PostForm>
        }
    });
    let cells = cells.into_iter().map(|cell| view! { <span>{shown(cell)}</span> }).collect_view();
    view! { <li>{cells} {button}</li> }.into_any()
}

/// A form for one more.
fn form<A: FormFn>(words: Words, id: String, fields: Vec<FormField>, add: Post<A>) -> AnyView {
    let error = error_of(add);
    let controls = fields.into_iter().map(|field| view! { <FormControl field=field error=error of=words.id /> }).collect_view();
    view! {
        <details class="more" open=move || error.with(Option::is_some)>
            <summary>{words.add}</summary>
            <PostForm action=add>
                <ErrorNote error=error />
                <input type="hidden" name="id" value=id />
                <div class="form-fields">{controls}</div>
                <SubmitButton label=words.add pending=add.pending() />
            </PostForm>
        </details>
    }
    .into_any()
}
