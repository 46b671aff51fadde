//! Finance: from exact amounts and states to the words that are shown, and from forms back.

mod allowance_form;
mod bills;
mod charts;
mod contract;
mod contract_form;
mod fields;
mod items;
mod jobs;
mod panel;
mod provider;
mod read;
mod reports;
mod spend;
mod suppliers;
mod words;

pub use bills::{bill_edit, bill_list, bill_step, bill_view};
pub use contract::{contract_view, price_edit};
pub use contract_form::{contract_save, ending, form_of};
pub use items::{item_change, item_list, item_query};
pub use jobs::{as_of, jobs};
pub use panel::finance_panel;
pub use provider::{profile_settings, provider_finance_view};
pub use read::{Fields, with_entered};
pub use reports::{report_edit, report_key};
pub use spend::spend_view;
pub use suppliers::{supplier_details, supplier_list, supplier_view};
