//! Finance's scheduled jobs.

use crate::text_enum::text_enum;

text_enum! {
    /// Work that Finance does by itself.
    pub enum FinanceJob {
        /// Takes over connected providers.
        HandOff = "hand_off",
        /// Keeps items, renewals and ends up to date.
        Upkeep = "upkeep",
        /// Takes over price lists.
        Prices = "prices",
        /// Evaluates each contract's last complete day.
        Evaluation = "evaluation",
        /// Drafts bills that are due.
        DraftBills = "draft_bills",
    }
}

impl FinanceJob {
    /// The job on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::HandOff => "Hand-off of providers",
            Self::Upkeep => "Renewals and upkeep",
            Self::Prices => "Price lists",
            Self::Evaluation => "Daily evaluation",
            Self::DraftBills => "Draft bills",
        }
    }

    /// Minutes between two runs.
    pub const fn minutes(self) -> u32 {
        match self {
            Self::HandOff => 1,
            Self::Upkeep | Self::Evaluation | Self::DraftBills => 60,
            Self::Prices => 1_440,
        }
    }
}
