//! Bills, their lines, and the billing periods they come from.

use crate::Tone;
use crate::text_enum::text_enum;

text_enum! {
    /// Where a bill stands in accounts payable.
    pub enum BillStatus {
        /// Prepared; nobody has submitted it.
        Draft = "draft",
        /// Submitted.
        AwaitingApproval = "awaiting_approval",
        /// May be paid.
        Approved = "approved",
        /// Paid in part.
        PartiallyPaid = "partially_paid",
        /// Paid.
        Paid = "paid",
        /// Ended without payment.
        Void = "void",
    }
}

impl BillStatus {
    /// The hue of the chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Paid => Tone::Ok,
            Self::Draft | Self::AwaitingApproval | Self::Approved | Self::PartiallyPaid => Tone::Info,
            Self::Void => Tone::Neutral,
        }
    }

    /// The status on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::AwaitingApproval => "Awaiting approval",
            Self::Approved => "Approved",
            Self::PartiallyPaid => "Partially paid",
            Self::Paid => "Paid",
            Self::Void => "Void",
        }
    }
}

text_enum! {
    /// What a bill's line is for.
    pub enum BillLineKind {
        /// The fixed amount.
        Commitment = "commitment",
        /// Metered use.
        Usage = "usage",
        /// Use beyond an allowance.
        Overage = "overage",
        /// What lacks to a minimum spend.
        TrueUp = "true_up",
        /// Money back.
        Credit = "credit",
        /// Tax on its own line.
        Tax = "tax",
        /// A person's correction.
        Adjustment = "adjustment",
    }
}

impl BillLineKind {
    /// The kind on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Commitment => "Commitment",
            Self::Usage => "Usage",
            Self::Overage => "Overage",
            Self::TrueUp => "True-up",
            Self::Credit => "Credit",
            Self::Tax => "Tax",
            Self::Adjustment => "Adjustment",
        }
    }
}

text_enum! {
    /// What one billing period is billed for.
    pub enum BillingPeriodKind {
        /// The fixed amount.
        Fixed = "fixed",
        /// Use, overage and true-up.
        Usage = "usage",
    }
}

text_enum! {
    /// Has a billing period been drafted?
    pub enum BillingPeriodStatus {
        /// Not yet.
        Pending = "pending",
        /// Yes.
        Drafted = "drafted",
        /// It was passed over, for a stated reason.
        Skipped = "skipped",
        /// Its bill was voided.
        Voided = "voided",
    }
}

text_enum! {
    /// Why a billing period got no bill.
    pub enum SkipReason {
        /// There is nothing to pay.
        ZeroAmount = "zero_amount",
        /// The supplier is blocked.
        BlockedSupplier = "blocked_supplier",
        /// The contract is not in force.
        NotActive = "not_active",
        /// The currency is not known.
        MissingCurrency = "missing_currency",
        /// What was used has no price in the contract's currency.
        PriceMissing = "price_missing",
    }
}

impl SkipReason {
    /// The reason on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ZeroAmount => "there is nothing to pay",
            Self::BlockedSupplier => "the supplier is blocked",
            Self::NotActive => "the contract is not in force",
            Self::MissingCurrency => "the currency is not known",
            Self::PriceMissing => "its use has no price in the contract's currency",
        }
    }

    /// Should Finance be told? Nothing to pay is no problem.
    pub const fn is_blocking(self) -> bool {
        !matches!(self, Self::ZeroAmount)
    }
}
