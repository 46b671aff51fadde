//! Work items: the list, and what people do with one.

use super::Finance;
use super::ledger::Decision;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{ContractsOf, CoverageOf, FinanceWrite, ItemsOf};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::profile::{FinanceProfile, profile_status};
use domain::finance::work_item::{ItemRefused, WorkItem};
use domain::people::{Caller, Forbidden};
use std::cmp::Reverse;
use time::OffsetDateTime;
use vocab::finance::{Severity, WorkItemStatus, WorkItemType};
use vocab::{ContractId, FinanceProfileId, Permission, SupplierId, UserId, WorkItemId};

/// Which items: all given filters must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemQuery {
    /// In one of these states; empty: open or in progress.
    pub statuses: Vec<WorkItemStatus>,
    /// Of this kind.
    pub kind: Option<WorkItemType>,
    /// At least this severe.
    pub severity: Option<Severity>,
    /// Of this person.
    pub owner: Option<UserId>,
    /// About this contract.
    pub contract: Option<ContractId>,
    /// About this supplier.
    pub supplier: Option<SupplierId>,
    /// Also those that are out of sight for now?
    pub with_snoozed: bool,
}

/// An item in a list.
#[derive(Debug, Clone)]
pub struct ItemRow {
    /// The item.
    pub item: WorkItem,
    /// Its owner's name; `None`: the finance queue.
    pub owner: Option<String>,
    /// Is it past due?
    pub is_overdue: bool,
    /// Is it out of sight for now?
    pub is_snoozed: bool,
}

/// What a person does with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemChange {
    /// Begins.
    Start,
    /// Finishes, with a reason.
    Finish(String),
    /// Puts it aside, with a reason.
    Dismiss(String),
    /// Takes it up again.
    Reopen,
    /// Gives it to somebody, or back to the queue.
    Assign(Option<UserId>),
    /// Sets when it is due, or that it never is.
    SetDue(Option<OffsetDateTime>),
    /// Puts it out of sight until then.
    Snooze(OffsetDateTime),
}

impl ItemChange {
    const fn action(&self) -> Action {
        match self {
            Self::Start => Action::ITEM_START,
            Self::Finish(_) => Action::ITEM_FINISH,
            Self::Dismiss(_) => Action::ITEM_DISMISS,
            Self::Reopen => Action::ITEM_REOPEN,
            Self::Assign(_) => Action::ITEM_ASSIGN,
            Self::SetDue(_) => Action::ITEM_DUE,
            Self::Snooze(_) => Action::ITEM_SNOOZE,
        }
    }

    fn apply(&self, item: WorkItem, by: UserId, now: OffsetDateTime) -> Result<WorkItem, ItemRefused> {
        match self {
            Self::Start => item.start(now),
            Self::Finish(reason) => item.finish(by, reason, now),
            Self::Dismiss(reason) => item.dismiss(by, reason, now),
            Self::Reopen => item.reopen(now),
            Self::Assign(owner) => item.assign(*owner, now),
            Self::SetDue(due) => item.set_due(*due, now),
            Self::Snooze(until) => item.snooze(*until, now),
        }
    }
}

impl Finance {
    /// Items, the most severe and most urgent first. Who may not see Finance gets those they own, if they own any.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance` for somebody who owns none.
    pub async fn work_items(&self, caller: &Caller, query: &ItemQuery) -> ServiceResult<Vec<ItemRow>> {
        let sees_all = caller.may(Permission::ViewFinance);
        let own = caller.session_id().and(caller.actor.user_id());
        let owner = if sees_all { query.owner } else { Some(own.ok_or(Forbidden(Permission::ViewFinance))?) };
        if !sees_all && self.rows().items(&ItemsOf { owner, ..ItemsOf::default() }).await?.is_empty() {
            return Err(Forbidden(Permission::ViewFinance).into());
        }
        let statuses = if query.statuses.is_empty() { super::contracts::open_states() } else { query.statuses.clone() };
        let contracts = query.contract.into_iter().collect();
        let which = ItemsOf { statuses, contracts, supplier: query.supplier, owner, ..ItemsOf::default() };
        let (items, names, now) = (self.rows().items(&which).await?, self.names().await?, self.environment.now());
        let matches = |item: &WorkItem| {
            query.kind.is_none_or(|kind| item.kind == kind)
                && query.severity.is_none_or(|severity| item.severity >= severity)
                && (query.with_snoozed || !item.is_snoozed(now))
        };
        let row = |item: WorkItem| ItemRow {
            owner: item.owner.and_then(|id| names.get(&id).cloned()),
            is_overdue: item.is_overdue(now),
            is_snoozed: item.is_snoozed(now),
            item,
        };
        let mut rows: Vec<ItemRow> = items.into_iter().filter(matches).map(row).collect();
        rows.sort_by_key(|row| (Reverse(row.item.severity), row.item.due_at.is_none(), row.item.due_at, row.item.first_seen_at));
        Ok(rows)
    }

    /// How many items are to be done and in sight; none for who does not see Finance.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn items_to_do(&self, caller: &Caller) -> ServiceResult<u64> {
        if !caller.may(Permission::ViewFinance) {
            return Ok(0);
        }
        Ok(self.work_items(caller, &ItemQuery::default()).await?.len() as u64)
    }

    /// Does something with an item. Its owner may, as well as who manages Finance; only the latter hands it to others.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] for a missing reason or a wrong
    /// time, [`ServiceError::Refused`] when it stands otherwise.
    pub async fn change_item(&self, caller: &Caller, id: WorkItemId, change: ItemChange) -> ServiceResult<WorkItem> {
        let change = &change;
        self.ledger
            .change(move || async move {
                let before = self.workable(caller, id, change).await?;
                let by = caller.actor.user_id().ok_or(Forbidden(Permission::ManageFinance))?;
                let now = self.environment.now();
                let after = change.apply(before.clone(), by, now)?;
                let mut writes = vec![FinanceWrite::UpdateItem(after.clone())];
                writes.extend(self.statuses_with(&after, now).await?);
                let said = self.said_of(&before, &after).await?;
                let trail = TrailBuilder::new(&self.environment, caller).done(change.action(), Object::WorkItem(id), said);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: after })
            })
            .await
    }

    async fn workable(&self, caller: &Caller, id: WorkItemId, change: &ItemChange) -> ServiceResult<WorkItem> {
        let manages = caller.may(Permission::ManageFinance);
        let found = self.rows().items(&ItemsOf { id: Some(id), ..ItemsOf::default() }).await?.pop();
        // An access token works with its creator's permissions, never as the owner of an item.
        let person = caller.session_id().and(caller.actor.user_id());
        let may = |item: &WorkItem| manages || person.is_some_and(|user| item.workable_by(user, false));
        let hands_on = matches!(change, ItemChange::Assign(_) | ItemChange::SetDue(_));
        match found {
            Some(item) if may(&item) && (manages || !hands_on) => {
                if let ItemChange::Assign(Some(owner)) = change {
                    let user = self.people.user(*owner).await?.filter(domain::people::User::is_active);
                    user.ok_or_else(|| ServiceError::field("owner", "choose somebody who can sign in"))?;
                }
                Ok(item)
            }
            None if manages => Err(ServiceError::NotFound("work item")),
            Some(_) | None => Err(Forbidden(Permission::ManageFinance).into()),
        }
    }

    /// Profiles whose status follows from the item.
    async fn statuses_with(&self, item: &WorkItem, now: OffsetDateTime) -> ServiceResult<Vec<FinanceWrite>> {
        let rows = self.rows();
        let contracts: Vec<ContractId> = item.links.contract_id.into_iter().collect();
        let covering = rows.coverage(&CoverageOf::Either(item.links.profile_id.into_iter().collect(), contracts)).await?;
        let open: Vec<_> = covering.iter().filter(|coverage| coverage.to.is_none()).collect();
        let ids: Vec<FinanceProfileId> = open.iter().map(|coverage| coverage.profile_id).chain(item.links.profile_id).collect();
        let contracts = rows.contracts(&ContractsOf::Ids(open.iter().map(|coverage| coverage.contract_id).collect())).await?;
        let profiles = rows.profiles().await?.into_iter().filter(|profile| ids.contains(&profile.id));
        let about =
            ItemsOf { profiles: ids.clone(), contracts: contracts.iter().map(|contract| contract.id).collect(), ..ItemsOf::default() };
        let mut items = if ids.is_empty() { Vec::new() } else { rows.items(&about).await? };
        items.retain(|stored| stored.id != item.id);
        items.push(item.clone());
        let status = |profile: &FinanceProfile| {
            let own = |id| open.iter().any(|coverage| coverage.profile_id == profile.id && coverage.contract_id == id);
            let running: Vec<_> = contracts.iter().filter(|contract| own(contract.id) && !contract.status().is_terminal()).collect();
            profile_status(profile, &running, &items)
        };
        let changed = profiles.filter_map(|profile| {
            let status = status(&profile);
            (status != profile.status).then(|| FinanceWrite::UpdateProfile(FinanceProfile { status, updated_at: now, ..profile }))
        });
        Ok(changed.collect())
    }

    async fn said_of(&self, before: &WorkItem, after: &WorkItem) -> ServiceResult<String> {
        let names = self.names().await?;
        let owner = |item: &WorkItem| item.owner.and_then(|id| names.get(&id).cloned()).unwrap_or_else(|| "finance queue".to_owned());
        let mut said = vec![after.number.clone()];
        let (was, is) = (before.state.status(), after.state.status());
        if was != is {
            said.push(format!("{} → {}", was.label(), is.label()));
        }
        said.extend(after.state.facts().resolution.filter(|_| was != is));
        if before.owner != after.owner {
            said.push(format!("{} → {}", owner(before), owner(after)));
        }
        let day = |at: Option<OffsetDateTime>| at.map_or_else(|| "—".to_owned(), |at| at.date().to_string());
        if before.due_at != after.due_at {
            said.push(format!("due {} → {}", day(before.due_at), day(after.due_at)));
        }
        if before.snoozed_until != after.snoozed_until {
            said.push(format!("snoozed until {}", day(after.snoozed_until)));
        }
        Ok(said.join("; "))
    }
}
