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
    let (add_error, end_error) = (error_of(add), error_of(end));
    move || {
        let Things { id, rows, add: fields } = things.get();
        if rows.is_empty() && fields.is_empty() {
            return None;
        }
        let may_end = !fields.is_empty();
        let row = |(key, cells): (String, Vec<Cell>)| {
            let id = id.clone();
            let button = may_end.then(|| {
                view! {
                    <PostForm action=end>
                        <input type="hidden" name="id" value=id />
                        <input type="hidden" name=words.key value=key />
                        <SubmitButton label=words.end tone="plain" pending=end.pending() />
                    </PostForm>
                }
            });
            let cells = cells.into_iter().map(|cell| view! { <span>{shown(cell)}</span> }).collect_view();
            view! { <li>{cells} {button}</li> }
        };
        let rows = rows.into_iter().map(row).collect_view();
        let form = may_end.then(|| {
            let control = |field| view! { <FormControl field=field error=add_error of=words.id /> };
            let controls = fields.into_iter().map(control).collect_view();
            view! {
                <details class="more" open=move || add_error.with(Option::is_some)>
                    <summary>{words.add}</summary>
                    <PostForm action=add>
                        <ErrorNote error=add_error />
                        <input type="hidden" name="id" value=id.clone() />
                        <div class="form-fields">{controls}</div>
                        <SubmitButton label=words.add pending=add.pending() />
                    </PostForm>
                </details>
            }
        });
        let card = view! {
            <Card title=words.title id=words.id>
                <p class="muted">{words.about}</p>
                <ErrorNote error=end_error />
                <ul class="price-list">{rows}</ul>
                {form}
            </Card>
        };
        Some(card.into_any())
    }
}
