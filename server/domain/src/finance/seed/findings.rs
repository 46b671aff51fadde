//! What the planner finds out about a contract and a profile.

use super::planner::Planner;
use crate::finance::contract::{Contract, Surroundings, missing_fields};
use crate::finance::supplier::SupplierReview;
use crate::finance::work_item::{ContractSubject, DedupeKey, Finding, PlanDetails, ProfileSubject, Scope};
use vocab::finance::{SupplierStatus, WorkItemType};
use vocab::{ContractId, FinanceProfileId};

impl Planner<'_> {
    pub(super) fn contract_findings(&self, contract_id: ContractId) -> Vec<Finding> {
        let Some(contract) = self.contract(contract_id) else { return Vec::new() };
        let of_contract = self.world.allowances.iter().filter(|allowance| allowance.contract_id == contract_id);
        let allowances: Vec<_> = of_contract.map(|allowance| allowance.terms.clone()).collect();
        let supplier = self.suppliers.iter().find(|supplier| supplier.id == contract.supplier_id);
        let around = Surroundings {
            owner_active: self.world.owner_active,
            supplier: supplier.map_or(SupplierStatus::Active, |supplier| supplier.status),
            prices_known: self.world.prices_known,
        };
        let about = self.about(contract);
        let subject = ContractSubject { contract, sole_profile: self.sole_profile(contract_id), about: &about };
        let key = DedupeKey::new(WorkItemType::PlanDetailsNeeded, Scope::Contract(contract_id), None);
        let details = PlanDetails {
            missing: &missing_fields(contract, &allowances, around),
            open_since: self.items.iter().find(|item| item.key == key && item.state.is_open()).map(|item| item.first_seen_at),
            is_used: self.world.used.contains(&contract_id),
        };
        vec![subject.plan_details(details, self.now), self.commitment_finding(contract)]
    }

    pub(super) fn profile_findings(&self, id: FinanceProfileId, contract_id: ContractId, review: Option<&SupplierReview>) -> Vec<Finding> {
        let Some(profile) = self.profiles.iter().find(|profile| profile.id == id) else { return Vec::new() };
        let subject = ProfileSubject { id, supplier_id: profile.payee.supplier_id(), about: self.provider.name };
        let on_contract = self.contract(contract_id).is_some_and(|contract| contract.terms.billing_url.is_some());
        let link = subject.billing_url_missing(profile.settings.billing_url.is_some() || on_contract);
        // Without a doubt found just now there is nothing to say: an older doubt is for a person to settle.
        std::iter::once(link).chain(review.map(|review| subject.supplier_review(Some(review)))).collect()
    }

    pub(super) fn commitment_finding(&self, contract: &Contract) -> Finding {
        let today = contract.terms.time_zone.date(self.now);
        let about = self.about(contract);
        let subject = ContractSubject { contract, sole_profile: self.sole_profile(contract.id), about: &about };
        subject.commitment_without_provider(self.any_connected(contract.id), today)
    }

    fn about(&self, contract: &Contract) -> String {
        let supplier = self.suppliers.iter().find(|supplier| supplier.id == contract.supplier_id);
        contract.about(supplier.map_or(self.provider.name, |supplier| supplier.details.name.as_str()))
    }

    fn sole_profile(&self, contract: ContractId) -> Option<FinanceProfileId> {
        match self.profiles_under(contract).as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}
