//! The commercial terms of a contract.

use crate::text_enum::text_enum;

text_enum! {
    /// How a contract is paid for.
    pub enum ContractType {
        /// A fixed amount a period.
        Subscription = "subscription",
        /// By use.
        Metered = "metered",
        /// A fixed amount with an allowance, and use beyond it.
        Hybrid = "hybrid",
    }
}

impl ContractType {
    /// The type on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Subscription => "Subscription",
            Self::Metered => "Metered",
            Self::Hybrid => "Hybrid",
        }
    }
}

text_enum! {
    /// How often a contract is billed.
    pub enum BillingCadence {
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// Every year.
        Annual = "annual",
    }
}

impl BillingCadence {
    /// Months in one billing period.
    pub const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::Annual => 12,
        }
    }

    /// The cadence on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Monthly => "Monthly",
            Self::Quarterly => "Quarterly",
            Self::Annual => "Annual",
        }
    }
}

text_enum! {
    /// When the fixed amount is due. Use is always billed afterwards.
    pub enum BillingTiming {
        /// On the first day of its period.
        Advance = "advance",
        /// On the day after its period.
        Arrears = "arrears",
    }
}

text_enum! {
    /// The stretch of time a budget is for.
    pub enum BudgetWindow {
        /// A month.
        Monthly = "monthly",
        /// Three months.
        Quarterly = "quarterly",
        /// A year.
        Annual = "annual",
    }
}

impl BudgetWindow {
    /// Months in one window.
    pub const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::Annual => 12,
        }
    }
}

text_enum! {
    /// What a partial billing period costs.
    pub enum Proration {
        /// The whole fee, as most AI subscriptions charge.
        None = "none",
        /// The fee times active days over days in the period.
        Daily = "daily",
    }
}

text_enum! {
    /// How often an allowance starts afresh.
    pub enum ResetInterval {
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// Every year.
        Annual = "annual",
        /// With each billing period.
        BillingPeriod = "billing_period",
    }
}

text_enum! {
    /// What unused allowance is worth.
    pub enum ValuationMethod {
        /// Its share of the commitment.
        CommitmentFirst = "commitment_first",
        /// A stated value a unit.
        UnitValue = "unit_value",
        /// The vendor's list price, never more than the commitment.
        ListPrice = "list_price",
    }
}

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
        /// Least spend a billing period.
        MinimumSpend = "minimum_spend",
        /// What the plan includes.
        Allowances = "allowances",
        /// An allowance's unit.
        UsageUnit = "usage_unit",
        /// An allowance's quantity.
        IncludedQuantity = "included_quantity",
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
            Self::MinimumSpend => "Minimum spend",
            Self::Allowances => "Allowances",
            Self::UsageUnit => "Unit",
            Self::IncludedQuantity => "Included quantity",
            Self::OveragePrice => "Overage price",
            Self::CommitmentWeight => "Share of the commitment",
            Self::PriceSource => "Price source",
            Self::Supplier => "Supplier",
            Self::BudgetAmount => "Budget",
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
}
