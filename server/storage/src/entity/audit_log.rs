//! Lines of the audit log.

use crate::convert::{Row, micros, text};
use domain::audit::{AuditEntry, AuditRecord, Origin};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::{AuditId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: i64,
    pub actor_name: String,
    pub actor_search: String,
    pub actor_user: Option<Uuid>,
    pub address: String,
    pub request_id: String,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    pub succeeded: bool,
    pub detail: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Most characters of a detail.
const DETAIL_CHARS: usize = 500;

impl TryFrom<Model> for AuditRecord {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let at = Row::new("audit_log", &model.id).at("at", model.at)?;
        Ok(Self {
            id: AuditId::new(model.id),
            at,
            actor_name: model.actor_name,
            actor_user: model.actor_user.map(UserId::new),
            origin: Origin { address: model.address, request_id: model.request_id },
            action: model.action,
            object_kind: model.object_kind,
            object_id: model.object_id,
            succeeded: model.succeeded,
            detail: model.detail,
        })
    }
}

impl From<&AuditEntry> for ActiveModel {
    fn from(entry: &AuditEntry) -> Self {
        let (object_kind, object_id) = entry.object.parts();
        let actor_name = text(entry.actor.name());
        Self {
            id: Set(entry.id.uuid()),
            at: Set(micros(entry.at)),
            actor_search: Set(actor_name.to_lowercase()),
            actor_name: Set(actor_name),
            actor_user: Set(entry.actor.user_id().map(UserId::uuid)),
            address: Set(text(&entry.origin.address)),
            request_id: Set(text(&entry.origin.request_id)),
            action: Set(entry.action.as_str().to_owned()),
            object_kind: Set(object_kind.to_owned()),
            object_id: Set(object_id),
            succeeded: Set(entry.succeeded),
            detail: Set(text(&entry.detail).chars().take(DETAIL_CHARS).collect()),
        }
    }
}
