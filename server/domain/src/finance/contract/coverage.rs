//! Which contract a provider's use belongs to, at each instant.

use time::OffsetDateTime;
use vocab::{ContractId, FinanceProfileId};

/// From one instant on, perhaps until another, a profile's use belongs to a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The contract.
    pub contract_id: ContractId,
    /// Whose use.
    pub profile_id: FinanceProfileId,
    /// First instant.
    pub from: OffsetDateTime,
    /// Instant after the last; `None` while it goes on.
    pub to: Option<OffsetDateTime>,
}

/// A change to make to the stored intervals, in the order given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverageChange {
    /// Ends an interval.
    Close {
        /// The interval as stored.
        coverage: Coverage,
        /// Its end.
        at: OffsetDateTime,
    },
    /// Takes out an interval that never began to count.
    Remove(Coverage),
    /// Begins one.
    Open(Coverage),
}

impl Coverage {
    /// Does it hold at `at`?
    pub fn contains(&self, at: OffsetDateTime) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }

    /// Do the two hold at the same time for the same profile? Stored intervals never do.
    pub fn overlaps(&self, other: &Self) -> bool {
        let before_end = |at: OffsetDateTime, end: Option<OffsetDateTime>| end.is_none_or(|end| at < end);
        self.profile_id == other.profile_id && before_end(self.from, other.to) && before_end(other.from, self.to)
    }

    fn ended(self, at: OffsetDateTime) -> CoverageChange {
        if at > self.from { CoverageChange::Close { coverage: self, at } } else { CoverageChange::Remove(self) }
    }
}

/// The contract that a profile's use at `at` belongs to.
pub fn covering(all: &[Coverage], profile_id: FinanceProfileId, at: OffsetDateTime) -> Option<ContractId> {
    all.iter().find(|coverage| coverage.profile_id == profile_id && coverage.contains(at)).map(|coverage| coverage.contract_id)
}

/// Puts a profile under a contract from `at` on. `all` are the profile's intervals. An interval of another contract that
/// goes on is ended first; one that reaches beyond `at` because clocks differ is not cut into.
pub fn cover(all: &[Coverage], contract_id: ContractId, profile_id: FinanceProfileId, at: OffsetDateTime) -> Vec<CoverageChange> {
    let mine: Vec<&Coverage> = all.iter().filter(|coverage| coverage.profile_id == profile_id).collect();
    let going_on = mine.iter().find(|coverage| coverage.to.is_none());
    if going_on.is_some_and(|coverage| coverage.contract_id == contract_id) {
        return Vec::new();
    }
    let from = mine.iter().filter_map(|coverage| coverage.to).fold(at, OffsetDateTime::max);
    let ended = going_on.map(|coverage| coverage.ended(from));
    let opened = CoverageChange::Open(Coverage { contract_id, profile_id, from, to: None });
    ended.into_iter().chain([opened]).collect()
}

/// Ends what covers a profile, if anything does. What was used before stays where it belongs.
pub fn uncover(all: &[Coverage], profile_id: FinanceProfileId, at: OffsetDateTime) -> Vec<CoverageChange> {
    let going_on = all.iter().filter(|coverage| coverage.profile_id == profile_id && coverage.to.is_none());
    going_on.map(|coverage| coverage.ended(at)).collect()
}

/// Moves every profile of one contract to its new version from `at` on.
pub fn hand_over(all: &[Coverage], old: ContractId, new: ContractId, at: OffsetDateTime) -> Vec<CoverageChange> {
    let concerned = all.iter().filter(|coverage| coverage.contract_id == old && coverage.to.is_none_or(|to| to > at));
    concerned
        .flat_map(|coverage| {
            let moved = Coverage { contract_id: new, from: coverage.from.max(at), ..*coverage };
            [coverage.ended(at), CoverageChange::Open(moved)]
        })
        .collect()
}
