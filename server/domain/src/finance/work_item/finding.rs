//! What a rule found out about one kind of item.

use super::key::DedupeKey;
use crate::finance::evaluation::Judgement;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use vocab::finance::WorkItemType;
use vocab::{AllowanceId, BillId, ContractId, FinanceProfileId, SupplierId, UserId};

/// What an item is about. Every one that is known is set, so that all pages which list items agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Links {
    /// The provider's finance profile. For a contract that covers several, none of them alone.
    pub profile_id: Option<FinanceProfileId>,
    /// The contract.
    pub contract_id: Option<ContractId>,
    /// The supplier.
    pub supplier_id: Option<SupplierId>,
    /// The allowance.
    pub allowance_id: Option<AllowanceId>,
    /// The bill.
    pub bill_id: Option<BillId>,
}

/// A judgement on one item, with everything an item needs in case it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What would have to be done.
    pub kind: WorkItemType,
    /// Which item it is.
    pub key: DedupeKey,
    /// Should it be open?
    pub judgement: Judgement,
    /// What it is about.
    pub links: Links,
    /// Who should do it.
    pub owner: Option<UserId>,
    /// What to do, for what.
    pub title: String,
    /// The figures, in words.
    pub description: Option<String>,
    /// The figures, for machines.
    pub metadata: Map<String, Value>,
    /// When it should be done, where that does not follow from its severity.
    pub due_at: Option<OffsetDateTime>,
}
