//! The words of the finance bridge: who is paid, under which terms, what is still open.

mod billing;
mod export;
mod field;
mod job;
mod status;
mod terms;
mod usage;
mod work;

pub use billing::{BillLineKind, BillStatus, BillingPeriodKind, BillingPeriodStatus, SkipReason};
pub use export::FocusDataset;
pub use field::ContractField;
pub use job::FinanceJob;
pub use status::{BillingChannel, CommercialKind, ConnectionState, ContractStatus, ProfileStatus, SeedStatus, SupplierStatus};
pub use terms::{BillingCadence, BillingTiming, BudgetWindow, ContractType, Proration, ResetInterval, ValuationMethod};
pub use usage::{Confidence, Meter, MetricKey, PriceSource, PriceVariant, UsageSource};
pub use work::{AutoResolution, Severity, WorkItemStatus, WorkItemType};
