//! From the copies to the rows that became different.

use super::Write;
use super::planner::Planner;
use crate::finance::profile::{FinanceProfile, profile_status};
use time::OffsetDateTime;
use vocab::finance::ProfileStatus;

impl Planner<'_> {
    pub(super) fn into_writes(mut self) -> Vec<Write> {
        self.derive_statuses();
        let (world, now) = (self.world, self.now);
        let suppliers = differing(self.suppliers, world.suppliers, |supplier| supplier.id, Write::InsertSupplier, Write::UpdateSupplier);
        let profiles = self.profiles.into_iter().map(|profile| stamped(profile, world.profiles, now)).collect();
        let profiles = differing(profiles, world.profiles, |profile| profile.id, Write::InsertProfile, Write::UpdateProfile);
        let contracts = differing(self.contracts, world.contracts, |contract| contract.id, Write::InsertContract, Write::UpdateContract);
        let coverage = self.coverage_changes.into_iter().map(Write::Coverage).collect();
        let items = differing(self.items, world.items, |item| item.id, Write::InsertItem, Write::UpdateItem);
        [suppliers, profiles, contracts, coverage, items].concat()
    }

    fn derive_statuses(&mut self) {
        let statuses: Vec<ProfileStatus> = self
            .profiles
            .iter()
            .map(|profile| {
                let running = self.covered_by(profile.id).and_then(|id| self.contract(id));
                let running = running.filter(|contract| !contract.status().is_terminal());
                profile_status(profile, running.as_slice(), &self.items)
            })
            .collect();
        for (profile, status) in self.profiles.iter_mut().zip(statuses) {
            profile.status = status;
        }
    }
}

/// A profile's version grows with what people see in its form, not with what is derived.
fn stamped(profile: FinanceProfile, before: &[FinanceProfile], now: OffsetDateTime) -> FinanceProfile {
    match before.iter().find(|before| before.id == profile.id) {
        Some(before) if *before != profile => {
            let entered = before.settings != profile.settings || before.payee != profile.payee || before.archived != profile.archived;
            FinanceProfile { updated_at: now, version: before.version + i64::from(entered), ..profile }
        }
        Some(_) | None => profile,
    }
}

/// Rows that are new or no longer as they were.
fn differing<T: PartialEq, Id: PartialEq>(
    after: Vec<T>,
    before: &[T],
    id: impl Fn(&T) -> Id,
    insert: impl Fn(T) -> Write,
    update: impl Fn(T) -> Write,
) -> Vec<Write> {
    after
        .into_iter()
        .filter_map(|row| match before.iter().find(|before| id(before) == id(&row)) {
            None => Some(insert(row)),
            Some(before) if *before != row => Some(update(row)),
            Some(_) => None,
        })
        .collect()
}
