//! Supplier, profile and contract: found, or made.

use super::planner::Planner;
use crate::finance::contract::{Contract, ContractTerms};
use crate::finance::number::Numbered;
use crate::finance::profile::{FinanceProfile, Payee, ProfileSettings};
use crate::finance::supplier::{DEFAULT_PAYMENT_TERMS, Resolution, Supplier, SupplierDetails, SupplierReview, resolve};
use crate::finance::vendor::{BillingAccount, Vendor};
use crate::finance::work_item::{DedupeKey, ItemState, Resolution as Closed, Scope, WorkItem};
use vocab::finance::{AutoResolution, ConnectionState, ContractType, ProfileStatus, SupplierStatus, WorkItemType};
use vocab::{ContractId, FinanceProfileId, SupplierId};

impl Planner<'_> {
    pub(super) fn ensure_supplier(&mut self, account: &BillingAccount) -> (SupplierId, Option<SupplierReview>) {
        let linked = self.own().and_then(|profile| profile.payee.supplier_id());
        let vendor = Vendor::of(account.vendor(), self.provider.name);
        match resolve(linked, &vendor, &self.suppliers) {
            Resolution::Keep(id) => (id, None),
            Resolution::Use { id, claim, review } => {
                if let Some(supplier) = self.suppliers.iter_mut().find(|supplier| supplier.id == id && claim) {
                    supplier.vendor_key = Some(vendor.key);
                    supplier.updated_at = self.now;
                    supplier.version += 1;
                }
                (id, review)
            }
            Resolution::Create(vendor) => {
                let supplier = self.new_supplier(vendor);
                let id = supplier.id;
                self.suppliers.push(supplier);
                (id, None)
            }
        }
    }

    fn new_supplier(&self, vendor: Vendor) -> Supplier {
        Supplier {
            id: SupplierId::new(self.entropy.uuid(self.now)),
            number: Numbered::Supplier.draw(self.entropy),
            vendor_key: Some(vendor.key),
            details: SupplierDetails {
                name: vendor.name,
                aliases: vendor.aliases,
                payment_terms: Some(DEFAULT_PAYMENT_TERMS.to_owned()),
                ..SupplierDetails::default()
            },
            status: SupplierStatus::Active,
            created_at: self.now,
            updated_at: self.now,
            version: 0,
        }
    }

    /// Inserts the profile, or fills what is still empty of it.
    pub(super) fn ensure_profile(&mut self, payee: Payee) -> FinanceProfileId {
        let links = self.provider.links;
        let https = |link: Option<&url::Url>| link.filter(|link| link.scheme() == "https").cloned();
        // A page of documentation is neither where the bills are nor where the use is.
        let billing_url = https(links.billing.as_ref().or(links.console.as_ref()));
        let usage_url = https(links.usage.as_ref().or(links.console.as_ref()));
        let paid = payee != Payee::Nobody;
        let Some(id) = self.own().map(|profile| profile.id) else {
            let mut settings = ProfileSettings::default();
            if paid {
                settings = ProfileSettings { billing_url, usage_url, ..settings };
            }
            return self.insert_profile(payee, settings);
        };
        self.edit_profile(id, |profile| {
            profile.connection = ConnectionState::Connected;
            profile.archived = None;
            profile.payee = merged(&profile.payee, payee);
            if paid {
                profile.settings.billing_url = profile.settings.billing_url.take().or(billing_url);
                profile.settings.usage_url = profile.settings.usage_url.take().or(usage_url);
            }
        });
        id
    }

    fn insert_profile(&mut self, payee: Payee, settings: ProfileSettings) -> FinanceProfileId {
        let id = FinanceProfileId::new(self.entropy.uuid(self.now));
        self.profiles.push(FinanceProfile {
            id,
            provider_id: self.provider.id.clone(),
            payee,
            status: ProfileStatus::Draft,
            connection: ConnectionState::Connected,
            settings,
            last_evaluated_at: None,
            last_snapshot_at: None,
            seeded_at: self.now,
            archived: None,
            updated_at: self.now,
            version: 0,
        });
        id
    }

    pub(super) fn ensure_contract(
        &mut self,
        account: &BillingAccount,
        supplier_id: SupplierId,
        suggested: Option<ContractType>,
    ) -> ContractId {
        let running = self.contracts.iter().find(|contract| contract.account == *account && !contract.status().is_terminal());
        if let Some(contract) = running {
            return contract.id;
        }
        let id = ContractId::new(self.entropy.uuid(self.now));
        let number = Numbered::Contract.draw(self.entropy);
        let terms = ContractTerms::unknown(self.world.time_zone.clone());
        let draft = Contract::draft(id, number, supplier_id, account.clone(), terms, self.now);
        self.contracts.push(Contract { suggested_type: suggested, ..draft });
        id
    }

    /// The item that was put aside with an earlier draft goes on with this contract.
    pub(super) fn take_up_again(&mut self, profile_id: FinanceProfileId, contract_id: ContractId) {
        let earlier: Vec<ContractId> =
            self.coverage.iter().filter(|coverage| coverage.profile_id == profile_id).map(|coverage| coverage.contract_id).collect();
        let put_aside = |item: &&mut WorkItem| {
            let never_used = Closed::Auto(AutoResolution::NeverUsed);
            item.kind == WorkItemType::PlanDetailsNeeded
                && matches!(&item.state, ItemState::Dismissed { how, .. } if *how == never_used)
                && item.links.contract_id.is_some_and(|id| id != contract_id && earlier.contains(&id))
        };
        let key = DedupeKey::new(WorkItemType::PlanDetailsNeeded, Scope::Contract(contract_id), None);
        if self.items.iter().any(|item| item.key == key) {
            return;
        }
        if let Some(item) = self.items.iter_mut().filter(put_aside).max_by_key(|item| item.first_seen_at) {
            item.links.contract_id = Some(contract_id);
            item.key = key;
        }
    }
}

/// The payee as it should be, keeping what a person may have chosen: the supplier and whether it resells.
fn merged(before: &Payee, now: Payee) -> Payee {
    match (before, now) {
        (Payee::Supplier { resold, id: Some(id), .. }, Payee::Supplier { account, .. }) => {
            Payee::Supplier { resold: *resold, account, id: Some(*id) }
        }
        (Payee::Supplier { .. }, Payee::Nobody) => before.clone(),
        (_, now) => now,
    }
}
