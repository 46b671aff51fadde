//! Edits by people: each based on a version, none lost.

use super::complete::{Surroundings, missing};
use super::valid::allowance_problems;
use super::{Contract, ContractRefused, ContractTerms, FieldChange, FieldProblem};
use crate::finance::allowance::AllowanceTerms;
use time::OffsetDateTime;
use vocab::finance::{ContractField, ContractStatus};

/// What a contract has already led to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// Bills, whatever their status.
    pub bills: u64,
    /// Days with figures.
    pub snapshots: u64,
}

/// An edited contract and what changed, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The contract as it shall be.
    pub contract: Contract,
    /// What changed, field by field; empty when nothing did.
    pub changes: Vec<FieldChange>,
}

impl Contract {
    /// With other terms. A draft takes any valid ones; a contract in force only what was not agreed with the supplier
    /// (owner, budget, links, notes …), and it stays complete.
    ///
    /// # Errors
    /// [`ContractRefused`]: stale, ended, wrong values, a change that needs a new version, or another currency after there
    /// are figures.
    pub fn edit(
        self,
        version: i64,
        terms: ContractTerms,
        allowances: &[AllowanceTerms],
        around: Surroundings,
        history: History,
        now: OffsetDateTime,
    ) -> Result<Edited, ContractRefused> {
        self.at_version(version)?;
        if self.status().is_terminal() {
            return Err(ContractRefused::Ended);
        }
        let changes = self.terms.changes_to(&terms);
        if changes.is_empty() {
            return Ok(Edited { contract: self, changes });
        }
        self.may_change(&changes, history)?;
        let after = Self { terms, updated_at: now, version: self.version + 1, ..self };
        after.is_sound(&changes, allowances, around)?;
        Ok(Edited { contract: after, changes })
    }

    /// With other allowances: the caller writes them together with the contract returned. Each must be right on its own;
    /// whether they fit together is asked on activation. In force they change with a new version only.
    ///
    /// # Errors
    /// [`ContractRefused`]: stale, ended, in force, or wrong values.
    pub fn edit_allowances(self, version: i64, allowances: &[AllowanceTerms], now: OffsetDateTime) -> Result<Self, ContractRefused> {
        self.at_version(version)?;
        match self.status() {
            ContractStatus::Draft => {}
            ContractStatus::Active | ContractStatus::Suspended => {
                return Err(ContractRefused::NeedsNewVersion(vec![ContractField::Allowances]));
            }
            ContractStatus::Expired | ContractStatus::Terminated | ContractStatus::Superseded => return Err(ContractRefused::Ended),
        }
        let problems = allowance_problems(&self.terms, allowances);
        if problems.is_empty() {
            Ok(Self { updated_at: now, version: version + 1, ..self })
        } else {
            Err(ContractRefused::Fields(problems))
        }
    }

    fn may_change(&self, changes: &[FieldChange], history: History) -> Result<(), ContractRefused> {
        let currency = changes.iter().any(|change| change.field == ContractField::Currency && change.before.is_some());
        if currency && (history.bills > 0 || history.snapshots > 0) {
            return Err(ContractRefused::CurrencyFixed);
        }
        let agreed: Vec<ContractField> = changes.iter().map(|change| change.field).filter(|field| field.is_commercial()).collect();
        if self.status() == ContractStatus::Draft || agreed.is_empty() { Ok(()) } else { Err(ContractRefused::NeedsNewVersion(agreed)) }
    }

    /// Values are right and, in force, no changed field leaves a gap. A gap that opened by itself, for example an owner who
    /// left, does not stand in the way of another edit.
    fn is_sound(&self, changes: &[FieldChange], allowances: &[AllowanceTerms], around: Surroundings) -> Result<(), ContractRefused> {
        let mut problems: Vec<FieldProblem> = self.terms.problems();
        if self.status() != ContractStatus::Draft {
            let gaps = missing(self, allowances, around).into_iter();
            problems.extend(gaps.filter(|gap| changes.iter().any(|change| change.field == gap.field)));
        }
        if problems.is_empty() { Ok(()) } else { Err(ContractRefused::Fields(problems)) }
    }
}
