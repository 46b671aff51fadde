//! Work items.

use super::fields::{choice, options, tick};
use super::read::{Fields, Reader};
use super::words::{chip, day, grid, instant, link, noted, text};
use crate::routes;
use crate::wire::{AppError, Cell, ErrorCode, FormField, Grid, ItemFilter, ItemList, ItemView};
use domain::finance::work_item::WorkItem;
use domain::people::Caller;
use services::finance::{ItemChange, ItemQuery, ItemRow};
use time::{OffsetDateTime, Time};
use vocab::finance::{AutoResolution, Severity, WorkItemStatus, WorkItemType};
use vocab::{Permission, UserId};

/// The address as a query; what makes no sense is not filtered by.
pub fn item_query(filter: &ItemFilter, caller: &Caller) -> ItemQuery {
    let statuses = match filter.status.as_str() {
        "all" => WorkItemStatus::ALL.to_vec(),
        word => word.parse().into_iter().collect(),
    };
    ItemQuery {
        statuses,
        kind: filter.kind.parse().ok(),
        severity: filter.severity.parse().ok(),
        owner: if filter.owner == "me" { caller.actor.user_id() } else { filter.owner.parse().ok() },
        contract: None,
        supplier: None,
        with_snoozed: !filter.snoozed.is_empty(),
    }
}

/// The list; `people` is empty for who does not see Finance.
pub fn item_list(rows: Vec<ItemRow>, filter: &ItemFilter, people: &[(UserId, String)], caller: &Caller) -> ItemList {
    let manages = caller.may(Permission::ManageFinance);
    let named: Vec<(String, String)> = people.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    ItemList {
        filter: filter_fields(filter, &named),
        filtered: *filter != ItemFilter::default(),
        items: rows.into_iter().map(|row| item(row, caller)).collect(),
        people: if manages { named } else { Vec::new() },
    }
}

fn filter_fields(filter: &ItemFilter, people: &[(String, String)]) -> Vec<FormField> {
    let mut statuses = options!(WorkItemStatus, "Still to be done");
    statuses.push(("all".to_owned(), "Any".to_owned()));
    let mut owners = vec![(String::new(), "Anybody".to_owned()), ("me".to_owned(), "Me".to_owned())];
    owners.extend(people.iter().cloned());
    let severities = options!(Severity, "Any").into_iter().map(|(value, words)| {
        let words = if value.is_empty() || value == "critical" { words } else { format!("{words} or more") };
        (value, words)
    });
    vec![
        choice("status", "State", filter.status.clone(), statuses, ""),
        choice("kind", "What", filter.kind.clone(), options!(WorkItemType, "Anything"), ""),
        choice("severity", "Severity", filter.severity.clone(), severities.collect(), ""),
        choice("owner", "Owner", filter.owner.clone(), owners, ""),
        tick("snoozed", "With those snoozed", !filter.snoozed.is_empty(), ""),
    ]
}

fn item(row: ItemRow, caller: &Caller) -> ItemView {
    let ItemRow { item, owner, is_overdue, is_snoozed } = row;
    let facts = item.state.facts();
    let may_work = caller.actor.user_id().is_some_and(|user| item.workable_by(user, caller.may(Permission::ManageFinance)));
    let mut line = vec![item.number.clone(), item.kind.label().to_owned(), facts.status.label().to_owned()];
    line.push(owner.unwrap_or_else(|| "Finance queue".to_owned()));
    if facts.status.is_open() {
        line.push(item.due_at.map_or_else(|| "No due date".to_owned(), |at| format!("due {}", day(at.date()))));
    }
    if let (true, Some(until)) = (is_snoozed, item.snoozed_until) {
        line.push(format!("snoozed until {}", day(until.date())));
    }
    line.extend(facts.resolved_at.map(|at| format!("{}, {}", resolution(facts.resolution.as_deref()), instant(at))));
    ItemView {
        id: item.id,
        severity: chip(item.severity.label(), item.severity.tone()),
        description: item.description.clone().unwrap_or_default(),
        line: line.join(" · "),
        overdue: is_overdue,
        status: facts.status,
        action: action(&item),
        owner: item.owner.map(|id| id.to_string()).unwrap_or_default(),
        due: item.due_at.map(|at| at.date().to_string()).unwrap_or_default(),
        may_work,
        title: item.title,
    }
}

/// `auto:` and a word in words; a person's reason as it is.
fn resolution(stored: Option<&str>) -> String {
    let stored = stored.unwrap_or("closed");
    match stored.strip_prefix("auto:").map(str::parse::<AutoResolution>) {
        Some(Ok(reason)) => format!("Closed by itself: {}", reason.label()),
        _ => stored.to_owned(),
    }
}

/// Where the one thing to do is done.
fn action(item: &WorkItem) -> Cell {
    let links = item.links;
    let place = links
        .bill_id
        .map(routes::bill)
        .or_else(|| links.contract_id.map(routes::contract))
        .or_else(|| links.supplier_id.map(routes::supplier));
    let words = match item.kind {
        WorkItemType::PlanDetailsNeeded | WorkItemType::BillingUrlMissing => "Complete",
        WorkItemType::PriceMissing => "Add a price",
        _ => "Review",
    };
    place.map_or_else(Cell::default, |place| link(words, place))
}

/// Items beside something else.
pub fn item_rows<'a>(items: impl IntoIterator<Item = &'a WorkItem>) -> Grid {
    let row = |item: &WorkItem| {
        let title = Cell { href: action(item).href, ..text(item.title.clone()) };
        vec![
            noted(title, item.description.clone().unwrap_or_default()),
            chip(item.severity.label(), item.severity.tone()),
            text(item.due_at.map_or_else(|| "—".to_owned(), |at| day(at.date()))),
        ]
    };
    grid(&["What to do", "Severity", "Due"], items.into_iter().map(row).collect())
}

/// What a person does with an item. Days are taken at noon, UTC.
///
/// # Errors
/// For an unknown step or day.
pub fn item_change(step: &str, fields: &Fields) -> Result<ItemChange, AppError> {
    let mut reader = Reader::new(fields);
    let reason = reader.owned("reason").unwrap_or_default();
    let mut noon = |name: &str| reader.date(name).map(|date| OffsetDateTime::new_utc(date, Time::MIDNIGHT + time::Duration::hours(12)));
    let change = match step {
        "start" => Some(ItemChange::Start),
        "finish" => Some(ItemChange::Finish(reason)),
        "dismiss" => Some(ItemChange::Dismiss(reason)),
        "reopen" => Some(ItemChange::Reopen),
        "due" => Some(ItemChange::SetDue(noon("day"))),
        "snooze" => {
            let until = noon("until");
            reader.needed("until", until).map(ItemChange::Snooze)
        }
        "assign" => Some(ItemChange::Assign(reader.with("owner", |id| id.parse().map_err(|_| "choose somebody from the list")))),
        _ => return Err(AppError::new(ErrorCode::Protocol, "This page is older than the server. Reload it and try again.")),
    };
    reader.done(change)
}
