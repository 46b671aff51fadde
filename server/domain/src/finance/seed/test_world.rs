//! A store in memory that refuses what the unique keys of the real one refuse.

use super::*;
use crate::finance::contract::CoverageChange;
use crate::provider::Catalogue;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use time::macros::datetime;
use vocab::AuthMethod;
use vocab::finance::WorkItemType;

pub const NOW: OffsetDateTime = datetime!(2026-04-10 09:00 UTC);

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::built_in().unwrap());

/// Never the same eight bytes twice.
#[derive(Default)]
pub struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        let next = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (at, byte) in buffer.iter_mut().rev().enumerate() {
            *byte = if at < 8 { next[7 - at] } else { 0 };
        }
    }
}

pub struct Store {
    pub suppliers: Vec<Supplier>,
    pub profiles: Vec<FinanceProfile>,
    pub contracts: Vec<Contract>,
    pub coverage: Vec<Coverage>,
    pub items: Vec<WorkItem>,
    pub used: Vec<ContractId>,
    entropy: Counting,
}

impl Store {
    pub fn new() -> Self {
        Self {
            suppliers: Vec::new(),
            profiles: Vec::new(),
            contracts: Vec::new(),
            coverage: Vec::new(),
            items: Vec::new(),
            used: Vec::new(),
            entropy: Counting::default(),
        }
    }

    pub fn plan(&self, event: SeedEvent, provider: &str, method: AuthMethod, at: OffsetDateTime) -> Vec<Write> {
        let provider = CATALOGUE.get(&provider.parse().unwrap()).unwrap();
        let commercial = Commercial::of(&provider.method(method).unwrap().finance).unwrap();
        let running: Vec<Contract> = self.contracts.iter().filter(|contract| !contract.status().is_terminal()).cloned().collect();
        let world = World {
            profiles: &self.profiles,
            suppliers: &self.suppliers,
            contracts: &running,
            allowances: &[],
            coverage: &self.coverage,
            used: &self.used,
            items: &self.items,
            owner_active: true,
            prices_known: true,
            time_zone: &Zone::utc(),
        };
        let seeded = SeededProvider { id: &provider.id, name: &provider.name, commercial, links: &provider.links };
        plan(event, &seeded, &world, at, &self.entropy)
    }

    /// Plans, writes, and plans once more: seeding again must have nothing to write.
    pub fn happens(&mut self, event: SeedEvent, provider: &str, method: AuthMethod, at: OffsetDateTime) -> Vec<Write> {
        let writes = self.plan(event, provider, method, at);
        self.write(writes.clone());
        let again = self.plan(event, provider, method, at + time::Duration::HOUR);
        assert!(again.is_empty(), "not idempotent: {event:?} {provider} {method}: {again:#?}");
        writes
    }

    pub fn write(&mut self, writes: Vec<Write>) {
        for write in writes {
            match write {
                Write::InsertSupplier(row) => self.suppliers.push(row),
                Write::UpdateSupplier(row) => replace(&mut self.suppliers, row, |row| row.id),
                Write::InsertProfile(row) => self.profiles.push(row),
                Write::UpdateProfile(row) => replace(&mut self.profiles, row, |row| row.id),
                Write::InsertContract(row) => self.contracts.push(row),
                Write::UpdateContract(row) => replace(&mut self.contracts, row, |row| row.id),
                Write::Coverage(change) => self.change_coverage(change),
                Write::InsertItem(row) => self.items.push(row),
                Write::UpdateItem(row) => replace(&mut self.items, row, |row| row.id),
            }
        }
        self.check();
    }

    fn change_coverage(&mut self, change: CoverageChange) {
        match change {
            CoverageChange::Close { coverage, at } => {
                self.coverage.iter_mut().find(|stored| **stored == coverage).unwrap().to = Some(at);
            }
            CoverageChange::Remove(coverage) => self.coverage.retain(|stored| *stored != coverage),
            CoverageChange::Open(coverage) => self.coverage.push(coverage),
        }
    }

    fn check(&self) {
        unique(self.suppliers.iter().filter_map(|row| row.vendor_key.clone()));
        unique(self.profiles.iter().map(|row| row.provider_id.clone()));
        unique(self.contracts.iter().filter(|row| !row.status().is_terminal()).map(|row| row.account.clone()));
        unique(self.items.iter().filter(|row| row.state.is_open()).map(|row| row.key.clone()));
        unique(self.suppliers.iter().map(|row| row.number.clone()).chain(self.items.iter().map(|row| row.number.clone())));
        for (index, one) in self.coverage.iter().enumerate() {
            assert!(self.coverage[index + 1..].iter().all(|other| !one.overlaps(other)));
        }
        for item in &self.items {
            assert!(item.links.profile_id.is_some() || item.links.contract_id.is_some());
        }
    }

    pub fn profile(&self, provider: &str) -> &FinanceProfile {
        self.profiles.iter().find(|profile| profile.provider_id.as_str() == provider).unwrap()
    }

    pub fn profile_mut(&mut self, provider: &str) -> &mut FinanceProfile {
        self.profiles.iter_mut().find(|profile| profile.provider_id.as_str() == provider).unwrap()
    }

    /// The contract that covers a provider at `at`.
    pub fn covering(&self, provider: &str, at: OffsetDateTime) -> Option<&Contract> {
        let id = crate::finance::contract::covering(&self.coverage, self.profile(provider).id, at)?;
        self.contracts.iter().find(|contract| contract.id == id)
    }

    pub fn contract_mut(&mut self, account: &str) -> &mut Contract {
        self.contracts.iter_mut().find(|contract| contract.account.to_string() == account && !contract.status().is_terminal()).unwrap()
    }

    pub fn open(&self, kind: WorkItemType) -> Vec<&WorkItem> {
        self.items.iter().filter(|item| item.kind == kind && item.state.is_open()).collect()
    }

    /// How many suppliers, profiles, contracts and items there are.
    pub fn counts(&self) -> (usize, usize, usize, usize) {
        (self.suppliers.len(), self.profiles.len(), self.contracts.len(), self.items.len())
    }
}

fn replace<T, Id: PartialEq>(rows: &mut [T], row: T, id: impl Fn(&T) -> Id) {
    let wanted = id(&row);
    *rows.iter_mut().find(|stored| id(stored) == wanted).unwrap() = row;
}

fn unique<T: Ord>(keys: impl Iterator<Item = T>) {
    let mut seen = BTreeSet::new();
    for key in keys {
        assert!(seen.insert(key), "a unique key would refuse this");
    }
}
