//! From findings to what has to be written.

use super::finding::Finding;
use super::item::WorkItem;
use super::key::DedupeKey;
use super::state::{ItemState, Resolution};
use crate::finance::evaluation::Judgement;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use vocab::finance::{AutoResolution, Severity, WorkItemStatus, WorkItemType};
use vocab::{ContractId, UserId, WorkItemId};

/// One row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new item.
    Open(NewItem),
    /// The same item, detected again with nothing new: only its count and time of last detection grow.
    Seen(WorkItem),
    /// The item as it shall be: worse, with other words, closed or open again.
    Update(WorkItem),
}

/// An item without id and number, which the caller gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// What was found.
    pub finding: Finding,
    /// How much is at stake.
    pub severity: Severity,
    /// When it should be done.
    pub due_at: Option<OffsetDateTime>,
    /// Now.
    pub at: OffsetDateTime,
}

impl NewItem {
    /// The item, with id and number.
    pub fn with(self, id: WorkItemId, number: String) -> WorkItem {
        let Self { finding, severity, due_at, at } = self;
        WorkItem {
            id,
            number,
            kind: finding.kind,
            links: finding.links,
            owner: finding.owner,
            state: ItemState::Open,
            severity,
            title: finding.title,
            description: finding.description,
            metadata: finding.metadata,
            key: finding.key,
            due_at,
            snoozed_until: None,
            first_seen_at: at,
            last_seen_at: at,
            occurrences: 1,
            updated_at: at,
        }
    }
}

/// Compares findings with the stored items of their keys. At most one change a finding; the same findings again change
/// nothing but counts.
///
/// A person's dismissal holds against a detection that is not more severe; `done` does not, so the next detection is a new
/// item. An item that was dismissed by itself is opened again rather than doubled.
pub fn reconcile(findings: Vec<Finding>, stored: &[WorkItem], now: OffsetDateTime) -> Vec<Change> {
    findings.into_iter().filter_map(|finding| change_for(finding, stored, now)).collect()
}

fn change_for(finding: Finding, stored: &[WorkItem], now: OffsetDateTime) -> Option<Change> {
    let live = stored.iter().find(|item| item.key == finding.key && item.state.is_open());
    match (finding.judgement, live) {
        (Judgement::Raise(severity), Some(item)) => Some(seen_again(item, finding, severity, now)),
        (Judgement::Raise(severity), None) => raised(finding, severity, stored, now),
        (Judgement::Clear(reason), Some(item)) => Some(Change::Update(closed(item, reason, WorkItemStatus::Done, now))),
        (Judgement::Clear(_), None) | (Judgement::Hold, _) => None,
    }
}

fn raised(finding: Finding, severity: Severity, stored: &[WorkItem], now: OffsetDateTime) -> Option<Change> {
    let put_aside = last_dismissed(&finding.key, stored);
    let due_at = finding.due_at.or_else(|| due_after(severity, now));
    match put_aside.map(|(item, how)| (item, matches!(how, Resolution::Auto(_)))) {
        Some((item, true)) => {
            let opened = WorkItem { state: ItemState::Open, due_at, ..item.clone() };
            match seen_again(&opened, finding, severity, now) {
                Change::Seen(item) | Change::Update(item) => Some(Change::Update(item)),
                open @ Change::Open(_) => Some(open),
            }
        }
        Some((item, false)) if item.severity >= severity => None,
        Some(_) | None => Some(Change::Open(NewItem { finding, severity, due_at, at: now })),
    }
}

/// The newest dismissed item of a key, unless a newer one of the same key was done.
fn last_dismissed<'a>(key: &DedupeKey, stored: &'a [WorkItem]) -> Option<(&'a WorkItem, &'a Resolution)> {
    let newest = stored.iter().filter(|item| item.key == *key).max_by_key(|item| item.first_seen_at)?;
    match &newest.state {
        ItemState::Dismissed { how, .. } => Some((newest, how)),
        ItemState::Open | ItemState::InProgress | ItemState::Done { .. } => None,
    }
}

/// Severity only rises; when it does, the item is due no later than a new one would be, and comes out of its snooze.
fn seen_again(item: &WorkItem, finding: Finding, severity: Severity, now: OffsetDateTime) -> Change {
    let worse = severity > item.severity;
    let new_due = finding.due_at.or_else(|| due_after(severity, now));
    let due_at = if worse { item.due_at.into_iter().chain(new_due).min() } else { item.due_at };
    let changed = worse || item.description != finding.description || item.metadata != finding.metadata || item.links != finding.links;
    let seen = WorkItem {
        severity: item.severity.max(severity),
        due_at,
        snoozed_until: item.snoozed_until.filter(|_| !worse),
        links: finding.links,
        description: finding.description,
        metadata: finding.metadata,
        last_seen_at: now,
        occurrences: item.occurrences.saturating_add(1),
        updated_at: now,
        ..item.clone()
    };
    if changed { Change::Update(seen) } else { Change::Seen(seen) }
}

fn due_after(severity: Severity, now: OffsetDateTime) -> Option<OffsetDateTime> {
    severity.due_days().map(|days| now + Duration::days(i64::from(days)))
}

fn closed(item: &WorkItem, reason: AutoResolution, status: WorkItemStatus, now: OffsetDateTime) -> WorkItem {
    let how = Resolution::Auto(reason);
    let state = if status == WorkItemStatus::Dismissed { ItemState::Dismissed { at: now, how } } else { ItemState::Done { at: now, how } };
    WorkItem { state, snoozed_until: None, updated_at: now, ..item.clone() }
}

/// How a contract came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Expired or terminated.
    Ended,
    /// Replaced by a new version.
    Superseded,
    /// A draft that nobody touched: its items are put aside, to be taken up again should the provider come back.
    NeverUsed,
}

/// Closes what is open about a contract that ended. What its last invoice still needs stays open.
pub fn settled(items: &[WorkItem], contract: ContractId, ending: Ending, now: OffsetDateTime) -> Vec<WorkItem> {
    let (reason, status) = match ending {
        Ending::Ended => (AutoResolution::ContractEnded, WorkItemStatus::Done),
        Ending::Superseded => (AutoResolution::ContractSuperseded, WorkItemStatus::Done),
        Ending::NeverUsed => (AutoResolution::NeverUsed, WorkItemStatus::Dismissed),
    };
    let outlives = |kind| matches!(kind, WorkItemType::ReconciliationReview | WorkItemType::BillBlocked);
    let concerned = items.iter().filter(|item| item.links.contract_id == Some(contract) && item.state.is_open() && !outlives(item.kind));
    concerned.map(|item| closed(item, reason, status, now)).collect()
}

/// Hands the open items of a contract from its old budget owner to the new one. What was assigned to somebody else by hand
/// stays with them.
pub fn reassigned(
    items: &[WorkItem],
    contract: ContractId,
    from: Option<UserId>,
    to: Option<UserId>,
    now: OffsetDateTime,
) -> Vec<WorkItem> {
    let concerned = items.iter().filter(|item| item.links.contract_id == Some(contract) && item.state.is_open());
    let theirs = concerned.filter(|item| item.owner == from && from != to);
    theirs.map(|item| WorkItem { owner: to, updated_at: now, ..item.clone() }).collect()
}

/// An object for [`Finding::metadata`].
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
