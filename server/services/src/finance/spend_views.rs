//! What screens of AI spend are given.

use super::bill_views::BillRow;
use super::contracts::ContractRow;
use domain::finance::evaluation::Evaluation;
use domain::finance::profile::FinanceProfile;
use domain::finance::spend::{BurnPoint, Committed, Converted, DaySpend, OpenItems};
use domain::finance::{Currency, Money, Totals};
use rust_decimal::Decimal;
use time::OffsetDateTime;
use vocab::{AllowanceId, ContractId, ProviderId};

/// The card of AI spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendCard {
    /// Suppliers behind providers.
    pub suppliers: usize,
    /// What is committed to a month, by currency.
    pub committed: Committed,
    /// That of contracts in force as one total, where there are several currencies and a rate for each.
    pub committed_total: Option<Converted>,
    /// Contracts that need setting up.
    pub needs_setup: usize,
    /// Open items.
    pub open_items: OpenItems,
    /// What may be lost this period, by currency; empty: no data.
    pub unused_at_risk: Totals,
    /// That as one total, likewise.
    pub at_risk_total: Option<Converted>,
    /// Was any provider handed over at all?
    pub has_profiles: bool,
}

/// The workspace of AI spend.
#[derive(Debug, Clone)]
pub struct SpendPage {
    /// The card's figures.
    pub card: SpendCard,
    /// Contracts that have not ended.
    pub rows: Vec<SpendRow>,
    /// Providers under no contract: our own machines, or archived.
    pub uncovered: Vec<UncoveredProvider>,
    /// What metered use cost by day, one series a currency; empty: no data.
    pub by_day: Vec<DaySeries>,
    /// The same days by provider, dearest first.
    pub by_provider: Vec<ProviderSpend>,
    /// Allowances as they melt.
    pub burn_downs: Vec<BurnDown>,
    /// Drafts to look at.
    pub draft_bills: Vec<BillRow>,
    /// When figures were last computed.
    pub last_evaluated: Option<OffsetDateTime>,
    /// Are yesterday's figures late?
    pub is_overdue: bool,
}

/// A contract on the workspace.
#[derive(Debug, Clone)]
pub struct SpendRow {
    /// The contract.
    pub row: ContractRow,
    /// Its fixed amount of a month.
    pub monthly: Option<Money>,
    /// What it includes.
    pub allowances: Vec<AllowanceState>,
    /// How much of its budget is used.
    pub budget_used_pct: Option<Decimal>,
}

/// An allowance and its newest figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowanceState {
    /// Which.
    pub id: AllowanceId,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Does the vendor publish a quantity?
    pub is_disclosed: bool,
    /// Figures of the period that runs; `None`: no data.
    pub newest: Option<Evaluation>,
}

/// A provider under no contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncoveredProvider {
    /// Which.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
    /// What Finance knows of it.
    pub profile: FinanceProfile,
}

/// A line of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySeries {
    /// What it is in.
    pub currency: Currency,
    /// One point a day.
    pub points: Vec<DaySpend>,
    /// The same days by provider, dearest first.
    pub parts: Vec<DayPart>,
}

/// What one provider costs of a line of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPart {
    /// As shown.
    pub name: String,
    /// One amount a day.
    pub amounts: Vec<Money>,
}

/// What a provider's use is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSpend {
    /// Which.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
    /// What metered use cost, by currency; empty when none has a price.
    pub sums: Vec<Money>,
    /// What use that a plan covers would have cost, by currency.
    pub included: Vec<Money>,
    /// Requests.
    pub requests: u64,
    /// Requests without a known value.
    pub unpriced: u64,
}

/// An allowance as it melts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurnDown {
    /// Of which contract.
    pub contract_id: ContractId,
    /// What people call that.
    pub contract: String,
    /// Which allowance.
    pub allowance_id: AllowanceId,
    /// Its name.
    pub allowance: String,
    /// Its unit.
    pub unit: String,
    /// One point a day.
    pub points: Vec<BurnPoint>,
}

/// A contract's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractFigures {
    /// What it includes.
    pub allowances: Vec<AllowanceState>,
    /// Its allowances as they melt.
    pub burn_downs: Vec<BurnDown>,
    /// When figures were last computed.
    pub last_evaluated: Option<OffsetDateTime>,
    /// Are yesterday's figures late?
    pub is_overdue: bool,
}
