//! Builds: a table as a queue and as the history. Who runs one holds it by a lease on the database's clock.

use crate::clock::now_sql;
use crate::convert::{count, text};
use crate::database::Storage;
use crate::entity::build::{self, Column, Entity, columns};
use crate::entity::build_log;
use crate::errors::IntoStore;
use crate::write::{Lock, lock};
use async_trait::async_trait;
use domain::build::{Build, BuildState};
use domain::events::Event;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement, Value,
};
use services::ports::{BuildHold, BuildRepo, LeaseOwner, LogPiece, StoreResult, Trail};
use std::time::Duration;
use uuid::Uuid;
use vocab::{BuildId, BuildPhase};

const UNDER_WAY: [&str; 2] = ["preparing", "running"];

#[async_trait]
impl BuildRepo for Storage {
    async fn add_build(&self, build: &Build, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = build::ActiveModel::from(build).insert(&write.tx).await.store().map(drop);
        write.finish(done, &trail).await
    }

    async fn build(&self, id: BuildId) -> StoreResult<Option<Build>> {
        Entity::find_by_id(id.uuid()).one(self.readers()).await.store()?.map(Build::try_from).transpose()
    }

    async fn builds(&self, before: Option<BuildId>, limit: u32) -> StoreResult<Vec<Build>> {
        let mut all = Entity::find().order_by_desc(Column::Id).limit(u64::from(limit));
        if let Some(before) = before {
            all = all.filter(Column::Id.lt(before.uuid()));
        }
        all.all(self.readers()).await.store()?.into_iter().map(Build::try_from).collect()
    }

    async fn builds_waiting(&self) -> StoreResult<u64> {
        Entity::find().filter(Column::State.eq(BuildPhase::Queued.as_str())).count(self.readers()).await.store()
    }

    async fn claim_build(&self, owner: &LeaseOwner, ttl: Duration, at_once: u32) -> StoreResult<Option<Build>> {
        let waiting = Entity::find().filter(Column::State.eq(BuildPhase::Queued.as_str())).count(self.readers()).await.store()?;
        if waiting == 0 {
            return Ok(None);
        }
        let write = self.write().await?;
        let done = claim(&write.tx, owner, ttl, at_once).await;
        let trail = changed(done.iter().flatten().map(|build| build.id));
        write.finish(done, &trail).await
    }

    async fn hold_build(&self, id: BuildId, owner: &LeaseOwner, ttl: Duration) -> StoreResult<BuildHold> {
        let now = now_sql(self.backend());
        let sql = format!(
            "UPDATE build SET lease_until = {now} + $1 WHERE id = $2 AND owner = $3 AND state IN ('preparing', 'running') \
             RETURNING cancel_asked"
        );
        let values: [Value; 3] = [micros_of(ttl).into(), id.uuid().into(), owner.0.as_str().into()];
        let row = self.writer().query_one_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store()?;
        let Some(row) = row else { return Ok(BuildHold::Gone) };
        let asked: bool = row.try_get("", "cancel_asked").store()?;
        Ok(if asked { BuildHold::CancelAsked } else { BuildHold::Ours })
    }

    async fn step_build(&self, id: BuildId, owner: &LeaseOwner, state: &BuildState, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let ours = Entity::update_many()
            .set(columns(state))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::Owner.eq(owner.0.as_str()))
            .filter(Column::State.is_in(UNDER_WAY));
        let done = ours.exec(&write.tx).await.store().map(|done| done.rows_affected > 0);
        write.finish_if(done, &trail).await
    }

    async fn cancel_build(&self, id: BuildId, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = cancel(&write.tx, id).await;
        write.finish_if(done, &trail).await
    }

    async fn log_build(&self, id: BuildId, piece: &str, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = append(&write.tx, id, piece).await;
        write.finish(done, &trail).await
    }

    async fn build_log(&self, id: BuildId, after: u64, limit: u32) -> StoreResult<Vec<LogPiece>> {
        let pieces = build_log::Entity::find()
            .filter(build_log::Column::BuildId.eq(id.uuid()))
            .filter(build_log::Column::Seq.gt(count(after)))
            .order_by_asc(build_log::Column::Seq)
            .limit(u64::from(limit));
        let pieces = pieces.all(self.readers()).await.store()?;
        Ok(pieces.into_iter().map(|piece| LogPiece { seq: u64::try_from(piece.seq).unwrap_or_default(), text: piece.text }).collect())
    }

    async fn lose_builds(&self) -> StoreResult<Vec<BuildId>> {
        let now = now_sql(self.backend());
        let late = Entity::find().filter(Column::State.is_in(UNDER_WAY)).filter(Expr::cust(format!("lease_until <= {now}")));
        if late.count(self.readers()).await.store()? == 0 {
            return Ok(Vec::new());
        }
        let write = self.write().await?;
        let done = lose(&write.tx).await;
        let trail = changed(done.iter().flatten().copied());
        write.finish(done, &trail).await
    }
}

fn changed(ids: impl Iterator<Item = BuildId>) -> Trail {
    Trail { audit: Vec::new(), events: ids.map(|build_id| Event::BuildChanged { build_id }).collect() }
}

async fn claim(tx: &DatabaseTransaction, owner: &LeaseOwner, ttl: Duration, at_once: u32) -> StoreResult<Option<Build>> {
    lock(tx, Lock::Builds).await?;
    let under_way = Entity::find().filter(Column::State.is_in(UNDER_WAY)).all(tx).await.store()?;
    if under_way.len() >= usize::try_from(at_once).unwrap_or(usize::MAX) {
        return Ok(None);
    }
    let handed: Vec<String> = under_way.into_iter().filter(|row| row.lending == "hand_over").map(|row| row.provider_id).collect();
    let turn = Entity::find()
        .filter(Column::State.eq(BuildPhase::Queued.as_str()))
        .filter(Condition::any().add(Column::Lending.ne("hand_over")).add(Column::ProviderId.is_not_in(handed)))
        .order_by_asc(Column::Id);
    let now = now_sql(tx.get_database_backend());
    let sql = format!(
        "UPDATE build SET state = 'preparing', state_at = {now}, owner = $1, lease_until = {now} + $2 WHERE id = $3 AND state = 'queued'"
    );
    while let Some(row) = turn.clone().one(tx).await.store()? {
        let values: [Value; 3] = [owner.0.as_str().into(), micros_of(ttl).into(), row.id.into()];
        let taken = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), &sql, values)).await.store()?;
        if taken.rows_affected() > 0 {
            return Entity::find_by_id(row.id).one(tx).await.store()?.map(Build::try_from).transpose();
        }
        // Somebody has cancelled it meanwhile.
    }
    Ok(None)
}

/// The row of the build is locked first: two who append at once would count the same place.
async fn append(tx: &DatabaseTransaction, id: BuildId, piece: &str) -> StoreResult<()> {
    let row = Entity::find_by_id(id.uuid()).select_only().column(Column::Id).lock_exclusive();
    row.into_tuple::<Uuid>().one(tx).await.store()?;
    let sql = "INSERT INTO build_log (build_id, seq, text) \
               SELECT $1, COALESCE(MAX(seq), 0) + 1, $2 FROM build_log WHERE build_id = $1";
    let values: [Value; 2] = [id.uuid().into(), text(piece).into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await.store().map(drop)
}

async fn cancel(tx: &DatabaseTransaction, id: BuildId) -> StoreResult<bool> {
    let now = now_sql(tx.get_database_backend());
    let queued = format!("UPDATE build SET state = 'cancelled', state_at = {now} WHERE id = $1 AND state = 'queued'");
    let running = "UPDATE build SET cancel_asked = TRUE WHERE id = $1 AND state IN ('preparing', 'running')".to_owned();
    for sql in [queued, running] {
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.uuid().into()]);
        if tx.execute_raw(statement).await.store()?.rows_affected() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// In one statement, so that one who ends just now has ended. `ran_since` is told from the state it was in.
async fn lose(tx: &DatabaseTransaction) -> StoreResult<Vec<BuildId>> {
    let now = now_sql(tx.get_database_backend());
    let sql = format!(
        "UPDATE build SET ran_since = CASE WHEN state = 'running' THEN state_at END, state = 'lost', state_at = {now} \
         WHERE state IN ('preparing', 'running') AND lease_until <= {now} RETURNING id"
    );
    let gone = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await.store()?;
    gone.iter().map(|row| row.try_get::<Uuid>("", "id").store().map(BuildId::new)).collect()
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 2)
}
