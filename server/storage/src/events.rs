//! The event log.

use crate::clock;
use crate::convert::{batches, micros};
use crate::database::Storage;
use crate::entity::live_event::{ActiveModel, Column, Entity, Model};
use crate::errors::{Fault, IntoStore};
use crate::wake::tell_others;
use crate::write::{Lock, lock};
use async_trait::async_trait;
use domain::events::{Event, LoggedEvent};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, Statement};
use services::ports::{EventLog, StoreError, StoreResult, Trail};
use std::time::Duration;
use time::OffsetDateTime;
use vocab::EventId;

#[async_trait]
impl EventLog for Storage {
    async fn publish(&self, events: Vec<Event>) -> StoreResult<()> {
        let write = self.write().await?;
        write.finish(Ok(()), &Trail { audit: Vec::new(), events }).await
    }

    async fn head(&self) -> StoreResult<EventId> {
        end(self.readers(), "MAX").await
    }

    async fn after(&self, id: EventId, limit: u32) -> StoreResult<Vec<LoggedEvent>> {
        let mut from = id.0;
        loop {
            let rows = Entity::find()
                .filter(Column::Id.gt(from))
                .order_by_asc(Column::Id)
                .limit(u64::from(limit))
                .all(self.readers())
                .await
                .store()?;
            let Some(last) = rows.last() else { return Ok(Vec::new()) };
            from = last.id;
            let events: Vec<LoggedEvent> = rows.into_iter().filter_map(Model::read).collect();
            // A page of nothing but a newer program's events must not look like the end.
            if !events.is_empty() {
                return Ok(events);
            }
        }
    }

    async fn tail(&self) -> StoreResult<EventId> {
        end(self.readers(), "MIN").await
    }

    async fn changed(&self, at_most: Duration) {
        self.wake().wait(at_most).await;
    }

    async fn prune(&self, before: OffsetDateTime) -> StoreResult<u64> {
        // The newest stays, so that the log never looks as if it had begun anew.
        let newest = Query::select().expr(Column::Id.max()).from(Entity).to_owned();
        let old = Entity::delete_many().filter(Column::At.lt(micros(before))).filter(Column::Id.not_in_subquery(newest));
        old.exec(self.writer()).await.store().map(|gone| gone.rows_affected)
    }
}

/// Appends events inside somebody's transaction. On PostgreSQL positions are given before they become visible; the
/// lock, held until the commit, keeps a later position from being seen first and an earlier one from being skipped.
pub(crate) async fn append(tx: &DatabaseTransaction, events: &[Event]) -> StoreResult<()> {
    if events.is_empty() {
        return Ok(());
    }
    lock(tx, Lock::Events).await?;
    let now = clock::now(tx).await?;
    for events in batches(events) {
        let rows = events.iter().map(|event| row(event, now)).collect::<StoreResult<Vec<_>>>()?;
        Entity::insert_many(rows).exec_without_returning(tx).await.store()?;
    }
    tell_others(tx).await
}

fn row(event: &Event, now: i64) -> StoreResult<ActiveModel> {
    let event = serde_json::to_string(event).map_err(|error| StoreError::Failed(Box::new(Fault::words(error.to_string()))))?;
    Ok(ActiveModel { at: Set(now), event: Set(event), ..Default::default() })
}

/// The first or last position; 0 for an empty log.
async fn end<C: ConnectionTrait>(database: &C, which: &str) -> StoreResult<EventId> {
    let sql = format!("SELECT COALESCE({which}(id), 0) AS position FROM live_event");
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await.store()?;
    match row {
        Some(row) => row.try_get("", "position").store().map(EventId),
        None => Ok(EventId(0)),
    }
}
