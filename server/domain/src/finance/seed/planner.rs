//! Works on copies of what exists.

use super::{SeededProvider, World};
use crate::Entropy;
use crate::finance::contract::{Contract, Coverage, CoverageChange, Stamp, cover, uncover};
use crate::finance::number::Numbered;
use crate::finance::profile::{ArchiveReason, Archived, FinanceProfile, Payee};
use crate::finance::supplier::Supplier;
use crate::finance::vendor::{BillingAccount, Commercial};
use crate::finance::work_item::{Change, Ending, Finding, WorkItem, reconcile, settled};
use time::OffsetDateTime;
use vocab::finance::{ConnectionState, ContractType};
use vocab::{ContractId, FinanceProfileId, WorkItemId};

pub(super) struct Planner<'a> {
    pub(super) provider: &'a SeededProvider<'a>,
    pub(super) world: &'a World<'a>,
    pub(super) now: OffsetDateTime,
    pub(super) entropy: &'a dyn Entropy,
    pub(super) suppliers: Vec<Supplier>,
    pub(super) profiles: Vec<FinanceProfile>,
    pub(super) contracts: Vec<Contract>,
    pub(super) coverage: Vec<Coverage>,
    pub(super) coverage_changes: Vec<CoverageChange>,
    pub(super) items: Vec<WorkItem>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(provider: &'a SeededProvider<'a>, world: &'a World<'a>, now: OffsetDateTime, entropy: &'a dyn Entropy) -> Self {
        Self {
            provider,
            world,
            now,
            entropy,
            suppliers: world.suppliers.to_vec(),
            profiles: world.profiles.to_vec(),
            contracts: world.contracts.to_vec(),
            coverage: world.coverage.to_vec(),
            coverage_changes: Vec::new(),
            items: world.items.to_vec(),
        }
    }

    pub(super) fn connected(&mut self) {
        let kept_away = self.own().is_some_and(|profile| {
            profile.connection == ConnectionState::Connected
                && profile.archived.is_some_and(|archived| archived.why == ArchiveReason::ByFinance)
        });
        if kept_away {
            return;
        }
        match &self.provider.commercial {
            Commercial::SelfHosted => {
                self.ensure_profile(Payee::Nobody);
            }
            Commercial::Vendor { account, suggested } => self.connected_to(account, *suggested),
        }
    }

    fn connected_to(&mut self, account: &BillingAccount, suggested: Option<ContractType>) {
        let (supplier_id, review) = self.ensure_supplier(account);
        let payee = Payee::Supplier { resold: false, account: account.clone(), id: Some(supplier_id) };
        let profile_id = self.ensure_profile(payee);
        let contract_id = self.ensure_contract(account, supplier_id, suggested);
        let left = self.covered_by(profile_id).filter(|left| *left != contract_id);
        let changes = cover(&self.coverage, contract_id, profile_id, self.now);
        self.change_coverage(changes);
        self.take_up_again(profile_id, contract_id);
        let mut findings = self.contract_findings(contract_id);
        findings.extend(self.profile_findings(profile_id, contract_id, review.as_ref()));
        self.record(findings);
        if let Some(left) = left {
            self.abandoned(left);
        }
    }

    pub(super) fn disconnected(&mut self) {
        let Some(own) = self.own().map(|profile| profile.id) else { return };
        self.edit_profile(own, |profile| profile.connection = ConnectionState::Disconnected);
        if let Some(contract_id) = self.covered_by(own) {
            self.abandoned(contract_id);
        }
    }

    pub(super) fn removed(&mut self) {
        self.disconnected();
        let archived = Archived { at: self.now, why: ArchiveReason::ProviderRemoved };
        if let Some(own) = self.own().map(|profile| profile.id) {
            self.edit_profile(own, |profile| profile.archived = profile.archived.or(Some(archived)));
        }
    }

    /// What to do about a contract that a provider no longer uses: nothing while another one does; a draft that nobody
    /// touched goes; a fixed amount that is still owed becomes an item.
    fn abandoned(&mut self, contract_id: ContractId) {
        let Some(contract) = self.contract(contract_id).cloned() else { return };
        if !self.any_connected(contract_id) && contract.is_untouched() && !self.world.used.contains(&contract_id) {
            self.drop_draft(contract);
            return;
        }
        let finding = self.commitment_finding(&contract);
        self.record(vec![finding]);
    }

    fn drop_draft(&mut self, contract: Contract) {
        let (id, version) = (contract.id, contract.version);
        let today = contract.terms.time_zone.date(self.now);
        let Ok(dropped) = contract.terminate(version, today, "never used", Stamp { at: self.now, by: None }) else { return };
        let profiles = self.profiles_under(id);
        for item in settled(&self.items, id, Ending::NeverUsed, self.now) {
            self.put_item(item);
        }
        self.contracts.retain(|contract| contract.id != id);
        self.contracts.push(dropped);
        let archived = Archived { at: self.now, why: ArchiveReason::NeverUsed };
        for profile_id in profiles {
            let changes = uncover(&self.coverage, profile_id, self.now);
            self.change_coverage(changes);
            self.edit_profile(profile_id, |profile| profile.archived = profile.archived.or(Some(archived)));
        }
    }

    /// Only what is new: being seeded again is no second detection.
    pub(super) fn record(&mut self, findings: Vec<Finding>) {
        for change in reconcile(findings, &self.items, self.now) {
            match change {
                Change::Open(new) => {
                    let id = WorkItemId::new(self.entropy.uuid(self.now));
                    self.items.push(new.with(id, Numbered::WorkItem.draw(self.entropy)));
                }
                Change::Update(item) => self.put_item(item),
                Change::Seen(_) => {}
            }
        }
    }

    pub(super) fn put_item(&mut self, item: WorkItem) {
        if let Some(stored) = self.items.iter_mut().find(|stored| stored.id == item.id) {
            *stored = item;
        }
    }

    fn change_coverage(&mut self, changes: Vec<CoverageChange>) {
        for change in &changes {
            match *change {
                CoverageChange::Close { coverage, at } => {
                    if let Some(stored) = self.coverage.iter_mut().find(|stored| **stored == coverage) {
                        stored.to = Some(at);
                    }
                }
                CoverageChange::Remove(coverage) => self.coverage.retain(|stored| *stored != coverage),
                CoverageChange::Open(coverage) => self.coverage.push(coverage),
            }
        }
        self.coverage_changes.extend(changes);
    }

    pub(super) fn own(&self) -> Option<&FinanceProfile> {
        self.profiles.iter().find(|profile| profile.provider_id == *self.provider.id)
    }

    pub(super) fn contract(&self, id: ContractId) -> Option<&Contract> {
        self.contracts.iter().find(|contract| contract.id == id)
    }

    pub(super) fn covered_by(&self, profile: FinanceProfileId) -> Option<ContractId> {
        self.coverage.iter().find(|coverage| coverage.profile_id == profile && coverage.to.is_none()).map(|coverage| coverage.contract_id)
    }

    pub(super) fn profiles_under(&self, contract: ContractId) -> Vec<FinanceProfileId> {
        self.coverage.iter().filter(|coverage| coverage.contract_id == contract && coverage.to.is_none()).map(|c| c.profile_id).collect()
    }

    pub(super) fn any_connected(&self, contract: ContractId) -> bool {
        let under = self.profiles_under(contract);
        self.profiles.iter().any(|profile| under.contains(&profile.id) && profile.connection == ConnectionState::Connected)
    }

    pub(super) fn edit_profile(&mut self, id: FinanceProfileId, change: impl FnOnce(&mut FinanceProfile)) {
        if let Some(profile) = self.profiles.iter_mut().find(|profile| profile.id == id) {
            change(profile);
        }
    }
}
