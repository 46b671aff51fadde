//! Where a contract stands, with who brought it there and when.

use time::{Date, OffsetDateTime};
use vocab::finance::ContractStatus;
use vocab::{ContractId, UserId};

/// When something was done, and by whom; nobody means Purser itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub by: Option<UserId>,
}

/// Where a contract stands. Transitions are methods of [`Contract`](super::Contract).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Not in force.
    Draft,
    /// In force from its start date on.
    Active {
        /// Since when.
        activated: Stamp,
    },
    /// Paused: neither evaluated nor billed.
    Suspended {
        /// When it was first activated.
        activated: Stamp,
        /// Since when it is paused.
        suspended: Stamp,
        /// Why.
        reason: String,
    },
    /// Its end date passed.
    Expired {
        /// When it was first activated.
        activated: Stamp,
        /// When that was noticed.
        noticed: Stamp,
        /// The day after its last.
        ended_on: Date,
    },
    /// Ended early, or a draft that came to nothing.
    Terminated {
        /// When it was first activated, if ever.
        activated: Option<Stamp>,
        /// When it was ended.
        terminated: Stamp,
        /// The day after its last.
        ended_on: Date,
        /// Why.
        reason: String,
    },
    /// Replaced by a new version.
    Superseded {
        /// When it was first activated.
        activated: Stamp,
        /// When it was replaced.
        superseded: Stamp,
        /// The day after its last, which is the first of the new version.
        ended_on: Date,
        /// The new version.
        by: ContractId,
    },
}

/// A [`Standing`] laid flat, for storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingFacts {
    /// The status.
    pub status: ContractStatus,
    /// When it was first activated.
    pub activated: Option<Stamp>,
    /// When the present status began, for every status but draft and active.
    pub changed: Option<Stamp>,
    /// The day after its last, for an ended one.
    pub ended_on: Option<Date>,
    /// Why it was suspended or terminated.
    pub reason: Option<String>,
    /// The version that replaced it.
    pub successor: Option<ContractId>,
}

impl Standing {
    /// The status alone.
    pub const fn status(&self) -> ContractStatus {
        match self {
            Self::Draft => ContractStatus::Draft,
            Self::Active { .. } => ContractStatus::Active,
            Self::Suspended { .. } => ContractStatus::Suspended,
            Self::Expired { .. } => ContractStatus::Expired,
            Self::Terminated { .. } => ContractStatus::Terminated,
            Self::Superseded { .. } => ContractStatus::Superseded,
        }
    }

    /// When it was first activated, if ever.
    pub const fn activated(&self) -> Option<Stamp> {
        match self {
            Self::Draft => None,
            Self::Active { activated }
            | Self::Suspended { activated, .. }
            | Self::Expired { activated, .. }
            | Self::Superseded { activated, .. } => Some(*activated),
            Self::Terminated { activated, .. } => *activated,
        }
    }

    /// Was it ever activated?
    pub const fn was_activated(&self) -> bool {
        self.activated().is_some()
    }

    /// The day after its last, once it was ended.
    pub const fn ended_on(&self) -> Option<Date> {
        match self {
            Self::Draft | Self::Active { .. } | Self::Suspended { .. } => None,
            Self::Expired { ended_on, .. } | Self::Terminated { ended_on, .. } | Self::Superseded { ended_on, .. } => Some(*ended_on),
        }
    }

    /// Laid flat.
    pub fn facts(&self) -> StandingFacts {
        let (changed, reason, successor) = match self {
            Self::Draft | Self::Active { .. } => (None, None, None),
            Self::Suspended { suspended, reason, .. } => (Some(*suspended), Some(reason.clone()), None),
            Self::Expired { noticed, .. } => (Some(*noticed), None, None),
            Self::Terminated { terminated, reason, .. } => (Some(*terminated), Some(reason.clone()), None),
            Self::Superseded { superseded, by, .. } => (Some(*superseded), None, Some(*by)),
        };
        StandingFacts { status: self.status(), activated: self.activated(), changed, ended_on: self.ended_on(), reason, successor }
    }

    /// Built up again; `None` when the facts contradict each other.
    pub fn from_facts(facts: StandingFacts) -> Option<Self> {
        let StandingFacts { status, activated, changed, ended_on, reason, successor } = facts;
        Some(match status {
            ContractStatus::Draft => Self::Draft,
            ContractStatus::Active => Self::Active { activated: activated? },
            ContractStatus::Suspended => Self::Suspended { activated: activated?, suspended: changed?, reason: reason? },
            ContractStatus::Expired => Self::Expired { activated: activated?, noticed: changed?, ended_on: ended_on? },
            ContractStatus::Terminated => Self::Terminated { activated, terminated: changed?, ended_on: ended_on?, reason: reason? },
            ContractStatus::Superseded => {
                Self::Superseded { activated: activated?, superseded: changed?, ended_on: ended_on?, by: successor? }
            }
        })
    }
}
