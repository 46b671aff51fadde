//! One work item.

use super::parts::{FormControl, shown};
use crate::components::{ErrorNote, Post, PostForm};
use crate::server_fns::finance::ChangeWorkItem;
use crate::wire::{AppError, FieldKind, FormField, ItemView};
use leptos::prelude::*;
use vocab::WorkItemId;
use vocab::finance::WorkItemStatus;

/// What its forms share.
#[derive(Clone, Copy)]
struct Work {
    id: WorkItemId,
    change: Post<ChangeWorkItem>,
    error: Signal<Option<AppError>>,
}

/// What to do, and the one thing that does it; everything else is folded away, unless something was wrong with it.
#[component]
pub fn Item(
    /// Which.
    item: ItemView,
    /// Whom it can be given to.
    people: StoredValue<Vec<(String, String)>>,
    /// Changes any item.
    change: Post<ChangeWorkItem>,
    /// What was wrong with the last change, whichever item it was about.
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    let id = item.id.to_string();
    let error = Signal::derive(move || error.get().filter(|error| error.field("item").as_ref() == Some(&id)));
    let forms = if item.may_work { forms(&item, people, Work { id: item.id, change, error }) } else { Vec::new() };
    let ItemView { title, severity, description, line, overdue, status, action, .. } = item;
    let primary = (status.is_open() && !action.href.is_empty()).then(|| {
        view! {
            <a class="button" href=action.href aria-label=format!("{}: {title}", action.text)>
                {action.text.clone()}
            </a>
        }
    });
    let fold = (!forms.is_empty()).then(|| {
        view! {
            <details class="more item-more" open=move || error.with(Option::is_some)>
                <summary>"Work on it" <span class="visually-hidden">": " {title.clone()}</span></summary>
                <ErrorNote error=error />
                <div class="item-forms">{forms}</div>
            </details>
        }
    });
    view! {
        <li class="work-item" data-testid="work-item">
            <div class="work-item-what">
                <p class="name-line">{shown(severity)} " " {title.clone()}</p>
                {(!description.is_empty()).then(|| view! { <p>{description}</p> })}
                <p class="muted">{line} {overdue.then(|| view! { <strong class="overdue">" · overdue"</strong> })}</p>
                {fold}
            </div>
            {primary}
        </li>
    }
    .into_any()
}

/// What can be done with it, a form each.
fn forms(item: &ItemView, people: StoredValue<Vec<(String, String)>>, work: Work) -> Vec<AnyView> {
    let form = |fields, steps| form(work, fields, steps);
    if !item.status.is_open() {
        return vec![form(Vec::new(), &[("reopen", "Reopen")])];
    }
    let mut forms = Vec::new();
    if item.status == WorkItemStatus::Open {
        forms.push(form(Vec::new(), &[("start", "Begin")]));
    }
    forms.push(form(vec![field(FieldKind::Text, "reason", "Reason", "")], &[("finish", "Resolve"), ("dismiss", "Dismiss")]));
    forms.push(form(vec![field(FieldKind::Date, "until", "Out of sight until", "")], &[("snooze", "Snooze")]));
    let people = people.get_value();
    if !people.is_empty() {
        let options = std::iter::once((String::new(), "Finance queue".to_owned())).chain(people).collect();
        let owner = FormField { options, ..field(FieldKind::Select, "owner", "Owner", &item.owner) };
        forms.push(form(vec![owner], &[("assign", "Assign")]));
        forms.push(form(vec![field(FieldKind::Date, "day", "Due", &item.due)], &[("due", "Set due date")]));
    }
    forms
}

fn form(work: Work, fields: Vec<FormField>, steps: &[(&'static str, &'static str)]) -> AnyView {
    let Work { id, change, error } = work;
    let controls = fields.into_iter().map(|field| view! { <FormControl field=field error=error of=format!("item-{id}") /> }).collect_view();
    let button = |&(step, words): &(&'static str, &'static str)| {
        view! {
            <button type="submit" name="step" value=step class="button">
                {words}
            </button>
        }
    };
    let buttons = steps.iter().map(button).collect_view();
    view! {
        <PostForm action=change>
            <input type="hidden" name="id" value=id.to_string() />
            {controls}
            <div class="actions">{buttons}</div>
        </PostForm>
    }
    .into_any()
}

fn field(kind: FieldKind, name: &str, label: &str, value: &str) -> FormField {
    FormField { name: name.to_owned(), label: label.to_owned(), kind, value: value.to_owned(), help: String::new(), options: Vec::new() }
}
