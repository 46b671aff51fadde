//! Files for other tools.

use crate::text_enum::text_enum;

text_enum! {
    /// A dataset of FOCUS.
    pub enum FocusDataset {
        /// What was used and what it costs, row by row.
        CostAndUsage = "cost_and_usage",
        /// What contracts commit to.
        ContractCommitment = "contract_commitment",
        /// When is billed, and what is closed.
        BillingPeriod = "billing_period",
        /// Bills, line by line.
        InvoiceDetail = "invoice_detail",
    }
}

impl FocusDataset {
    /// The dataset on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::CostAndUsage => "Cost and usage",
            Self::ContractCommitment => "Contract commitments (FOCUS 1.4)",
            Self::BillingPeriod => "Billing periods (FOCUS 1.4)",
            Self::InvoiceDetail => "Invoice details (FOCUS 1.4)",
        }
    }
}
