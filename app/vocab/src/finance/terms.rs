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

impl BillingTiming {
    /// The timing on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Advance => "In advance",
            Self::Arrears => "In arrears",
        }
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
    /// The window on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Monthly => "A month",
            Self::Quarterly => "A quarter",
            Self::Annual => "A year",
        }
    }

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

impl Proration {
    /// The rule on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "Billed whole",
            Self::Daily => "Billed by days",
        }
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

impl ResetInterval {
    /// The interval on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Monthly => "Monthly",
            Self::Quarterly => "Quarterly",
            Self::Annual => "Annual",
            Self::BillingPeriod => "With each billing period",
        }
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

impl ValuationMethod {
    /// The method on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::CommitmentFirst => "Share of the commitment",
            Self::UnitValue => "Stated value a unit",
            Self::ListPrice => "List price",
        }
    }
}
