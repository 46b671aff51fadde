//! From one status to the next: each step consumes the contract and can be refused.

use super::complete::{Surroundings, activation_problems};
use super::{Contract, FieldProblem, Stamp, Standing};
use crate::finance::allowance::AllowanceTerms;
use time::{Date, OffsetDateTime};
use vocab::finance::{ContractField, ContractStatus};

/// Longest reason for a suspension or an end.
const LONGEST_REASON: usize = 1_000;

/// Why a contract was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContractRefused {
    /// Somebody else saved first.
    #[error("this contract was changed by somebody else; look at their change first")]
    Stale,
    /// The step does not lead on from where it stands.
    #[error("a contract that is {} cannot become {}", .from.as_str(), .to.as_str())]
    WrongStatus {
        /// Where it stands.
        from: ContractStatus,
        /// Where it should have gone.
        to: ContractStatus,
    },
    /// It has ended, and what was agreed then stays as it is.
    #[error("this contract has ended; make a new one")]
    Ended,
    /// Values are wrong or missing.
    #[error("some fields need another look")]
    Fields(Vec<FieldProblem>),
    /// Terms of a contract in force.
    #[error("what was agreed changes only with a new version of the contract")]
    NeedsNewVersion(Vec<ContractField>),
    /// Figures exist in the old currency.
    #[error("the currency cannot change once a bill or a day's figures exist")]
    CurrencyFixed,
    /// No reason.
    #[error("say why")]
    ReasonMissing,
    /// An essay.
    #[error("at most {LONGEST_REASON} characters of reason")]
    ReasonTooLong,
    /// Its end date has not come.
    #[error("this contract has not reached its end date")]
    NotEnded,
    /// A new version from before the old one, or after its end.
    #[error("a new version must begin while the old one runs")]
    StartOutside,
}

impl ContractRefused {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Stale => "stale_version",
            Self::WrongStatus { .. } => "wrong_status",
            Self::Ended => "contract_ended",
            Self::Fields(_) => "fields",
            Self::NeedsNewVersion(_) => "needs_new_version",
            Self::CurrencyFixed => "currency_fixed",
            Self::ReasonMissing => "reason_missing",
            Self::ReasonTooLong => "reason_too_long",
            Self::NotEnded => "contract_not_ended",
            Self::StartOutside => "start_outside",
        }
    }
}

impl Contract {
    /// Draft → active: everything its type requires is known and right. With a start date to come it is active and
    /// pending until then.
    ///
    /// # Errors
    /// [`ContractRefused::Stale`], [`ContractRefused::WrongStatus`], or [`ContractRefused::Fields`] with every problem.
    pub fn activate(
        self,
        version: i64,
        allowances: &[AllowanceTerms],
        around: Surroundings,
        stamp: Stamp,
    ) -> Result<Self, ContractRefused> {
        self.at_version(version)?;
        let Standing::Draft = self.standing else { return Err(self.wrong(ContractStatus::Active)) };
        let problems = activation_problems(&self, allowances, around);
        if !problems.is_empty() {
            return Err(ContractRefused::Fields(problems));
        }
        Ok(self.moved(Standing::Active { activated: stamp }, stamp.at))
    }

    /// Active → suspended: evaluation and bill drafting stop, items stay.
    ///
    /// # Errors
    /// [`ContractRefused::Stale`], [`ContractRefused::WrongStatus`], or a reason that is missing or too long.
    pub fn suspend(self, version: i64, reason: &str, stamp: Stamp) -> Result<Self, ContractRefused> {
        self.at_version(version)?;
        let Standing::Active { activated } = self.standing else { return Err(self.wrong(ContractStatus::Suspended)) };
        let reason = reason_of(reason)?;
        Ok(self.moved(Standing::Suspended { activated, suspended: stamp, reason }, stamp.at))
    }

    /// Suspended → active: goes on, and the days between are made up for.
    ///
    /// # Errors
    /// [`ContractRefused::Stale`], [`ContractRefused::WrongStatus`].
    pub fn resume(self, version: i64, now: OffsetDateTime) -> Result<Self, ContractRefused> {
        self.at_version(version)?;
        let Standing::Suspended { activated, .. } = self.standing else { return Err(self.wrong(ContractStatus::Active)) };
        Ok(self.moved(Standing::Active { activated }, now))
    }

    /// Draft, active or suspended → terminated. `ended_on` is the day after its last; a later agreed end is brought forward
    /// to it, an earlier one stays.
    ///
    /// # Errors
    /// [`ContractRefused::Stale`], [`ContractRefused::WrongStatus`], or a reason that is missing or too long.
    pub fn terminate(self, version: i64, ended_on: Date, reason: &str, stamp: Stamp) -> Result<Self, ContractRefused> {
        self.at_version(version)?;
        if self.status().is_terminal() {
            return Err(self.wrong(ContractStatus::Terminated));
        }
        let (activated, reason) = (self.standing.activated(), reason_of(reason)?);
        let ended = self.ended_early(ended_on);
        Ok(ended.moved(Standing::Terminated { activated, terminated: stamp, ended_on, reason }, stamp.at))
    }

    /// Active or suspended → expired, on the local day `today`, by the scheduler.
    ///
    /// # Errors
    /// [`ContractRefused::WrongStatus`], or [`ContractRefused::NotEnded`] before its end date.
    pub fn expire(self, today: Date, now: OffsetDateTime) -> Result<Self, ContractRefused> {
        let (Standing::Active { activated } | Standing::Suspended { activated, .. }) = self.standing else {
            return Err(self.wrong(ContractStatus::Expired));
        };
        let ended_on = self.terms.end_date.filter(|end| *end <= today).ok_or(ContractRefused::NotEnded)?;
        Ok(self.moved(Standing::Expired { activated, noticed: Stamp { at: now, by: None }, ended_on }, now))
    }

    /// Brings the agreed end forward, unless that would end it before it starts.
    pub(super) fn ended_early(mut self, day: Date) -> Self {
        let starts_before = self.terms.start_date.is_some_and(|start| start < day);
        if starts_before && self.terms.end_date.is_none_or(|end| day < end) {
            self.terms.end_date = Some(day);
        }
        self
    }

    pub(super) const fn at_version(&self, version: i64) -> Result<(), ContractRefused> {
        if self.version == version { Ok(()) } else { Err(ContractRefused::Stale) }
    }

    pub(super) const fn wrong(&self, to: ContractStatus) -> ContractRefused {
        ContractRefused::WrongStatus { from: self.status(), to }
    }

    pub(super) fn moved(mut self, standing: Standing, now: OffsetDateTime) -> Self {
        self.standing = standing;
        self.updated_at = now;
        self.version += 1;
        self
    }
}

fn reason_of(text: &str) -> Result<String, ContractRefused> {
    let reason = text.trim();
    match reason.chars().count() {
        0 => Err(ContractRefused::ReasonMissing),
        length if length > LONGEST_REASON => Err(ContractRefused::ReasonTooLong),
        _ => Ok(reason.to_owned()),
    }
}
