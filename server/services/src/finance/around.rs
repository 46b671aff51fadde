//! A contract with everything that hangs on it, and what follows for that when the contract changes.

use super::Finance;
use super::prices::are_known;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{ContractsOf, CoverageOf, FinanceWrite, ItemsOf, PricesOf};
use domain::finance::allowance::{Allowance, AllowanceTerms};
use domain::finance::contract::{Contract, Coverage, History, Surroundings, missing_fields};
use domain::finance::number::Numbered;
use domain::finance::price::PriceFact;
use domain::finance::profile::{FinanceProfile, profile_status};
use domain::finance::supplier::Supplier;
use domain::finance::work_item::{
    Change, ContractSubject, DedupeKey, Ending, Finding, PlanDetails, Scope, WorkItem, reassigned, reconcile, settled,
};
use time::OffsetDateTime;
use vocab::finance::{ConnectionState, WorkItemType};
use vocab::{ContractId, FinanceProfileId, ProviderId, WorkItemId};

/// A contract and what hangs on it.
pub(super) struct Around {
    pub(super) contract: Contract,
    pub(super) supplier: Supplier,
    pub(super) allowances: Vec<Allowance>,
    /// Every interval of the contract, and of the profiles it covers now.
    pub(super) coverage: Vec<Coverage>,
    /// Those it covers now.
    pub(super) profiles: Vec<FinanceProfile>,
    /// Those of the contract and of these profiles.
    pub(super) items: Vec<WorkItem>,
    /// Prices that may be for it.
    pub(super) prices: Vec<PriceFact>,
    pub(super) history: History,
    is_used: bool,
    /// The present, as whoever asked has it: a job goes by the database's clock.
    now: OffsetDateTime,
}

impl Around {
    pub(super) async fn load(finance: &Finance, id: ContractId, now: OffsetDateTime) -> ServiceResult<Self> {
        let rows = finance.rows();
        let contract = rows.contracts(&ContractsOf::Ids(vec![id])).await?.pop().ok_or(ServiceError::NotFound("contract"))?;
        let supplier = rows.supplier(contract.supplier_id).await?;
        let own = rows.coverage(&CoverageOf::Either(vec![], vec![id])).await?;
        let covered: Vec<FinanceProfileId> =
            own.iter().filter(|coverage| coverage.to.is_none()).map(|coverage| coverage.profile_id).collect();
        let profiles: Vec<FinanceProfile> = rows.profiles_of(&covered).await?;
        let items = ItemsOf { profiles: covered.clone(), contracts: vec![id], ..ItemsOf::default() };
        Ok(Self {
            supplier: supplier.ok_or(ServiceError::NotFound("supplier"))?,
            allowances: rows.allowances(&[id]).await?,
            coverage: rows.coverage(&CoverageOf::Either(covered, vec![id])).await?,
            items: rows.items(&items).await?,
            prices: rows.prices(PricesOf::All).await?,
            history: rows.history(id).await?,
            is_used: !rows.used(&[id]).await?.is_empty(),
            contract,
            profiles,
            now,
        })
    }

    /// The same without what only editing asks for: prices, history, and whether it was used.
    pub(super) async fn light(finance: &Finance, id: ContractId, now: OffsetDateTime) -> ServiceResult<Self> {
        let rows = finance.rows();
        let contract = rows.contracts(&ContractsOf::Ids(vec![id])).await?.pop().ok_or(ServiceError::NotFound("contract"))?;
        let coverage = rows.coverage(&CoverageOf::Either(vec![], vec![id])).await?;
        let mut covered: Vec<FinanceProfileId> = coverage.iter().map(|coverage| coverage.profile_id).collect();
        covered.sort_unstable();
        covered.dedup();
        let items = ItemsOf { profiles: covered.clone(), contracts: vec![id], ..ItemsOf::default() };
        Ok(Self {
            supplier: rows.supplier(contract.supplier_id).await?.ok_or(ServiceError::NotFound("supplier"))?,
            allowances: rows.allowances(&[id]).await?,
            items: rows.items(&items).await?,
            profiles: rows.profiles_of(&covered).await?,
            coverage,
            prices: Vec::new(),
            history: History::default(),
            is_used: true,
            contract,
            now,
        })
    }

    /// Which of the profiles it covers now.
    fn covers_now(&self, id: FinanceProfileId) -> bool {
        self.coverage.iter().any(|coverage| coverage.contract_id == self.contract.id && coverage.profile_id == id && coverage.to.is_none())
    }

    /// Does somebody wait for the vendor's figures of a provider that it covers now?
    pub(super) fn awaits_vendor(&self) -> bool {
        self.profiles.iter().any(|profile| self.covers_now(profile.id) && profile.awaits_vendor())
    }

    /// Items as findings make them, and statuses that follow. `evaluated`: when that came of an evaluation.
    pub(super) fn found(&self, finance: &Finance, findings: Vec<Finding>, evaluated: Option<OffsetDateTime>) -> Vec<FinanceWrite> {
        let now = self.now;
        let mut items = self.items.clone();
        for change in reconcile(findings, &self.items, now) {
            match change {
                Change::Open(new) => {
                    let id = WorkItemId::new(finance.environment.uuid());
                    items.push(new.with(id, Numbered::WorkItem.draw(finance.environment.entropy())));
                }
                Change::Update(item) | Change::Seen(item) => put(&mut items, item),
            }
        }
        let mut writes = self.written(&self.contract, &items);
        let Some(at) = evaluated else { return writes };
        for profile in self.profiles.iter().filter(|profile| self.covers_now(profile.id)) {
            let written = writes.iter_mut().find_map(|write| match write {
                FinanceWrite::UpdateProfile(written) if written.id == profile.id => Some(written),
                _ => None,
            });
            let seen =
                |profile: &FinanceProfile| FinanceProfile { last_evaluated_at: Some(at), last_snapshot_at: Some(at), ..profile.clone() };
            match written {
                Some(written) => *written = seen(written),
                None => writes.push(FinanceWrite::UpdateProfile(seen(profile))),
            }
        }
        writes
    }

    /// The contract as items are about it.
    pub(super) fn subject<'a>(&'a self, about: &'a str) -> ContractSubject<'a> {
        let mut now = self.profiles.iter().filter(|profile| self.covers_now(profile.id));
        let sole_profile = now.next().filter(|_| now.next().is_none()).map(|profile| profile.id);
        ContractSubject { contract: &self.contract, sole_profile, about }
    }

    /// The allowances' terms, in the order of the editor.
    pub(super) fn terms(&self) -> Vec<AllowanceTerms> {
        self.allowances.iter().map(|allowance| allowance.terms.clone()).collect()
    }

    /// What the rules have to know of the world around a contract with this budget owner.
    pub(super) async fn surroundings(&self, finance: &Finance, contract: &Contract) -> ServiceResult<Surroundings> {
        let owner = match contract.terms.budget_owner {
            Some(id) => finance.people.user(id).await?,
            None => None,
        };
        let providers: Vec<ProviderId> = self.profiles.iter().map(|profile| profile.provider_id.clone()).collect();
        Ok(Surroundings {
            owner_active: owner.is_some_and(|user| user.is_active()),
            supplier: self.supplier.status,
            prices_known: are_known(&finance.catalogue, &self.prices, &providers, Some(self.contract.id), contract.terms.currency),
        })
    }

    /// Items and statuses that follow once the contract is `after`: what is cured closes, what lacks opens, its owner's
    /// items go along, profiles are derived anew. `ending` says how it ended, if it did.
    pub(super) fn aftermath(
        &self,
        finance: &Finance,
        after: &Contract,
        allowances: &[AllowanceTerms],
        around: Surroundings,
        ending: Option<Ending>,
    ) -> Vec<FinanceWrite> {
        let now = self.now;
        let mut items = self.items.clone();
        let handed = reassigned(&items, after.id, self.contract.terms.budget_owner, after.terms.budget_owner, now);
        put_all(&mut items, handed);
        match ending {
            Some(ending) => {
                let closed = settled(&items, self.contract.id, ending, now);
                put_all(&mut items, closed);
            }
            None => self.judge(finance, after, allowances, around, &mut items),
        }
        self.written(after, &items)
    }

    /// The same once the contract was replaced by a new version.
    pub(super) fn succeeded(
        &self,
        finance: &Finance,
        new: &Contract,
        allowances: &[AllowanceTerms],
        around: Surroundings,
    ) -> Vec<FinanceWrite> {
        let mut items = self.items.clone();
        let closed = settled(&items, self.contract.id, Ending::Superseded, self.now);
        put_all(&mut items, closed);
        self.judge(finance, new, allowances, around, &mut items);
        self.written(new, &items)
    }

    fn judge(&self, finance: &Finance, after: &Contract, allowances: &[AllowanceTerms], around: Surroundings, items: &mut Vec<WorkItem>) {
        let now = self.now;
        let findings = self.findings(after, allowances, around, items);
        for change in reconcile(findings, items, now) {
            match change {
                Change::Open(new) => {
                    let id = WorkItemId::new(finance.environment.uuid());
                    items.push(new.with(id, Numbered::WorkItem.draw(finance.environment.entropy())));
                }
                Change::Update(item) => put(items, item),
                // An edit is no second detection.
                Change::Seen(_) => {}
            }
        }
    }

    /// What the rules find out about the contract as it shall be.
    pub(super) fn findings(
        &self,
        after: &Contract,
        allowances: &[AllowanceTerms],
        around: Surroundings,
        items: &[WorkItem],
    ) -> Vec<Finding> {
        let now = self.now;
        let today = after.terms.time_zone.date(now);
        let about = after.about(&self.supplier.details.name);
        let sole_profile = match self.profiles.as_slice() {
            [one] => Some(one.id),
            _ => None,
        };
        let subject = ContractSubject { contract: after, sole_profile, about: &about };
        let key = DedupeKey::new(WorkItemType::PlanDetailsNeeded, Scope::Contract(after.id), None);
        let details = PlanDetails {
            missing: &missing_fields(after, allowances, around),
            open_since: items.iter().find(|item| item.key == key && item.state.is_open()).map(|item| item.first_seen_at),
            is_used: self.is_used,
        };
        let connected = self.profiles.iter().any(|profile| profile.connection == ConnectionState::Connected);
        vec![subject.plan_details(details, now), subject.commitment_without_provider(connected, today), subject.renewal_due(today)]
    }

    fn written(&self, after: &Contract, items: &[WorkItem]) -> Vec<FinanceWrite> {
        let now = self.now;
        let mut writes: Vec<FinanceWrite> = items
            .iter()
            .filter_map(|item| match self.items.iter().find(|before| before.id == item.id) {
                None => Some(FinanceWrite::InsertItem(item.clone())),
                Some(before) if before != item => Some(FinanceWrite::UpdateItem(item.clone())),
                Some(_) => None,
            })
            .collect();
        let running = (!after.status().is_terminal()).then_some(after);
        for profile in self.profiles.iter().filter(|profile| self.covers_now(profile.id)) {
            let status = profile_status(profile, running.as_slice(), items);
            if status != profile.status {
                writes.push(FinanceWrite::UpdateProfile(FinanceProfile { status, updated_at: now, ..profile.clone() }));
            }
        }
        writes
    }
}

fn put(items: &mut [WorkItem], item: WorkItem) {
    if let Some(stored) = items.iter_mut().find(|stored| stored.id == item.id) {
        *stored = item;
    }
}

fn put_all(items: &mut [WorkItem], changed: Vec<WorkItem>) {
    for item in changed {
        put(items, item);
    }
}
