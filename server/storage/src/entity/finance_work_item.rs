//! What Finance still has to do.

use crate::convert::{Row, micros, text, text_some};
use domain::finance::work_item::{DedupeKey, ItemState, ItemStateFacts, Links, WorkItem};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use vocab::{AllowanceId, BillId, ContractId, FinanceProfileId, SupplierId, UserId, WorkItemId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "finance_work_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub kind: String,
    pub status: String,
    pub severity: String,
    pub title: String,
    pub description: Option<String>,
    pub metadata: String,
    pub dedupe_key: String,
    pub profile_id: Option<Uuid>,
    pub contract_id: Option<Uuid>,
    pub supplier_id: Option<Uuid>,
    pub allowance_id: Option<Uuid>,
    pub bill_id: Option<Uuid>,
    pub owner: Option<Uuid>,
    pub due_at: Option<i64>,
    pub snoozed_until: Option<i64>,
    pub first_seen_at: i64,
    pub last_seen_at: i64,
    pub occurrences: i32,
    pub resolved_at: Option<i64>,
    pub resolution: Option<String>,
    pub resolved_by: Option<Uuid>,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for WorkItem {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("finance_work_item", &model.id);
        Ok(Self {
            id: WorkItemId::new(model.id),
            kind: row.word("kind", &model.kind)?,
            links: Links {
                profile_id: model.profile_id.map(FinanceProfileId::new),
                contract_id: model.contract_id.map(ContractId::new),
                supplier_id: model.supplier_id.map(SupplierId::new),
                allowance_id: model.allowance_id.map(AllowanceId::new),
                bill_id: model.bill_id.map(BillId::new),
            },
            owner: model.owner.map(UserId::new),
            state: state(row, &model)?,
            severity: row.word("severity", &model.severity)?,
            metadata: serde_json::from_str(&model.metadata).map_err(|_| row.bad("metadata"))?,
            due_at: row.at_some("due_at", model.due_at)?,
            snoozed_until: row.at_some("snoozed_until", model.snoozed_until)?,
            first_seen_at: row.at("first_seen_at", model.first_seen_at)?,
            last_seen_at: row.at("last_seen_at", model.last_seen_at)?,
            occurrences: row.number("occurrences", model.occurrences)?,
            updated_at: row.at("updated_at", model.updated_at)?,
            key: DedupeKey::stored(model.dedupe_key),
            number: model.number,
            title: model.title,
            description: model.description,
        })
    }
}

fn state(row: Row<'_>, model: &Model) -> StoreResult<ItemState> {
    let facts = ItemStateFacts {
        status: row.word("status", &model.status)?,
        resolved_at: row.at_some("resolved_at", model.resolved_at)?,
        resolution: model.resolution.clone(),
        resolved_by: model.resolved_by.map(UserId::new),
    };
    ItemState::from_facts(facts).ok_or_else(|| row.bad("resolution"))
}

impl From<&WorkItem> for ActiveModel {
    fn from(item: &WorkItem) -> Self {
        let facts = item.state.facts();
        Self {
            id: Set(item.id.uuid()),
            number: Set(item.number.clone()),
            kind: Set(item.kind.to_string()),
            status: Set(facts.status.to_string()),
            severity: Set(item.severity.to_string()),
            title: Set(text(&item.title)),
            description: Set(text_some(item.description.as_ref())),
            metadata: Set(text(&serde_json::Value::from(item.metadata.clone()).to_string())),
            dedupe_key: Set(item.key.to_string()),
            profile_id: Set(item.links.profile_id.map(FinanceProfileId::uuid)),
            contract_id: Set(item.links.contract_id.map(ContractId::uuid)),
            supplier_id: Set(item.links.supplier_id.map(SupplierId::uuid)),
            allowance_id: Set(item.links.allowance_id.map(AllowanceId::uuid)),
            bill_id: Set(item.links.bill_id.map(BillId::uuid)),
            owner: Set(item.owner.map(UserId::uuid)),
            due_at: Set(item.due_at.map(micros)),
            snoozed_until: Set(item.snoozed_until.map(micros)),
            first_seen_at: Set(micros(item.first_seen_at)),
            last_seen_at: Set(micros(item.last_seen_at)),
            occurrences: Set(i32::try_from(item.occurrences).unwrap_or(i32::MAX)),
            resolved_at: Set(facts.resolved_at.map(micros)),
            resolution: Set(facts.resolution.as_deref().map(text)),
            resolved_by: Set(facts.resolved_by.map(UserId::uuid)),
            updated_at: Set(micros(item.updated_at)),
        }
    }
}
