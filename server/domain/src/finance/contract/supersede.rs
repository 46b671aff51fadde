//! A new version of a contract in force.

use super::complete::Surroundings;
use super::{Contract, ContractRefused, ContractTerms, Stamp, Standing};
use crate::finance::allowance::AllowanceTerms;
use vocab::ContractId;
use vocab::finance::ContractStatus;

/// What the new version shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Its id.
    pub id: ContractId,
    /// Its number.
    pub number: String,
    /// Its terms; the start date is the day it takes over.
    pub terms: ContractTerms,
}

/// Both versions, to be written together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The old one, superseded.
    pub old: Contract,
    /// The new one, active.
    pub new: Contract,
}

impl Contract {
    /// Active → superseded, with its successor activated in the same breath: at no time has the account two contracts, or
    /// none. The old one ends on the day the new one starts. A new version from the very first day replaces the old one
    /// altogether, as after a typing error.
    ///
    /// # Errors
    /// What [`Contract::activate`] refuses for the new version; [`ContractRefused::StartOutside`] when it begins before the
    /// old one or after its end.
    pub fn supersede(
        self,
        version: i64,
        successor: Successor,
        allowances: &[AllowanceTerms],
        around: Surroundings,
        stamp: Stamp,
    ) -> Result<Succession, ContractRefused> {
        self.at_version(version)?;
        let Standing::Active { activated } = self.standing else { return Err(self.wrong(ContractStatus::Superseded)) };
        let Successor { id, number, terms } = successor;
        let draft = Self::draft(id, number, self.supplier_id, self.account.clone(), terms, stamp.at);
        let draft = Self { supersedes: Some(self.id), suggested_type: self.suggested_type, ..draft };
        let new = draft.activate(0, allowances, around, stamp)?;
        let starts = new.terms.start_date.filter(|day| self.takes_over_on(*day)).ok_or(ContractRefused::StartOutside)?;
        let standing = Standing::Superseded { activated, superseded: stamp, ended_on: starts, by: new.id };
        let old = self.ended_early(starts).moved(standing, stamp.at);
        Ok(Succession { old, new })
    }

    fn takes_over_on(&self, day: time::Date) -> bool {
        self.terms.start_date.is_none_or(|start| start <= day) && self.terms.end_date.is_none_or(|end| day <= end)
    }
}
