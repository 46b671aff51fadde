//! Work items: what Finance still has to do, and why one closed by itself.

use crate::Tone;
use crate::text_enum::text_enum;

text_enum! {
    /// What has to be done.
    pub enum WorkItemType {
        /// A contract lacks required fields.
        PlanDetailsNeeded = "plan_details_needed",
        /// Nobody knows where the bills are.
        BillingUrlMissing = "billing_url_missing",
        /// Calls were made but no use was recorded or reported.
        UsageSourceMissing = "usage_source_missing",
        /// The vendor's figures and ours differ.
        ReconciliationReview = "reconciliation_review",
        /// Much of a paid allowance will be lost.
        UnderuseAttention = "underuse_attention",
        /// Little is left, and it will not last.
        LowRemaining = "low_remaining",
        /// Almost nothing is left, and it will not last.
        CriticalLowRemaining = "critical_low_remaining",
        /// Use will exceed the allowance.
        OverageRisk = "overage_risk",
        /// More was spent than budgeted.
        BudgetExceeded = "budget_exceeded",
        /// A fixed amount is owed for a provider nobody can use.
        CommitmentWithoutProvider = "commitment_without_provider",
        /// The supplier was matched, but a person should look.
        SupplierLinkReview = "supplier_link_review",
        /// A contract renews or ends soon.
        ContractRenewalDue = "contract_renewal_due",
        /// Metered use has no price.
        PriceMissing = "price_missing",
        /// A bill was due but could not be drafted.
        BillBlocked = "bill_blocked",
    }
}

impl WorkItemType {
    /// The type on screen and in filters.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PlanDetailsNeeded => "Plan details needed",
            Self::BillingUrlMissing => "Billing link missing",
            Self::UsageSourceMissing => "Usage source missing",
            Self::ReconciliationReview => "Reconciliation review",
            Self::UnderuseAttention => "Underuse",
            Self::LowRemaining => "Low remaining",
            Self::CriticalLowRemaining => "Nearly exhausted",
            Self::OverageRisk => "Overage risk",
            Self::BudgetExceeded => "Budget exceeded",
            Self::CommitmentWithoutProvider => "Commitment without provider",
            Self::SupplierLinkReview => "Supplier link review",
            Self::ContractRenewalDue => "Renewal due",
            Self::PriceMissing => "Price missing",
            Self::BillBlocked => "Bill blocked",
        }
    }
}

text_enum! {
    /// Where a work item stands.
    pub enum WorkItemStatus {
        /// Nobody has begun.
        Open = "open",
        /// Somebody has.
        InProgress = "in_progress",
        /// Done, by a person or by itself.
        Done = "done",
        /// Put aside.
        Dismissed = "dismissed",
    }
}

impl WorkItemStatus {
    /// Does it count among the open items?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }

    /// The status on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::InProgress => "In progress",
            Self::Done => "Done",
            Self::Dismissed => "Dismissed",
        }
    }
}

text_enum! {
    /// How much is at stake; grows in this order.
    pub enum Severity {
        /// Tidy up some day.
        Low = "low",
        /// Within two weeks.
        Medium = "medium",
        /// This week.
        High = "high",
        /// Today.
        Critical = "critical",
    }
}

impl Severity {
    /// The hue of the chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Low => Tone::Neutral,
            Self::Medium => Tone::Info,
            Self::High => Tone::Warn,
            Self::Critical => Tone::Bad,
        }
    }

    /// Calendar days from opening until it is due.
    pub const fn due_days(self) -> Option<u32> {
        match self {
            Self::Low => None,
            Self::Medium => Some(14),
            Self::High => Some(5),
            Self::Critical => Some(1),
        }
    }

    /// The severity on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }
}

text_enum! {
    /// Why an item closed without a person. Stored as `auto:` and the word.
    pub enum AutoResolution {
        /// Nothing is missing any more.
        DetailsComplete = "details_complete",
        /// The contract is in force.
        ContractActivated = "contract_activated",
        /// The contract ended.
        ContractEnded = "contract_ended",
        /// The contract was replaced by a new version.
        ContractSuperseded = "contract_superseded",
        /// The contract was renewed.
        ContractRenewed = "contract_renewed",
        /// A link was entered.
        LinkSet = "link_set",
        /// Use arrived.
        UsageReceived = "usage_received",
        /// The difference is small again.
        VarianceInside = "variance_inside",
        /// The projection is inside its bounds again.
        ProjectionRecovered = "projection_recovered",
        /// A more urgent item took its place.
        Escalated = "escalated",
        /// The allowance was raised.
        AllowanceRaised = "allowance_raised",
        /// Its period is over.
        PeriodClosed = "period_closed",
        /// Spend is within the budget again.
        WithinBudget = "within_budget",
        /// A provider of the contract is connected again.
        Reconnected = "reconnected",
        /// A price is known.
        PriceAvailable = "price_available",
        /// The bill was drafted.
        BillDrafted = "bill_drafted",
        /// The supplier is no longer in doubt.
        SupplierSettled = "supplier_settled",
        /// The draft was never used.
        NeverUsed = "never_used",
    }
}

impl AutoResolution {
    /// The reason on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::DetailsComplete => "nothing is missing any more",
            Self::ContractActivated => "the contract was activated",
            Self::ContractEnded => "the contract ended",
            Self::ContractSuperseded => "the contract was superseded",
            Self::ContractRenewed => "the contract was renewed",
            Self::LinkSet => "the link was entered",
            Self::UsageReceived => "usage arrived",
            Self::VarianceInside => "the difference is small again",
            Self::ProjectionRecovered => "the projection recovered",
            Self::Escalated => "a more urgent item took its place",
            Self::AllowanceRaised => "the allowance was raised",
            Self::PeriodClosed => "the period closed",
            Self::WithinBudget => "spend is within the budget",
            Self::Reconnected => "a provider was connected again",
            Self::PriceAvailable => "a price is known",
            Self::BillDrafted => "the bill was drafted",
            Self::SupplierSettled => "the supplier is no longer in doubt",
            Self::NeverUsed => "the draft was never used",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_grow() {
        assert!(Severity::Low < Severity::Medium && Severity::Medium < Severity::High && Severity::High < Severity::Critical);
    }

    #[test]
    fn only_open_and_begun_items_count() {
        let open: Vec<_> = WorkItemStatus::ALL.iter().filter(|status| status.is_open()).collect();
        assert_eq!(open, [&WorkItemStatus::Open, &WorkItemStatus::InProgress]);
    }
}
