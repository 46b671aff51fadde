//! The memory of what was drafted: one row a contract, period, kind and revision, whatever becomes of the bill.

use crate::finance::period::Period;
use time::Date;
use vocab::finance::{BillingPeriodKind, BillingPeriodStatus, SkipReason};
use vocab::{BillId, ContractId};

/// What a draft is made from. As text it is the bill's source key and unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey {
    /// Which contract.
    pub contract_id: ContractId,
    /// First active day of the billing period. An end that comes later does not change it.
    pub period_start: Date,
    /// Fixed amount or use.
    pub kind: BillingPeriodKind,
    /// 1, and one more for every redraft.
    pub revision: u32,
}

impl std::fmt::Display for SourceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}:{}", self.contract_id, self.period_start, self.kind, self.revision)
    }
}

/// One billing period of a contract as far as its bill goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingPeriod {
    /// What it is.
    pub key: SourceKey,
    /// Its active days.
    pub period: Period,
    /// What came of it.
    pub state: PeriodState,
}

/// What came of a billing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodState {
    /// Nothing yet.
    Pending,
    /// A bill.
    Drafted(BillId),
    /// No bill.
    Skipped(SkipReason),
    /// A bill that was voided.
    Voided(BillId),
}

/// Why a period is not drafted anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedraftRefused {
    /// There is no bill to replace.
    #[error("there is no voided bill for this period")]
    NeverDrafted,
    /// Its bill stands.
    #[error("void the present bill first")]
    BillStands,
}

impl RedraftRefused {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeverDrafted => "never_drafted",
            Self::BillStands => "bill_stands",
        }
    }
}

impl PeriodState {
    /// The status' word.
    pub const fn status(self) -> BillingPeriodStatus {
        match self {
            Self::Pending => BillingPeriodStatus::Pending,
            Self::Drafted(_) => BillingPeriodStatus::Drafted,
            Self::Skipped(_) => BillingPeriodStatus::Skipped,
            Self::Voided(_) => BillingPeriodStatus::Voided,
        }
    }

    /// Its bill.
    pub const fn bill_id(self) -> Option<BillId> {
        match self {
            Self::Drafted(id) | Self::Voided(id) => Some(id),
            Self::Pending | Self::Skipped(_) => None,
        }
    }

    /// Why it has none.
    pub const fn skip_reason(self) -> Option<SkipReason> {
        match self {
            Self::Skipped(reason) => Some(reason),
            Self::Pending | Self::Drafted(_) | Self::Voided(_) => None,
        }
    }

    /// Built up again from what is stored; `None` when that contradicts itself.
    pub fn from_parts(status: BillingPeriodStatus, bill_id: Option<BillId>, reason: Option<SkipReason>) -> Option<Self> {
        Some(match (status, bill_id, reason) {
            (BillingPeriodStatus::Pending, None, None) => Self::Pending,
            (BillingPeriodStatus::Drafted, Some(id), None) => Self::Drafted(id),
            (BillingPeriodStatus::Skipped, None, Some(reason)) => Self::Skipped(reason),
            (BillingPeriodStatus::Voided, Some(id), None) => Self::Voided(id),
            _ => return None,
        })
    }

    /// Is there something left to do by itself? What was refused for a reason that can pass is tried again; a void bill is
    /// replaced only when a person asks.
    pub const fn is_due_again(self) -> bool {
        match self {
            Self::Pending => true,
            Self::Skipped(reason) => reason.is_blocking(),
            Self::Drafted(_) | Self::Voided(_) => false,
        }
    }
}

/// The key of a new draft for a period whose bill was voided. `rows` are all rows of the contract.
///
/// # Errors
/// [`RedraftRefused`].
pub fn redraft(rows: &[BillingPeriod], period_start: Date, kind: BillingPeriodKind) -> Result<SourceKey, RedraftRefused> {
    let of_period = rows.iter().filter(|row| row.key.period_start == period_start && row.key.kind == kind);
    let newest = of_period.max_by_key(|row| row.key.revision).ok_or(RedraftRefused::NeverDrafted)?;
    match newest.state {
        PeriodState::Voided(_) => Ok(SourceKey { revision: newest.key.revision.saturating_add(1), ..newest.key }),
        PeriodState::Drafted(_) => Err(RedraftRefused::BillStands),
        PeriodState::Pending | PeriodState::Skipped(_) => Err(RedraftRefused::NeverDrafted),
    }
}
