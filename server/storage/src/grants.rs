//! Sealed credentials: stored and removed only together with a connection, renewed by themselves.

use crate::convert::{Row, micros};
use crate::database::Storage;
use crate::entity::{connection, grant_credential};
use crate::errors::IntoStore;
use async_trait::async_trait;
use domain::grant::{Grant, Life};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use services::ports::{GrantRepo, Rotation, StoreResult, Trail};
use time::OffsetDateTime;
use uuid::Uuid;
use vocab::{GrantId, ProviderId};

#[async_trait]
impl GrantRepo for Storage {
    async fn lives(&self) -> StoreResult<Vec<(GrantId, Life)>> {
        let living = grant_credential::Entity::find().filter(grant_credential::Column::Refresh.is_not_null());
        let rows = living.all(self.readers()).await.store()?;
        rows.iter().filter_map(|row| row.life().transpose().map(|life| life.map(|life| (GrantId::new(row.id), life)))).collect()
    }

    async fn used_by(&self, id: GrantId) -> StoreResult<Vec<ProviderId>> {
        let rows: Vec<(Uuid, String)> = connection::Entity::find()
            .filter(connection::Column::GrantId.eq(id.uuid()))
            .order_by_asc(connection::Column::ProviderId)
            .select_only()
            .column(connection::Column::Id)
            .column(connection::Column::ProviderId)
            .into_tuple()
            .all(self.readers())
            .await
            .store()?;
        rows.iter().map(|(id, provider)| Row::new("connection", id).word("provider_id", provider)).collect()
    }

    async fn due_for_refresh(&self, now: OffsetDateTime, limit: u32) -> StoreResult<Vec<GrantId>> {
        let due: Vec<Uuid> = grant_credential::Entity::find()
            .filter(grant_credential::Column::Refresh.is_in(["due", "retrying"]))
            .filter(grant_credential::Column::RefreshAt.lte(micros(now)))
            .order_by_asc(grant_credential::Column::RefreshAt)
            .limit(u64::from(limit))
            .select_only()
            .column(grant_credential::Column::Id)
            .into_tuple()
            .all(self.readers())
            .await
            .store()?;
        Ok(due.into_iter().map(GrantId::new).collect())
    }

    async fn rotate(&self, rotation: &Rotation, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = rotate(&write.tx, rotation).await;
        write.finish_if(done, &trail).await
    }
}

async fn rotate(tx: &DatabaseTransaction, rotation: &Rotation) -> StoreResult<bool> {
    let mut row = grant_credential::ActiveModel { version: Set(rotation.version + 1), ..Default::default() };
    row.set_life(&rotation.life);
    if let Some(sealed) = &rotation.sealed {
        row.sealed = Set(sealed.clone());
    }
    let one = grant_credential::Entity::update_many()
        .set(row)
        .filter(grant_credential::Column::Id.eq(rotation.id.uuid()))
        .filter(grant_credential::Column::Version.eq(rotation.version));
    one.exec(tx).await.store().map(|done| done.rows_affected > 0)
}

pub(crate) async fn find<C: ConnectionTrait>(database: &C, id: GrantId) -> StoreResult<Option<Grant>> {
    let found = grant_credential::Entity::find_by_id(id.uuid()).one(database).await.store()?;
    found.map(Grant::try_from).transpose()
}

pub(crate) async fn insert(tx: &DatabaseTransaction, grant: &Grant) -> StoreResult<()> {
    grant_credential::ActiveModel::from(grant).insert(tx).await.store().map(drop)
}

/// Deletes a credential that no connection points at any more.
pub(crate) async fn drop_orphan(tx: &DatabaseTransaction, id: Uuid) -> StoreResult<()> {
    let pointing = Query::select().expr(Expr::val(1)).from(connection::Entity).and_where(connection::Column::GrantId.eq(id)).to_owned();
    let orphan = grant_credential::Entity::delete_many().filter(grant_credential::Column::Id.eq(id)).filter(Expr::exists(pointing).not());
    orphan.exec(tx).await.store().map(drop)
}
