//! The fields of a contract, as every floor names them.

use crate::text_enum::text_enum;

text_enum! {
    /// A field of a contract, as named in "what is missing" lists and beside the field in the editor.
    pub enum ContractField {
        /// Subscription, metered or hybrid.
        ContractType = "contract_type",
        /// Who is accountable.
        BudgetOwner = "budget_owner",
        /// ISO 4217.
        Currency = "currency",
        /// Monthly, quarterly or annual.
        BillingCadence = "billing_cadence",
        /// First day.
        StartDate = "start_date",
        /// Fixed amount a billing period.
        CommitmentAmount = "commitment_amount",
        /// Nothing is charged: the tick that makes a fixed amount of 0 deliberate.
        FreePlan = "free_plan",
        /// In advance or in arrears.
        BillingTiming = "billing_timing",
        /// What a partial period costs.
        Proration = "proration",
        /// Least spend a billing period.
        MinimumSpend = "minimum_spend",
        /// What the plan includes.
        Allowances = "allowances",
        /// An allowance's unit.
        UsageUnit = "usage_unit",
        /// An allowance's quantity.
        IncludedQuantity = "included_quantity",
        /// May use go on beyond an allowance?
        AllowsOverage = "allows_overage",
        /// What use beyond an allowance costs.
        OveragePrice = "overage_price",
        /// How the commitment is divided between allowances.
        CommitmentWeight = "commitment_weight",
        /// List prices or an override of our own.
        PriceSource = "price_source",
        /// Whom it is with, in good standing.
        Supplier = "supplier",
        /// Budget.
        BudgetAmount = "budget_amount",
        /// What stretch of time the budget is for.
        BudgetWindow = "budget_window",
        /// Day after the last.
        EndDate = "end_date",
        /// When it renews.
        RenewalDate = "renewal_date",
        /// Days of notice.
        NoticeDays = "notice_days",
        /// Origin of all periods.
        AnchorDate = "anchor_date",
        /// IANA name of the zone whose days count.
        TimeZone = "time_zone",
        /// Where bills are.
        BillingUrl = "billing_url",
        /// Where use is shown.
        UsageUrl = "usage_url",
        /// For example `Net 30`.
        PaymentTerms = "payment_terms",
        /// Expense account.
        AccountCode = "account_code",
        /// Free words.
        Notes = "notes",
    }
}

impl ContractField {
    /// The field's label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ContractType => "Contract type",
            Self::BudgetOwner => "Budget owner",
            Self::Currency => "Currency",
            Self::BillingCadence => "Billing cadence",
            Self::StartDate => "Start date",
            Self::CommitmentAmount => "Committed amount",
            Self::FreePlan => "Free plan",
            Self::BillingTiming => "Billed",
            Self::Proration => "Partial periods",
            Self::MinimumSpend => "Minimum spend",
            Self::Allowances => "Allowances",
            Self::UsageUnit => "Unit",
            Self::IncludedQuantity => "Included quantity",
            Self::AllowsOverage => "Overage allowed",
            Self::OveragePrice => "Overage price",
            Self::CommitmentWeight => "Share of the commitment",
            Self::PriceSource => "Price source",
            Self::Supplier => "Supplier",
            Self::BudgetAmount => "Budget",
            Self::BudgetWindow => "Budget window",
            Self::EndDate => "End date",
            Self::RenewalDate => "Renewal date",
            Self::NoticeDays => "Notice (days)",
            Self::AnchorDate => "Anchor date",
            Self::TimeZone => "Time zone",
            Self::BillingUrl => "Billing link",
            Self::UsageUrl => "Usage link",
            Self::PaymentTerms => "Payment terms",
            Self::AccountCode => "Account code",
            Self::Notes => "Notes",
        }
    }
    /// Is it part of what was agreed with the supplier? Such a field of a contract in force changes only with a new version.
    pub const fn is_commercial(self) -> bool {
        !matches!(
            self,
            Self::BudgetOwner
                | Self::BudgetAmount
                | Self::BudgetWindow
                | Self::RenewalDate
                | Self::NoticeDays
                | Self::BillingUrl
                | Self::UsageUrl
                | Self::PaymentTerms
                | Self::AccountCode
                | Self::Notes
        )
    }
}
