//! The audit log.

use crate::convert::{batches, text};
use crate::database::Storage;
use crate::entity::audit_log::{ActiveModel, Column, Entity};
use crate::errors::IntoStore;
use async_trait::async_trait;
use domain::audit::{AuditEntry, AuditFilter, AuditRecord};
use sea_orm::sea_query::LikeExpr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use services::ports::{AuditRepo, StoreResult, Trail};

#[async_trait]
impl AuditRepo for Storage {
    async fn append(&self, entries: Vec<AuditEntry>) -> StoreResult<()> {
        let write = self.write().await?;
        write.finish(Ok(()), &Trail { audit: entries, events: Vec::new() }).await
    }

    async fn page(&self, filter: &AuditFilter, limit: u32) -> StoreResult<Vec<AuditRecord>> {
        // Ids are version 7: the newest is the largest.
        let page = Entity::find().filter(condition(filter)).order_by_desc(Column::Id).limit(u64::from(limit));
        page.all(self.readers()).await.store()?.into_iter().map(AuditRecord::try_from).collect()
    }
}

/// Appends lines inside somebody's transaction.
pub(crate) async fn append<C: ConnectionTrait>(tx: &C, entries: &[AuditEntry]) -> StoreResult<()> {
    for entries in batches(entries) {
        let lines = entries.iter().map(ActiveModel::from);
        Entity::insert_many(lines).exec_without_returning(tx).await.store()?;
    }
    Ok(())
}

fn condition(filter: &AuditFilter) -> Condition {
    let is = |column: Column, value: &Option<String>| value.as_deref().map(|value| column.eq(text(value)));
    Condition::all()
        .add_option(is(Column::Action, &filter.action))
        .add_option(is(Column::ObjectKind, &filter.object_kind))
        .add_option(is(Column::ObjectId, &filter.object_id))
        .add_option(filter.succeeded.map(|succeeded| Column::Succeeded.eq(succeeded)))
        .add_option(filter.actor.as_deref().map(|part| Column::ActorSearch.like(containing(part))))
        .add_option(filter.before.map(|before| Column::Id.lt(before.uuid())))
}

/// A pattern for texts that contain `part` as it stands, in any case.
fn containing(part: &str) -> LikeExpr {
    let literal = text(part).to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{literal}%")).escape('\\')
}
