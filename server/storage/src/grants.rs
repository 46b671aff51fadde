//! Sealed credentials: written and removed only together with a connection.

use crate::entity::{connection, grant_credential};
use crate::errors::IntoStore;
use domain::connection::Grant;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use services::ports::StoreResult;
use uuid::Uuid;
use vocab::GrantId;

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
