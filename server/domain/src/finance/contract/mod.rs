//! Contracts: what was agreed with a supplier, from draft to end.
//!
//! Terms may have gaps while a contract is a draft; [`ContractTerms::problems`] says which values are wrong at any time,
//! [`missing`] what lacks before it can be activated. A contract in force is changed only by a new version that
//! supersedes it, so what held on any past day can always be computed again.

mod agreed;
mod changes;
mod complete;
mod coverage;
mod edit;
mod problem;
mod standing;
mod supersede;
mod terms;
mod transition;
pub(in crate::finance) mod valid;

pub use agreed::Agreed;
pub use changes::FieldChange;
pub use complete::{Surroundings, activation_problems, missing, missing_fields};
pub use coverage::{Coverage, CoverageChange, cover, covering, hand_over, uncover};
pub use edit::{Edited, History};
pub use problem::{FieldProblem, Problem};
pub use standing::{Stamp, Standing, StandingFacts};
pub use supersede::{Succession, Successor};
pub use terms::ContractTerms;
pub use transition::ContractRefused;

use super::period::Span;
use super::vendor::BillingAccount;
use time::{Date, OffsetDateTime};
use vocab::finance::{ContractStatus, ContractType};
use vocab::{ContractId, SupplierId};

/// One version of a contract with a supplier. Of one billing account at most one has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// The version's id.
    pub id: ContractId,
    /// What people call it by: `AIC-…`.
    pub number: String,
    /// With whom.
    pub supplier_id: SupplierId,
    /// For which of the vendor's accounts.
    pub account: BillingAccount,
    /// What its type probably is, from how the provider is connected. Finance decides.
    pub suggested_type: Option<ContractType>,
    /// What was agreed, as far as it is known.
    pub terms: ContractTerms,
    /// Where it stands.
    pub standing: Standing,
    /// The version it replaced.
    pub supersedes: Option<ContractId>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
    /// Grows by one with every write; a stale writer is refused.
    pub version: i64,
}

impl Contract {
    /// A draft, as seeding makes it: nothing is known but whom it is with.
    pub fn draft(
        id: ContractId,
        number: String,
        supplier_id: SupplierId,
        account: BillingAccount,
        terms: ContractTerms,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id,
            number,
            supplier_id,
            account,
            suggested_type: None,
            terms,
            standing: Standing::Draft,
            supersedes: None,
            created_at: now,
            updated_at: now,
            version: 0,
        }
    }

    /// Its status.
    pub const fn status(&self) -> ContractStatus {
        self.standing.status()
    }

    /// What people call it: `OpenAI, LLC (Subscription)`.
    pub fn about(&self, supplier_name: &str) -> String {
        format!("{supplier_name} ({})", self.account.channel().label())
    }

    /// The type it is taken for until Finance has said: theirs, else the suggested one.
    pub fn probable_type(&self) -> Option<ContractType> {
        self.terms.contract_type.or(self.suggested_type)
    }

    /// The day after its last: its end date, or the day it was ended, whichever comes first.
    pub fn last_end(&self) -> Option<Date> {
        match (self.terms.end_date, self.standing.ended_on()) {
            (Some(agreed), Some(ended)) => Some(agreed.min(ended)),
            (agreed, ended) => agreed.or(ended),
        }
    }

    /// Did it hold on `day`? Only then is it evaluated, billed and counted in committed spend. A contract with a start
    /// date to come does not hold yet; an ended one held until its end; a suspended one is paused altogether.
    pub fn in_force_on(&self, day: Date) -> bool {
        let running = self.standing.was_activated() && self.status() != ContractStatus::Suspended;
        running && self.terms.start_date.is_some_and(|start| start <= day) && self.last_end().is_none_or(|end| day < end)
    }

    /// Its terms as evaluation and billing use them, for the days it really held; `None` for one that never did. Whether a
    /// day is evaluated at all is [`Contract::in_force_on`].
    pub fn agreed(&self) -> Option<Agreed> {
        let agreed = self.terms.agreed().filter(|_| self.standing.was_activated())?;
        let span = Span::new(agreed.span.from(), self.last_end()).ok()?;
        Some(Agreed { span, ..agreed })
    }

    /// Active, but not started yet: shown as "Pending".
    pub fn is_pending(&self, today: Date) -> bool {
        self.status() == ContractStatus::Active && self.terms.start_date.is_some_and(|start| today < start)
    }

    /// The status on screen.
    pub fn status_label(&self, today: Date) -> &'static str {
        if self.is_pending(today) { "Pending" } else { self.status().label() }
    }

    /// Nobody at Finance has touched it since it was seeded: it may go again with a provider that was never used. (A change
    /// of its allowances is a change of the contract and grows its version too.)
    pub fn is_untouched(&self) -> bool {
        self.status() == ContractStatus::Draft && self.version == 0
    }
}

#[cfg(test)]
mod coverage_tests;
#[cfg(test)]
mod life_tests;
#[cfg(test)]
mod tests;
