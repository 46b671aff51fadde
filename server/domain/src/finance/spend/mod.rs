//! What is spent on AI, in figures and series. Currencies are never mixed, and what is not known is no figure rather than
//! a zero.

mod convert;
mod series;

pub use convert::{Converted, ExchangeRates, NoRates, Rate, converted};
pub use series::{BurnPoint, DaySpend, DayTotal, burn_down, by_day};

use super::contract::Contract;
use super::evaluation::Evaluation;
use super::money::{Money, MoneyError, Totals, ratio};
use super::profile::{FinanceProfile, Payee};
use super::work_item::WorkItem;
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use time::{Date, OffsetDateTime};
use vocab::finance::{ContractStatus, ProfileStatus, Severity, WorkItemType};

/// What is committed to a month, from contracts of any cadence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// By contracts in force today.
    pub confirmed: Totals,
    /// By drafts that already have an amount: listed apart, as nobody has confirmed them.
    pub unconfirmed: Totals,
}

/// Adds up the monthly equivalents. Amounts are unrounded; they are for comparing, not for billing. A contract that covers
/// two providers is one contract and counts once.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn committed<'a>(contracts: impl IntoIterator<Item = &'a Contract>, now: OffsetDateTime) -> Result<Committed, MoneyError> {
    let mut committed = Committed::default();
    for contract in contracts {
        let Some(amount) = contract.terms.monthly_equivalent() else { continue };
        let today = contract.terms.time_zone.date(now);
        if contract.status() == ContractStatus::Draft {
            committed.unconfirmed.add(amount)?;
        } else if contract.in_force_on(today) {
            committed.confirmed.add(amount)?;
        }
    }
    Ok(committed)
}

/// What is at risk of being lost: the value of the newest figures of each allowance whose period still runs. `newest` has
/// one evaluation an allowance, with today's date in its contract's zone.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn unused_at_risk<'a>(newest: impl IntoIterator<Item = (&'a Evaluation, Date)>) -> Result<Totals, MoneyError> {
    let mut totals = Totals::default();
    for (evaluation, today) in newest {
        let value = evaluation.figures.as_ref().and_then(|figures| figures.projected_unused_value);
        if let Some(value) = value.filter(|_| evaluation.period.contains(today)) {
            totals.add(value)?;
        }
    }
    Ok(totals)
}

/// How many suppliers are behind the profiles that are not archived.
pub fn suppliers<'a>(profiles: impl IntoIterator<Item = &'a FinanceProfile>) -> usize {
    let linked =
        profiles.into_iter().filter(|profile| profile.status != ProfileStatus::Archived).filter_map(|profile| match &profile.payee {
            Payee::Supplier { id, .. } => *id,
            Payee::Nobody => None,
        });
    linked.collect::<BTreeSet<_>>().len()
}

/// Open items by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenItems {
    /// Critical ones.
    pub critical: usize,
    /// High ones.
    pub high: usize,
    /// Medium ones.
    pub medium: usize,
    /// Low ones.
    pub low: usize,
}

impl OpenItems {
    /// Counts those that are open or in progress.
    pub fn count<'a>(items: impl IntoIterator<Item = &'a WorkItem>) -> Self {
        let mut counts = Self::default();
        for item in items.into_iter().filter(|item| item.state.is_open()) {
            match item.severity {
                Severity::Critical => counts.critical += 1,
                Severity::High => counts.high += 1,
                Severity::Medium => counts.medium += 1,
                Severity::Low => counts.low += 1,
            }
        }
        counts
    }

    /// All of them.
    pub const fn total(&self) -> usize {
        self.critical + self.high + self.medium + self.low
    }

    /// The worst there is.
    pub const fn highest(&self) -> Option<Severity> {
        match self {
            Self { critical: 1.., .. } => Some(Severity::Critical),
            Self { high: 1.., .. } => Some(Severity::High),
            Self { medium: 1.., .. } => Some(Severity::Medium),
            Self { low: 1.., .. } => Some(Severity::Low),
            _ => None,
        }
    }
}

/// How many contracts still need setting up: those with an open item for missing plan details.
pub fn needing_setup<'a>(items: impl IntoIterator<Item = &'a WorkItem>) -> usize {
    let open = items.into_iter().filter(|item| item.kind == WorkItemType::PlanDetailsNeeded && item.state.is_open());
    open.filter_map(|item| item.links.contract_id).collect::<BTreeSet<_>>().len()
}

/// How much of a budget is used, in percent. `None` when either is not known, the budget is nothing, or they are in two
/// currencies.
pub fn budget_use(cost: Option<Money>, budget: Option<Money>) -> Option<Decimal> {
    let (cost, budget) = cost.zip(budget)?;
    let same = cost.currency() == budget.currency() && budget.is_positive();
    same.then(|| ratio(cost.amount(), Decimal::ONE_HUNDRED, budget.amount()).ok()).flatten()
}

#[cfg(test)]
mod tests;
