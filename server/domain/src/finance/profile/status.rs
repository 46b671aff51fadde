//! How far Finance has come with a profile: derived, never entered.

use super::{FinanceProfile, Payee};
use crate::finance::contract::Contract;
use crate::finance::work_item::WorkItem;
use vocab::finance::{ContractStatus, ProfileStatus, Severity, WorkItemType};

/// The status of a profile, from its contracts that have not ended and the items of the profile and those contracts. The
/// first of these that holds: archived, self-hosted, asked for plan details, without an active contract, with an open item
/// of high or critical severity, active.
pub fn profile_status(profile: &FinanceProfile, contracts: &[&Contract], items: &[WorkItem]) -> ProfileStatus {
    if profile.archived.is_some() {
        return ProfileStatus::Archived;
    }
    if profile.payee == Payee::Nobody {
        return ProfileStatus::Active;
    }
    let is_ours = |item: &&WorkItem| {
        item.state.is_open()
            && (item.links.profile_id == Some(profile.id) || contracts.iter().any(|contract| item.links.contract_id == Some(contract.id)))
    };
    let mut open = items.iter().filter(is_ours);
    if contracts.iter().any(|contract| contract.status() == ContractStatus::Active) {
        return if open.any(|item| item.severity >= Severity::High) { ProfileStatus::AttentionNeeded } else { ProfileStatus::Active };
    }
    if open.any(|item| item.kind == WorkItemType::PlanDetailsNeeded) { ProfileStatus::NeedsPlanDetails } else { ProfileStatus::Draft }
}
