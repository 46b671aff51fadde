//! Finance's rows, as use cases see them.
//!
//! Reading takes as many calls as it takes; writing is one [`FinanceRepo::commit`], which is refused when anything of
//! Finance changed since [`FinanceRepo::revision`] was read. So a decision always rests on what is stored, on any
//! replica and both databases, and who was overtaken decides again.

use super::store::{StoreResult, Trail};
use async_trait::async_trait;
use domain::finance::allowance::Allowance;
use domain::finance::bill::{Bill, BillingPeriod};
use domain::finance::contract::{Contract, Coverage, CoverageChange, History};
use domain::finance::evaluation::{Reported, Snapshot};
use domain::finance::price::PriceFact;
use domain::finance::profile::FinanceProfile;
use domain::finance::supplier::{Supplier, SupplierUse};
use domain::finance::vendor::BillingAccount;
use domain::finance::work_item::WorkItem;
use domain::people::Actor;
use time::OffsetDateTime;
use vocab::finance::{SeedStatus, WorkItemStatus};
use vocab::{AuthMethod, ContractId, FinanceProfileId, OutboxId, PriceFactId, ProviderId, SupplierId, UserId, WorkItemId};

/// How often Finance's rows have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision(pub i64);

/// One row to write. Rows that are there already are updated by id, others inserted; unique keys refuse doubles.
#[derive(Debug, Clone, PartialEq)]
pub enum FinanceWrite {
    /// A new supplier.
    InsertSupplier(Supplier),
    /// A supplier as it is now.
    UpdateSupplier(Supplier),
    /// A supplier on which nothing hangs, gone.
    DeleteSupplier(SupplierId),
    /// A new profile.
    InsertProfile(FinanceProfile),
    /// A profile as it is now.
    UpdateProfile(FinanceProfile),
    /// A new contract.
    InsertContract(Contract),
    /// A contract as it is now.
    UpdateContract(Contract),
    /// Which contract covers which profile.
    Coverage(CoverageChange),
    /// Every allowance of a contract, in place of those it has.
    Allowances(ContractId, Vec<Allowance>),
    /// A new price.
    InsertPrice(PriceFact),
    /// A price as it is now.
    UpdatePrice(PriceFact),
    /// A price that never held, gone.
    DeletePrice(PriceFactId),
    /// A new item.
    InsertItem(WorkItem),
    /// An item as it is now.
    UpdateItem(WorkItem),
    /// A day's figures, for the first time, at this instant.
    InsertSnapshot(Snapshot, OffsetDateTime),
    /// A day's figures as they are now.
    UpdateSnapshot(Snapshot, OffsetDateTime),
    /// A vendor's figure, in place of that day's if there is one.
    Report(Reported),
    /// A vendor's figure, gone.
    DeleteReport(Reported),
    /// A new bill with its lines.
    InsertBill(Bill, OffsetDateTime),
    /// A bill and its lines as they are now.
    UpdateBill(Bill, OffsetDateTime),
    /// What came of a billing period, new or known.
    BillingPeriod(BillingPeriod),
    /// Hand-offs that are done with.
    HandedOff(Vec<OutboxId>, SeedStatus),
}

/// Which contracts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContractsOf {
    /// Every one.
    All,
    /// Those that have not ended.
    Running,
    /// Those of a supplier.
    Supplier(SupplierId),
    /// The one of a billing account that has not ended.
    Account(BillingAccount),
    /// These.
    Ids(Vec<ContractId>),
}

/// Which intervals of coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoverageOf {
    /// Every one.
    All,
    /// Those of profiles or contracts named here.
    Either(Vec<FinanceProfileId>, Vec<ContractId>),
}

/// Which items: all given filters must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemsOf {
    /// In one of these states; empty: in any.
    pub statuses: Vec<WorkItemStatus>,
    /// About one of these profiles or one of [`ItemsOf::contracts`]; both empty: about anything.
    pub profiles: Vec<FinanceProfileId>,
    /// See [`ItemsOf::profiles`].
    pub contracts: Vec<ContractId>,
    /// About this supplier.
    pub supplier: Option<SupplierId>,
    /// Of this person.
    pub owner: Option<UserId>,
    /// This one.
    pub id: Option<WorkItemId>,
}

/// Which prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PricesOf {
    /// Every one.
    All,
    /// Those a contract says.
    Contract(ContractId),
}

/// Finance's rows.
#[async_trait]
pub trait FinanceRepo: Send + Sync {
    /// How often they have changed. Read it before what a decision rests on.
    async fn revision(&self) -> StoreResult<Revision>;
    /// All suppliers, by name.
    async fn suppliers(&self) -> StoreResult<Vec<Supplier>>;
    /// What hangs on a supplier.
    async fn supplier_use(&self, id: SupplierId) -> StoreResult<SupplierUse>;
    /// All profiles, by provider.
    async fn profiles(&self) -> StoreResult<Vec<FinanceProfile>>;
    /// One supplier.
    async fn supplier(&self, id: SupplierId) -> StoreResult<Option<Supplier>>;
    /// These profiles.
    async fn profiles_of(&self, ids: &[FinanceProfileId]) -> StoreResult<Vec<FinanceProfile>>;
    /// Contracts, newest first.
    async fn contracts(&self, which: &ContractsOf) -> StoreResult<Vec<Contract>>;
    /// What contracts include, in the order of the editor.
    async fn allowances(&self, contracts: &[ContractId]) -> StoreResult<Vec<Allowance>>;
    /// What the vendor says was used of a contract's allowances, oldest day first.
    async fn reported(&self, contract: ContractId) -> StoreResult<Vec<Reported>>;
    /// Which contract covers which profile, oldest first.
    async fn coverage(&self, which: &CoverageOf) -> StoreResult<Vec<Coverage>>;
    /// Those of the contracts with requests, figures or bills.
    async fn used(&self, contracts: &[ContractId]) -> StoreResult<Vec<ContractId>>;
    /// What a contract has led to.
    async fn history(&self, id: ContractId) -> StoreResult<History>;
    /// Items, newest first.
    async fn items(&self, which: &ItemsOf) -> StoreResult<Vec<WorkItem>>;
    /// Prices, by model.
    async fn prices(&self, which: PricesOf) -> StoreResult<Vec<PriceFact>>;
    /// Writes everything in one transaction, or nothing: [`StoreError::Conflict`](super::StoreError::Conflict) with
    /// [`OVERTAKEN`](super::conflict::OVERTAKEN) when rows changed since `based_on`, with
    /// [`TAKEN`](super::conflict::TAKEN) when a unique key refuses a row.
    async fn commit(&self, based_on: Revision, writes: &[FinanceWrite], trail: Trail) -> StoreResult<()>;
}

/// What happened to a connection, waiting to be handed to Finance. It was written in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOff {
    /// Its id.
    pub id: OutboxId,
    /// Whose connection.
    pub provider_id: ProviderId,
    /// By which method it was connected.
    pub method: AuthMethod,
    /// Who did it.
    pub actor_user: Option<UserId>,
    /// As named then.
    pub actor_name: String,
    /// When.
    pub requested_at: OffsetDateTime,
    /// How far it has come.
    pub status: SeedStatus,
    /// Tries that failed.
    pub attempts: u32,
    /// Why the last one did.
    pub last_error: Option<String>,
}

/// Hand-offs to Finance.
#[async_trait]
pub trait HandOffRepo: Send + Sync {
    /// Takes hand-offs that are due, oldest first, and keeps others from taking them for `lease`. All judged on the
    /// database's clock.
    async fn take_due(&self, limit: u32, lease: std::time::Duration) -> StoreResult<Vec<HandOff>>;
    /// Adds one that a person asks for, due at once.
    async fn request(&self, provider: &ProviderId, method: AuthMethod, actor: &Actor, trail: Trail) -> StoreResult<()>;
    /// Notes that hand-offs failed, and when to try again.
    async fn failed(&self, ids: &[OutboxId], error: &str, status: SeedStatus, wait: std::time::Duration) -> StoreResult<()>;
    /// The newest one of a provider.
    async fn newest(&self, provider: &ProviderId) -> StoreResult<Option<HandOff>>;
}
