//! What the last check said of a connection.

use time::OffsetDateTime;
use vocab::Verdict;

/// When it was checked and what came of it. Transitions are [`Standing::after`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The provider answered as it should.
    Good {
        /// When.
        checked_at: OffsetDateTime,
    },
    /// Saved, and the last check could not decide: it will be repeated.
    Waiting {
        /// Why: unreachable, rate limited or provider down.
        why: Verdict,
        /// The provider's or the network's own words.
        message: String,
        /// When.
        checked_at: OffsetDateTime,
        /// Checks in a row without a decision.
        attempts: u32,
        /// When the next one is due.
        next_check_at: OffsetDateTime,
        /// Was it good before?
        was_good: bool,
    },
    /// A person has to act: no funds, not permitted or refused since it was saved.
    Refused {
        /// Why: no funds, not permitted or bad credential.
        why: Verdict,
        /// The provider's own words.
        message: String,
        /// When.
        checked_at: OffsetDateTime,
        /// No funds is looked at again by itself; the others are not.
        next_check_at: Option<OffsetDateTime>,
    },
}

/// A [`Standing`] laid flat, for storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingFacts {
    /// The verdict behind it.
    pub verdict: Verdict,
    /// The provider's own words; empty when good.
    pub message: String,
    /// When.
    pub checked_at: OffsetDateTime,
    /// Checks in a row without a decision.
    pub attempts: u32,
    /// When the next one is due.
    pub next_check_at: Option<OffsetDateTime>,
    /// Was it good before?
    pub was_good: bool,
}

impl Standing {
    /// The verdict behind it.
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Good { .. } => Verdict::Ok,
            Self::Waiting { why, .. } | Self::Refused { why, .. } => *why,
        }
    }

    /// When the provider was last asked.
    pub const fn checked_at(&self) -> OffsetDateTime {
        match self {
            Self::Good { checked_at } | Self::Waiting { checked_at, .. } | Self::Refused { checked_at, .. } => *checked_at,
        }
    }

    /// When the next check is due by itself.
    pub const fn next_check_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Good { .. } => None,
            Self::Waiting { next_check_at, .. } => Some(*next_check_at),
            Self::Refused { next_check_at, .. } => *next_check_at,
        }
    }

    /// Laid flat.
    pub fn facts(&self) -> StandingFacts {
        match self.clone() {
            Self::Good { checked_at } => {
                StandingFacts { verdict: Verdict::Ok, message: String::new(), checked_at, attempts: 0, next_check_at: None, was_good: true }
            }
            Self::Waiting { why, message, checked_at, attempts, next_check_at, was_good } => {
                StandingFacts { verdict: why, message, checked_at, attempts, next_check_at: Some(next_check_at), was_good }
            }
            Self::Refused { why, message, checked_at, next_check_at } => {
                StandingFacts { verdict: why, message, checked_at, attempts: 0, next_check_at, was_good: false }
            }
        }
    }

    /// Built up again; `None` when the facts contradict each other.
    pub fn from_facts(facts: StandingFacts) -> Option<Self> {
        let StandingFacts { verdict, message, checked_at, attempts, next_check_at, was_good } = facts;
        match verdict {
            Verdict::Ok => Some(Self::Good { checked_at }),
            why if why.heals_by_itself() => {
                Some(Self::Waiting { why, message, checked_at, attempts, next_check_at: next_check_at?, was_good })
            }
            why => Some(Self::Refused { why, message, checked_at, next_check_at }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn every_standing_survives_storage() {
        let at = datetime!(2026-11-23 10:00 UTC);
        let all = [
            Standing::Good { checked_at: at },
            Standing::Waiting {
                why: Verdict::RateLimited,
                message: "slow".into(),
                checked_at: at,
                attempts: 2,
                next_check_at: at,
                was_good: true,
            },
            Standing::Refused { why: Verdict::NoFunds, message: "empty".into(), checked_at: at, next_check_at: Some(at) },
        ];
        for standing in all {
            assert_eq!(Standing::from_facts(standing.facts()), Some(standing));
        }
    }
}
