//! Hand-offs to Finance: the outbox rows, taken and tried until they succeed.

use crate::clock;
use crate::convert::{Row, text};
use crate::database::Storage;
use crate::entity::{connection, outbox_event};
use crate::errors::IntoStore;
use crate::outbox::{self, Fact, Kind};
use async_trait::async_trait;
use domain::people::Actor;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use services::ports::{HandOff, HandOffRepo, StoreError, StoreResult, Trail};
use std::time::Duration;
use uuid::Uuid;
use vocab::finance::SeedStatus;
use vocab::{AuthMethod, OutboxId, ProviderId, UserId};

use outbox_event::{Column, Entity, Model};

#[async_trait]
impl HandOffRepo for Storage {
    async fn take_due(&self, limit: u32, lease: Duration) -> StoreResult<Vec<HandOff>> {
        let now = clock::now(self.readers()).await?;
        // Looking takes no write lock: almost always nothing is due.
        if Entity::find().filter(due(now)).limit(1).one(self.readers()).await.store()?.is_none() {
            return Ok(Vec::new());
        }
        let write = self.write().await?;
        let done = take(&write.tx, limit, lease).await;
        write.finish(done, &Trail::default()).await
    }

    async fn request(&self, provider: &ProviderId, method: AuthMethod, actor: &Actor, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = request(&write.tx, provider, method, actor).await;
        write.finish(done, &trail).await
    }

    async fn failed(&self, ids: &[OutboxId], error: &str, status: SeedStatus, wait: Duration) -> StoreResult<()> {
        let write = self.write().await?;
        let done = failed(&write.tx, ids, error, status, wait).await;
        write.finish(done, &Trail::default()).await
    }

    async fn newest(&self, provider: &ProviderId) -> StoreResult<Option<HandOff>> {
        let newest = Entity::find().filter(Column::ProviderId.eq(provider.as_str())).order_by_desc(Column::RequestedAt);
        newest.order_by_desc(Column::Id).one(self.readers()).await.store()?.map(HandOff::try_from).transpose()
    }
}

/// A failed one is tried on, once a day.
fn due(now: i64) -> Condition {
    let waiting = [SeedStatus::Pending, SeedStatus::Failed].map(SeedStatus::as_str);
    Condition::all().add(Column::Status.is_in(waiting)).add(Column::NextAttemptAt.lte(now))
}

async fn take(tx: &DatabaseTransaction, limit: u32, lease: Duration) -> StoreResult<Vec<HandOff>> {
    let now = clock::now(tx).await?;
    let due = Entity::find().filter(due(now)).order_by_asc(Column::RequestedAt).order_by_asc(Column::Id).limit(u64::from(limit));
    let rows = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(tx).await.store()?;
    let theirs = Entity::update_many().filter(Column::Id.is_in(rows.iter().map(|row| row.id)));
    theirs.col_expr(Column::NextAttemptAt, Expr::value(after(now, lease))).exec(tx).await.store()?;
    rows.into_iter().map(HandOff::try_from).collect()
}

async fn request(tx: &DatabaseTransaction, provider: &ProviderId, method: AuthMethod, actor: &Actor) -> StoreResult<()> {
    let found = connection::Entity::find().filter(connection::Column::ProviderId.eq(provider.as_str())).one(tx).await.store()?;
    let fact = Fact {
        kind: Kind::Activated,
        connection_id: found.map_or(Uuid::nil(), |row| row.id),
        provider_id: provider.as_str(),
        method: method.as_str(),
        cause: "hand_off",
        actor,
    };
    outbox::append(tx, fact).await
}

async fn failed(tx: &DatabaseTransaction, ids: &[OutboxId], error: &str, status: SeedStatus, wait: Duration) -> StoreResult<()> {
    let now = clock::now(tx).await?;
    let these = Entity::update_many().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    these
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::LastError, Expr::value(text(error)))
        .col_expr(Column::NextAttemptAt, Expr::value(after(now, wait)))
        .exec(tx)
        .await
        .store()
        .map(drop)
}

fn after(now: i64, wait: Duration) -> i64 {
    now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX))
}

impl TryFrom<Model> for HandOff {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("outbox_event", &model.id);
        Ok(Self {
            id: OutboxId::new(model.id),
            provider_id: row.word("provider_id", &model.provider_id)?,
            method: row.word("method", &model.method)?,
            actor_user: model.actor_user.map(UserId::new),
            requested_at: row.at("requested_at", model.requested_at)?,
            status: row.word("status", &model.status)?,
            attempts: row.number("attempts", model.attempts)?,
            last_error: model.last_error,
            actor_name: model.actor_name,
        })
    }
}
