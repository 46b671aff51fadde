//! Terms without gaps, as evaluation and billing use them.

use crate::finance::money::{Currency, Money};
use crate::finance::period::{Cycle, Period, Span};
use crate::finance::zone::Zone;
use time::Date;
use vocab::UserId;
use vocab::finance::{BillingCadence, BillingTiming, BudgetWindow, ContractType, Proration};

/// What every contract that was ever active has agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// How it is paid for.
    pub contract_type: ContractType,
    /// Who is accountable.
    pub budget_owner: UserId,
    /// What it bills in.
    pub currency: Currency,
    /// How often it bills.
    pub cadence: BillingCadence,
    /// When the fixed amount is due.
    pub timing: BillingTiming,
    /// Fixed amount a billing period; zero for a metered contract.
    pub commitment: Money,
    /// Least spend a billing period.
    pub minimum: Option<Money>,
    /// Budget of one window.
    pub budget: Option<Money>,
    /// The window.
    pub budget_window: BudgetWindow,
    /// May use go on beyond the allowance?
    pub allows_overage: bool,
    /// The days it was agreed for.
    pub span: Span,
    /// Origin of all periods.
    pub anchor: Date,
    /// Whose days count.
    pub time_zone: Zone,
    /// What a partial period costs.
    pub proration: Proration,
}

impl Agreed {
    /// Its billing periods, whole: a start or end in the middle of one does not move the others.
    pub const fn billing_cycle(&self) -> Cycle {
        Cycle::new(self.anchor, self.cadence.months())
    }

    /// The budget window that `day` is in, clipped to the contract.
    pub fn budget_period(&self, day: Date) -> Option<Period> {
        self.span.clip(Cycle::new(self.anchor, self.budget_window.months()).containing(day)?)
    }
}
