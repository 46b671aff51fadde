//! Seeding: what becomes known to Finance when a provider is connected, switched, disconnected or removed.
//!
//! [`plan`] is pure: from what happened and what exists to the rows to write. Planning again after writing them gives
//! nothing to write, so seeding may run as often as it likes; and it never changes a value that a person entered. What two
//! planners at the same time would write twice, unique keys refuse, and the one who lost plans again.

mod ensure;
mod findings;
mod planner;
mod retry;
mod writes;

pub use retry::{Retry, after_failure};

use super::allowance::Allowance;
use super::contract::{Contract, Coverage, CoverageChange};
use super::profile::FinanceProfile;
use super::supplier::Supplier;
use super::vendor::Commercial;
use super::work_item::WorkItem;
use super::zone::Zone;
use crate::Entropy;
use crate::provider::Links;
use planner::Planner;
use time::OffsetDateTime;
use vocab::{ContractId, ProviderId};

/// What happened to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedEvent {
    /// It became usable, whichever way, or its method changed while it was; also when Finance asks for the hand-off again.
    Connected,
    /// It was signed out or switched off. What is owed is still owed.
    Disconnected,
    /// It was removed from the catalogue.
    Removed,
}

/// The provider it happened to.
#[derive(Debug, Clone)]
pub struct SeededProvider<'a> {
    /// Its id.
    pub id: &'a ProviderId,
    /// As shown.
    pub name: &'a str,
    /// Who is paid for the method it is connected by.
    pub commercial: Commercial,
    /// The vendor's pages.
    pub links: &'a Links,
}

/// What exists. More than what is asked for does no harm.
#[derive(Debug, Clone)]
pub struct World<'a> {
    /// The provider's profile, and those of providers that share a contract with it.
    pub profiles: &'a [FinanceProfile],
    /// All suppliers that could be the vendor.
    pub suppliers: &'a [Supplier],
    /// Contracts that have not ended: of the provider's billing account, and those that cover its profile.
    pub contracts: &'a [Contract],
    /// Their allowances.
    pub allowances: &'a [Allowance],
    /// Every interval of the provider's profile and of those contracts.
    pub coverage: &'a [Coverage],
    /// Those of the contracts with usage, figures or bills.
    pub used: &'a [ContractId],
    /// Items of the profiles and of every contract that ever covered them.
    pub items: &'a [WorkItem],
    /// Can the contract's budget owner still sign in?
    pub owner_active: bool,
    /// Is a price known for the provider's models?
    pub prices_known: bool,
    /// Zone of a new contract: the organisation's.
    pub time_zone: &'a Zone,
}

/// A row to write, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// A new supplier.
    InsertSupplier(Supplier),
    /// A supplier that was recognised by name gets the vendor's key.
    UpdateSupplier(Supplier),
    /// A new profile.
    InsertProfile(FinanceProfile),
    /// A profile with gaps filled, or another state.
    UpdateProfile(FinanceProfile),
    /// A new draft.
    InsertContract(Contract),
    /// A draft that was never used, ended.
    UpdateContract(Contract),
    /// Which contract covers which profile.
    Coverage(CoverageChange),
    /// A new item.
    InsertItem(WorkItem),
    /// An item that changed, closed or was opened again.
    UpdateItem(WorkItem),
}

/// What to write after `event`. Nothing at all when everything is already as it should be.
pub fn plan(event: SeedEvent, provider: &SeededProvider<'_>, world: &World<'_>, now: OffsetDateTime, entropy: &dyn Entropy) -> Vec<Write> {
    let mut planner = Planner::new(provider, world, now, entropy);
    match event {
        SeedEvent::Connected => planner.connected(),
        SeedEvent::Disconnected => planner.disconnected(),
        SeedEvent::Removed => planner.removed(),
    }
    planner.into_writes()
}

#[cfg(test)]
mod leave_tests;
#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod test_world;
#[cfg(test)]
mod tests;
