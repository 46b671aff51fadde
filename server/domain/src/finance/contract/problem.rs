//! What can be wrong with a contract, each with the field it is shown beside.

use crate::finance::allowance::AllowanceProblem;
use crate::finance::money::MoneyError;
use vocab::finance::{ContractField, ContractType};

/// Something wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Which field.
    pub field: ContractField,
    /// Of which allowance, counted from 0 in the order of the editor.
    pub allowance: Option<usize>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing was entered.
    #[error("this is still needed")]
    Missing,
    /// The contract's type has no such field.
    #[error("a {} contract has none", .0.as_str())]
    NotAllowed(ContractType),
    /// Zero, without the tick that makes it deliberate.
    #[error("enter an amount above 0, or tick \"free plan\"")]
    Zero,
    /// An amount, though the plan is free.
    #[error("a free plan has no amount; enter 0 or remove the tick")]
    NotFree,
    /// Below zero.
    #[error("this cannot be less than 0")]
    Negative,
    /// More decimals than any currency has.
    #[error("at most {0} decimals")]
    TooManyDecimals(u32),
    /// An amount that money cannot be.
    #[error(transparent)]
    Amount(MoneyError),
    /// The end is not after the start.
    #[error("the end must be after the start")]
    EndBeforeStart,
    /// The renewal is before the start.
    #[error("the renewal cannot be before the start")]
    RenewalBeforeStart,
    /// Not a link a person can safely follow.
    #[error("use a link that begins with https:// and holds no password")]
    UnsafeLink,
    /// Too long.
    #[error("at most {0} characters")]
    TooLong(usize),
    /// More than anybody agrees to.
    #[error("at most {0} days")]
    TooManyDays(u16),
    /// The person can no longer sign in.
    #[error("choose somebody who can sign in")]
    OwnerInactive,
    /// The supplier is blocked.
    #[error("the supplier is blocked")]
    SupplierBlocked,
    /// Neither a list price nor one of our own, in the contract's currency.
    #[error("no price is known in the contract's currency; enter price overrides")]
    PricesUnknown,
    /// No allowance has a quantity.
    #[error("at least one allowance needs an included quantity")]
    QuantityNeeded,
    /// Something about an allowance.
    #[error(transparent)]
    Allowance(AllowanceProblem),
}

impl Problem {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotAllowed(_) => "not_allowed",
            Self::Zero => "zero_amount",
            Self::NotFree => "not_free",
            Self::Negative => "negative",
            Self::TooManyDecimals(_) => "amount_too_precise",
            Self::Amount(error) => error.code(),
            Self::EndBeforeStart => "end_before_start",
            Self::RenewalBeforeStart => "renewal_before_start",
            Self::UnsafeLink => "unsafe_link",
            Self::TooLong(_) => "text_too_long",
            Self::TooManyDays(_) => "too_many_days",
            Self::OwnerInactive => "owner_inactive",
            Self::SupplierBlocked => "supplier_blocked",
            Self::PricesUnknown => "prices_unknown",
            Self::QuantityNeeded => "quantity_needed",
            Self::Allowance(problem) => problem.code(),
        }
    }
}

impl FieldProblem {
    /// A problem with a field of the contract itself.
    pub const fn of(field: ContractField, problem: Problem) -> Self {
        Self { field, allowance: None, problem }
    }

    /// A problem with a field of one allowance.
    pub const fn of_allowance(index: usize, field: ContractField, problem: Problem) -> Self {
        Self { field, allowance: Some(index), problem }
    }
}

/// "Committed amount: this is still needed", "Unit (allowance 2): …".
impl std::fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.allowance {
            Some(index) => write!(f, "{} (allowance {}): {}", self.field.label(), index + 1, self.problem),
            None => write!(f, "{}: {}", self.field.label(), self.problem),
        }
    }
}
