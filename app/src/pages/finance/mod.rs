//! Finance's screens: spend, suppliers, contracts, work items, bills, jobs.

mod bill;
mod bills;
mod contract;
mod contract_steps;
mod jobs;
mod parts;
mod provider;
mod spend;
mod supplier;
mod suppliers;
mod work_item;
mod work_items;

pub use bill::BillPage;
pub use bills::BillsPage;
pub use contract::ContractPage;
pub use jobs::FinanceJobsPage;
pub use provider::ProviderFinancePage;
pub use spend::{AiSpendPage, SpendPage};
pub use supplier::SupplierPage;
pub use suppliers::SuppliersPage;
pub use work_items::WorkItemsPage;
