//! Contracts, looked at.

use super::Finance;
use super::around::Around;
use crate::error::ServiceResult;
use crate::ports::{ContractsOf, CoverageOf, ItemsOf, PricesOf};
use domain::audit::{AuditFilter, AuditRecord, Object};
use domain::finance::allowance::Allowance;
use domain::finance::contract::{Contract, Coverage, FieldProblem, activation_problems};
use domain::finance::price::PriceFact;
use domain::finance::supplier::Supplier;
use domain::finance::work_item::WorkItem;
use domain::people::Caller;
use time::OffsetDateTime;
use vocab::finance::WorkItemStatus;
use vocab::{ContractId, Permission, ProviderId, SupplierId};

/// Lines of history on a contract's page.
const HISTORY: u32 = 100;

/// A contract in a list.
#[derive(Debug, Clone)]
pub struct ContractRow {
    /// The contract.
    pub contract: Contract,
    /// With whom.
    pub supplier: String,
    /// Its budget owner's name.
    pub owner: Option<String>,
    /// Providers whose use belongs to it now.
    pub covers: Vec<Covered>,
    /// Items about it that are open.
    pub open_items: Vec<WorkItem>,
}

/// A provider under a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Which.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
    /// Since when.
    pub from: OffsetDateTime,
    /// Until when; `None` while it goes on.
    pub to: Option<OffsetDateTime>,
}

/// Everything about one contract.
#[derive(Debug, Clone)]
pub struct ContractPage {
    /// The contract.
    pub contract: Contract,
    /// With whom.
    pub supplier: Supplier,
    /// Its budget owner's name.
    pub owner: Option<String>,
    /// What it includes.
    pub allowances: Vec<Allowance>,
    /// Whose use belonged to it, and when.
    pub coverage: Vec<Covered>,
    /// What keeps a draft from being activated; empty for any other.
    pub problems: Vec<FieldProblem>,
    /// Items about it that are open.
    pub open_items: Vec<WorkItem>,
    /// Prices that it says.
    pub prices: Vec<PriceFact>,
    /// The other versions for the same account, newest first.
    pub versions: Vec<Contract>,
    /// What was done to it, newest first.
    pub history: Vec<AuditRecord>,
}

impl Finance {
    /// Contracts, newest first: all, or those with one supplier.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_finance`.
    pub async fn contracts(&self, caller: &Caller, supplier: Option<SupplierId>) -> ServiceResult<Vec<ContractRow>> {
        caller.require(Permission::ViewFinance)?;
        let rows = self.rows();
        let contracts = rows.contracts(&supplier.map_or(ContractsOf::All, ContractsOf::Supplier)).await?;
        let (suppliers, names, profiles) = (rows.suppliers().await?, self.names().await?, rows.profiles().await?);
        let coverage = rows.coverage(&CoverageOf::All).await?;
        let items = rows.items(&ItemsOf { statuses: open_states(), ..ItemsOf::default() }).await?;
        let row = |contract: Contract| ContractRow {
            supplier: suppliers.iter().find(|s| s.id == contract.supplier_id).map(|s| s.details.name.clone()).unwrap_or_default(),
            owner: contract.terms.budget_owner.and_then(|id| names.get(&id).cloned()),
            covers: self.covered(coverage.iter().filter(|c| c.contract_id == contract.id && c.to.is_none()), &profiles),
            open_items: items.iter().filter(|item| item.links.contract_id == Some(contract.id)).cloned().collect(),
            contract,
        };
        Ok(contracts.into_iter().map(row).collect())
    }

    /// Everything about one contract.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_finance`, [`crate::ServiceError::NotFound`].
    pub async fn contract(&self, caller: &Caller, id: ContractId) -> ServiceResult<ContractPage> {
        caller.require(Permission::ViewFinance)?;
        let around = Around::load(self, id, self.environment.now()).await?;
        let surroundings = around.surroundings(self, &around.contract).await?;
        let is_draft = around.contract.status() == vocab::finance::ContractStatus::Draft;
        let problems = if is_draft { activation_problems(&around.contract, &around.terms(), surroundings) } else { Vec::new() };
        let profiles = self.rows().profiles().await?;
        let all = self.rows().contracts(&ContractsOf::Supplier(around.contract.supplier_id)).await?;
        let versions = all.into_iter().filter(|other| other.account == around.contract.account && other.id != id).collect();
        let open = |item: &WorkItem| item.state.is_open() && item.links.contract_id == Some(id);
        Ok(ContractPage {
            owner: self.owner_name(&around).await?,
            coverage: self.covered(around.coverage.iter().filter(|coverage| coverage.contract_id == id), &profiles),
            open_items: around.items.iter().filter(|item| open(item)).cloned().collect(),
            prices: self.rows().prices(PricesOf::Contract(id)).await?,
            history: self.history_of(&Object::Contract(id)).await?,
            problems,
            versions,
            contract: around.contract,
            supplier: around.supplier,
            allowances: around.allowances,
        })
    }

    async fn owner_name(&self, around: &Around) -> ServiceResult<Option<String>> {
        let Some(owner) = around.contract.terms.budget_owner else { return Ok(None) };
        Ok(self.people.user(owner).await?.map(|user| user.name))
    }

    /// What was done to something of Finance, newest first.
    pub(super) async fn history_of(&self, object: &Object) -> ServiceResult<Vec<AuditRecord>> {
        let (kind, id) = object.parts();
        let filter = AuditFilter { object_kind: Some(kind.to_owned()), object_id: Some(id), ..AuditFilter::default() };
        Ok(self.audit.page(&filter, HISTORY).await?)
    }

    /// Intervals with their providers' names.
    pub(super) fn covered<'a>(
        &self,
        coverage: impl Iterator<Item = &'a Coverage>,
        profiles: &[domain::finance::profile::FinanceProfile],
    ) -> Vec<Covered> {
        let named = |coverage: &Coverage| {
            let profile = profiles.iter().find(|profile| profile.id == coverage.profile_id)?;
            let name = self.provider_name(&profile.provider_id);
            Some(Covered { id: profile.provider_id.clone(), name, from: coverage.from, to: coverage.to })
        };
        coverage.filter_map(named).collect()
    }
}

/// The states that count as open.
pub(super) fn open_states() -> Vec<WorkItemStatus> {
    WorkItemStatus::ALL.iter().copied().filter(|status| status.is_open()).collect()
}
