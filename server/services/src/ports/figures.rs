//! Finance's figures: sums of use, each day's snapshots, bills, and what jobs did.

use super::store::StoreResult;
use async_trait::async_trait;
use domain::finance::bill::{Bill, BillingPeriod};
use domain::finance::evaluation::Snapshot;
use domain::inference::TokenCounts;
use std::collections::HashMap;
use std::time::Duration;
use time::{Date, OffsetDateTime};
use vocab::finance::{BillStatus, FinanceJob};
use vocab::{AccessTokenId, BillId, ContractId, ProviderId, SupplierId};

/// Which use is summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySumsOf {
    /// Through this provider.
    pub provider_id: ProviderId,
    /// Days are counted from here, each 24 hours long.
    pub origin: OffsetDateTime,
    /// From; not before the origin.
    pub from: OffsetDateTime,
    /// Up to, and not including.
    pub to: OffsetDateTime,
    /// Apart by agent?
    pub by_agent: bool,
}

/// Use of one model on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySum {
    /// Whole days since [`DaySumsOf::origin`].
    pub day: u32,
    /// Through which provider.
    pub provider_id: ProviderId,
    /// Of which model.
    pub model_id: String,
    /// By which agent, where that was asked for.
    pub token_id: Option<AccessTokenId>,
    /// Requests.
    pub requests: u64,
    /// Requests whose provider reported no tokens.
    pub uncounted: u64,
    /// Tokens, as far as they were reported.
    pub tokens: TokenCounts,
    /// Milliseconds that requests took.
    pub milliseconds: u64,
}

/// Which snapshots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnapshotsOf {
    /// A contract's, from a day on.
    Since(ContractId, Date),
    /// The newest of each subject of these contracts.
    Newest(Vec<ContractId>),
    /// The newest final one of each subject of a contract.
    NewestFinal(ContractId),
    /// A contract's last days of periods, as far as they are final, from a day on.
    Closed(ContractId, Date),
}

/// Which bills: all given filters must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillsOf {
    /// In this state.
    pub status: Option<BillStatus>,
    /// Of this supplier.
    pub supplier: Option<SupplierId>,
    /// From this contract.
    pub contract: Option<ContractId>,
    /// These; empty: any.
    pub ids: Vec<BillId>,
}

/// Figures and bills. They are written through [`FinanceRepo::commit`](super::FinanceRepo::commit).
#[async_trait]
pub trait FigureRepo: Send + Sync {
    /// Sums by day and model, in no order.
    async fn day_sums(&self, which: &DaySumsOf) -> StoreResult<Vec<DaySum>>;
    /// The instant of the first request ever.
    async fn measured_since(&self) -> StoreResult<Option<OffsetDateTime>>;
    /// Snapshots, oldest day first.
    async fn snapshots(&self, which: &SnapshotsOf) -> StoreResult<Vec<Snapshot>>;
    /// The newest day of each allowance and each metered contract as a whole; `None` where there is none yet.
    async fn newest_days(&self) -> StoreResult<Vec<(ContractId, Option<Date>)>>;
    /// Bills with their lines, newest first.
    async fn bills(&self, which: &BillsOf) -> StoreResult<Vec<Bill>>;
    /// When each bill of a contract was made and last changed.
    async fn bill_stamps(&self, contract: ContractId) -> StoreResult<HashMap<BillId, (OffsetDateTime, OffsetDateTime)>>;
    /// The number in the sequence of the newest bill; 0 before the first.
    async fn last_bill(&self) -> StoreResult<u64>;
    /// What came of a contract's billing periods, oldest first.
    async fn billing_periods(&self, contract: ContractId) -> StoreResult<Vec<BillingPeriod>>;
}

/// What a job did last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Which.
    pub job: FinanceJob,
    /// When its last run began.
    pub started_at: Option<OffsetDateTime>,
    /// When that ended; earlier than its beginning while it goes on.
    pub ended_at: Option<OffsetDateTime>,
    /// Did it?
    pub succeeded: Option<bool>,
    /// What it did, or why it failed.
    pub result: Option<String>,
    /// When it is due again.
    pub next_run_at: OffsetDateTime,
}

/// Jobs' records. Every instant is the database's.
#[async_trait]
pub trait JobRepo: Send + Sync {
    /// Of every job that ever ran.
    async fn jobs(&self) -> StoreResult<Vec<JobRecord>>;
    /// Is its time come? One that never ran is due.
    async fn is_due(&self, job: FinanceJob) -> StoreResult<bool>;
    /// It begins.
    async fn began(&self, job: FinanceJob) -> StoreResult<()>;
    /// It ended, and is due again after `wait`.
    async fn ended(&self, job: FinanceJob, succeeded: bool, result: &str, wait: Duration) -> StoreResult<()>;
}
