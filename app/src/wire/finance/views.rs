//! Finance's pages.

use super::parts::{Cell, Drawing, Fact, FormField, FormView, Grid, Tile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::finance::{ContractStatus, WorkItemStatus};
use vocab::{BillId, ContractId, ProviderId, SupplierId, WorkItemId};

/// The finance panel of a provider's page, as its viewer may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinancePanel {
    /// How far Finance has come.
    pub status: Cell,
    /// What is known; empty before the provider was handed over.
    pub supplier: Option<Cell>,
    /// Under which contract.
    pub contract: Option<Cell>,
    /// Open items, the worst one as the hue.
    pub items: Option<Cell>,
    /// Everything else the viewer may see.
    pub more: Vec<Fact>,
    /// A sentence, where one is needed; may be empty.
    pub about: String,
    /// Words of the button that hands the provider over; empty: no button.
    pub hand_off: String,
}

/// The list of suppliers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierList {
    /// The list.
    pub suppliers: Grid,
    /// A form for a new one, for who may add one.
    pub add: Option<FormView>,
}

/// A supplier's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierView {
    /// Which.
    pub id: SupplierId,
    /// As shown.
    pub name: String,
    /// Its state.
    pub status: Cell,
    /// What is known of it.
    pub facts: Vec<Fact>,
    /// Totals per currency.
    pub tiles: Vec<Tile>,
    /// Providers it is paid for; `None`: it has nothing to do with AI.
    pub providers: Option<Grid>,
    /// Its contracts.
    pub contracts: Grid,
    /// Its bills.
    pub bills: Grid,
    /// Open items.
    pub items: Grid,
    /// The editor, for who may change it.
    pub edit: Option<FormView>,
    /// `(state, words)` it can be moved to.
    pub moves: Vec<(String, String)>,
    /// May it be deleted?
    pub deletable: bool,
}

/// A contract's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractView {
    /// Which.
    pub id: ContractId,
    /// `AIC-…`.
    pub number: String,
    /// With whom and about what.
    pub title: String,
    /// With whom, as a link.
    pub supplier: Cell,
    /// Where it stands.
    pub status: ContractStatus,
    /// That as shown.
    pub status_cell: Cell,
    /// The most important facts.
    pub facts: Vec<Fact>,
    /// What keeps a draft from being activated: field and what is wrong with it.
    pub problems: BTreeMap<String, String>,
    /// The editor, for who may change it and while it runs.
    pub edit: Option<FormView>,
    /// How much of each allowance is used.
    pub usage: Vec<Drawing>,
    /// Each allowance with its figures.
    pub allowances: Grid,
    /// Whose use belongs to it.
    pub coverage: Grid,
    /// Prices that it says, with the price's id.
    pub prices: Vec<(String, Vec<Cell>)>,
    /// A form for one more price.
    pub add_price: Vec<FormField>,
    /// What the vendor says was used, by the key it is taken back by.
    pub reports: Vec<(String, Vec<Cell>)>,
    /// A form for one more such figure.
    pub add_report: Vec<FormField>,
    /// Its bills.
    pub bills: Grid,
    /// Open items.
    pub items: Grid,
    /// Other versions.
    pub versions: Grid,
    /// What was done to it.
    pub history: Grid,
}

/// What Finance keeps of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFinanceView {
    /// Which.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
    /// How far Finance has come.
    pub status: Cell,
    /// What is known.
    pub facts: Vec<Fact>,
    /// As last read.
    pub version: i64,
    /// The settings, for who may change them.
    pub edit: Option<FormView>,
    /// The supplier's id; empty: none yet.
    pub supplier: String,
    /// `(id, name)` of every supplier, for who may choose one.
    pub suppliers: Vec<(String, String)>,
    /// Prices that hold under whatever contract, with the price's id.
    pub prices: Vec<(String, Vec<Cell>)>,
    /// A form for one more price.
    pub add_price: Vec<FormField>,
    /// May the viewer put it away?
    pub may_archive: bool,
}

/// Filters of the work-item list; they live in its address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFilter {
    /// A status word, `all`, or empty for what is open.
    #[serde(default)]
    pub status: String,
    /// A kind's word; empty for all.
    #[serde(default)]
    pub kind: String,
    /// At least this severe; empty for all.
    #[serde(default)]
    pub severity: String,
    /// An id, `me`, or empty for everybody's.
    #[serde(default)]
    pub owner: String,
    /// `yes`: also those that are out of sight for now.
    #[serde(default)]
    pub snoozed: String,
}

/// The work-item list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemList {
    /// The filter as fields.
    pub filter: Vec<FormField>,
    /// Does anything narrow it down?
    pub filtered: bool,
    /// The items, most urgent first.
    pub items: Vec<ItemView>,
    /// `(id, name)` of everybody an item can be given to; empty for who may not.
    pub people: Vec<(String, String)>,
}

/// A work item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemView {
    /// Which.
    pub id: WorkItemId,
    /// What to do.
    pub title: String,
    /// How much is at stake.
    pub severity: Cell,
    /// The figures, in words; may be empty.
    pub description: String,
    /// Number, kind, state, owner and due date in one line.
    pub line: String,
    /// Is it past due?
    pub overdue: bool,
    /// Where it stands.
    pub status: WorkItemStatus,
    /// The one thing to do: words and address; empty words: resolve it here.
    pub action: Cell,
    /// Its owner's id; empty: the finance queue.
    pub owner: String,
    /// When it is due, `2026-11-24`; empty: never.
    pub due: String,
    /// May the viewer work on it?
    pub may_work: bool,
}

/// Filters of the AI spend page; they live in its address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendFilter {
    /// `needs_setup`, `attention`, `renewing`, or empty for all.
    #[serde(default)]
    pub show: String,
    /// A supplier's id; empty for all.
    #[serde(default)]
    pub supplier: String,
}

/// AI spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendView {
    /// Totals.
    pub tiles: Vec<Tile>,
    /// When figures were last made; may be empty.
    pub evaluated: String,
    /// Is anything connected at all?
    pub any: bool,
    /// A row a contract.
    pub contracts: Grid,
    /// Providers without contract: self-hosted ones, and those on their way to Finance.
    pub others: Grid,
    /// The choices of the supplier filter.
    pub suppliers: Vec<(String, String)>,
    /// Spend by day, one a currency.
    pub spend: Vec<Drawing>,
    /// Burn-down, one an allowance.
    pub burn_down: Vec<Drawing>,
    /// Open items, most urgent first, and how many there are in all.
    pub items: Grid,
    /// Draft bills.
    pub bills: Grid,
}

/// The list of bills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillList {
    /// Newest first.
    pub bills: Grid,
    /// The months that an export is offered for: first day, and day after the last.
    pub months: (String, String),
    /// What can be exported: word and label.
    pub datasets: Vec<(String, String)>,
}

/// A bill's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillView {
    /// Which.
    pub id: BillId,
    /// As last read.
    pub version: i64,
    /// `BILL-…`.
    pub number: String,
    /// Where it stands.
    pub status: Cell,
    /// Who bills, what for, when it is due.
    pub facts: Vec<Fact>,
    /// Its lines.
    pub lines: Grid,
    /// Subtotal, tax, total.
    pub totals: Vec<Fact>,
    /// A sentence about what it is; may be empty.
    pub about: String,
    /// The review form of a draft, for who may.
    pub review: Option<FormView>,
    /// `(step, words)` that lead on.
    pub steps: Vec<(String, String)>,
    /// What was done to it.
    pub history: Grid,
}

/// Finance's scheduled jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobList {
    /// In the order they build on one another.
    pub jobs: Vec<JobView>,
    /// May another present be named? In practice only.
    pub practice: bool,
}

/// A scheduled job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// Its name in addresses.
    pub name: String,
    /// What it does.
    pub title: String,
    /// A sentence.
    pub about: String,
    /// Last run, next run, result.
    pub facts: Vec<Fact>,
    /// May the viewer run it now?
    pub may_run: bool,
}
