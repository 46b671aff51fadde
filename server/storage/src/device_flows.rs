//! Device-code sign-ins at providers.

use crate::clock;
use crate::convert::micros;
use crate::database::Storage;
use crate::entity::device_flow::{self, Column, Entity};
use crate::errors::IntoStore;
use async_trait::async_trait;
use domain::device::DeviceFlow;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use services::ports::{DeviceFlowRepo, StoreResult, Trail};
use std::time::Duration;
use time::OffsetDateTime;
use vocab::{DevicePhase, FlowId, ProviderId};

#[async_trait]
impl DeviceFlowRepo for Storage {
    async fn begin(&self, flow: &DeviceFlow, alive: Duration, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = begin(&write.tx, flow, alive).await;
        write.finish_if(done, &trail).await
    }

    async fn get(&self, id: FlowId) -> StoreResult<Option<DeviceFlow>> {
        Entity::find_by_id(id.uuid()).one(self.readers()).await.store()?.map(DeviceFlow::try_from).transpose()
    }

    async fn newest(&self, id: &ProviderId) -> StoreResult<Option<DeviceFlow>> {
        let all = Entity::find().filter(Column::ProviderId.eq(id.as_str()));
        let newest = all.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
        newest.one(self.readers()).await.store()?.map(DeviceFlow::try_from).transpose()
    }

    async fn open(&self) -> StoreResult<Vec<DeviceFlow>> {
        Entity::find().filter(open()).all(self.readers()).await.store()?.into_iter().map(DeviceFlow::try_from).collect()
    }

    async fn save(&self, flow: &DeviceFlow, alive: Duration, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = save(&write.tx, flow, alive).await;
        write.finish_if(done, &trail).await
    }

    async fn keep_alive(&self, id: FlowId, alive: Duration) -> StoreResult<bool> {
        let until = clock::now(self.writer()).await? + micros_of(alive);
        let kept = Entity::update_many().col_expr(Column::AliveUntil, Expr::value(until)).filter(Column::Id.eq(id.uuid())).filter(open());
        kept.exec(self.writer()).await.store().map(|done| done.rows_affected > 0)
    }

    async fn claim_due(&self, lease: Duration, limit: u32) -> StoreResult<Vec<DeviceFlow>> {
        let now = clock::now(self.readers()).await?;
        let due = Condition::all().add(Column::Phase.eq(DevicePhase::Waiting.as_str())).add(Column::NextPollAt.lte(now));
        let found = Entity::find().filter(due).order_by_asc(Column::NextPollAt).limit(u64::from(limit));
        let mut claimed = Vec::new();
        for row in found.all(self.readers()).await.store()? {
            // The next question is put off: whoever does that first has the row, and a claimer who dies loses no more than the lease.
            let mine = Entity::update_many()
                .col_expr(Column::NextPollAt, Expr::value(now + micros_of(lease)))
                .filter(Column::Id.eq(row.id))
                .filter(Column::Version.eq(row.version))
                .filter(Column::NextPollAt.eq(row.next_poll_at));
            if mine.exec(self.writer()).await.store()?.rows_affected > 0 {
                claimed.push(row.try_into()?);
            }
        }
        Ok(claimed)
    }

    async fn left_alone(&self) -> StoreResult<Vec<DeviceFlow>> {
        let now = clock::now(self.readers()).await?;
        // One that waits for a question of ours is never alone: any process may ask it.
        let ours = Condition::all().add(Column::Phase.eq(DevicePhase::Waiting.as_str())).add(Column::NextPollAt.is_not_null());
        let alone = Entity::find().filter(open()).filter(Column::AliveUntil.lt(now)).filter(ours.not());
        alone.all(self.readers()).await.store()?.into_iter().map(DeviceFlow::try_from).collect()
    }

    async fn forget(&self, before: OffsetDateTime) -> StoreResult<u64> {
        let over = Entity::delete_many().filter(open().not()).filter(Column::At.lt(micros(before)));
        over.exec(self.writer()).await.store().map(|done| done.rows_affected)
    }
}

fn open() -> Condition {
    let phases = DevicePhase::ALL.iter().filter(|phase| phase.is_open()).map(|phase| phase.as_str());
    Condition::all().add(Column::Phase.is_in(phases))
}

async fn begin(tx: &DatabaseTransaction, flow: &DeviceFlow, alive: Duration) -> StoreResult<bool> {
    let until = clock::now(tx).await? + micros_of(alive);
    // The index on what is open refuses a second one, whichever columns it is on.
    let quietly = OnConflict::new().do_nothing().to_owned();
    let row = device_flow::ActiveModel::new_row(flow, until);
    let inserted = Entity::insert(row).on_conflict(quietly).exec_without_returning(tx).await.store()?;
    Ok(inserted > 0)
}

async fn save(tx: &DatabaseTransaction, flow: &DeviceFlow, alive: Duration) -> StoreResult<bool> {
    let until = clock::now(tx).await? + micros_of(alive);
    let one = Entity::update_many()
        .set(device_flow::ActiveModel::state_of(flow, flow.version + 1, until))
        .filter(Column::Id.eq(flow.id.uuid()))
        .filter(Column::Version.eq(flow.version))
        .filter(open());
    one.exec(tx).await.store().map(|done| done.rows_affected > 0)
}

/// Ends one with its connection, inside somebody's transaction; `false` when it was over already.
pub(crate) async fn connected(tx: &DatabaseTransaction, id: FlowId, at: OffsetDateTime) -> StoreResult<bool> {
    let one =
        over(DevicePhase::Connected, micros(at)).filter(Column::Id.eq(id.uuid())).filter(Column::Phase.eq(DevicePhase::Finishing.as_str()));
    one.exec(tx).await.store().map(|done| done.rows_affected > 0)
}

/// Cancels the open one of a provider, inside somebody's transaction.
pub(crate) async fn cancel(tx: &DatabaseTransaction, id: &ProviderId) -> StoreResult<()> {
    let now = clock::now(tx).await?;
    let all = over(DevicePhase::Cancelled, now).filter(Column::ProviderId.eq(id.as_str())).filter(open());
    all.exec(tx).await.store().map(drop)
}

/// Nothing of what was waited for stays.
fn over(phase: DevicePhase, at: i64) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Phase, Expr::value(phase.as_str()))
        .col_expr(Column::At, Expr::value(at))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::UserCode, Expr::value(None::<String>))
        .col_expr(Column::VerificationUri, Expr::value(None::<String>))
        .col_expr(Column::VerificationUriComplete, Expr::value(None::<String>))
        .col_expr(Column::NextPollAt, Expr::value(None::<i64>))
        .col_expr(Column::IntervalMs, Expr::value(None::<i64>))
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
