//! Signed-in browsers.

use crate::convert::micros;
use crate::database::Storage;
use crate::entity::{session, user_account};
use crate::errors::{Fault, IntoStore};
use async_trait::async_trait;
use domain::people::{Session, User};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use services::ports::{SessionRepo, StoreError, StoreResult, Trail};
use time::OffsetDateTime;
use vocab::{SessionId, UserId};

#[async_trait]
impl SessionRepo for Storage {
    async fn start(&self, session: &Session, replaces: Option<SessionId>, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = start(&write.tx, session, replaces).await;
        write.finish(done, &trail).await
    }

    async fn find(&self, secret_hash: &[u8; 32]) -> StoreResult<Option<(Session, User)>> {
        let found = session::Entity::find()
            .filter(session::Column::SecretHash.eq(secret_hash.to_vec()))
            .find_also_related(user_account::Entity)
            .one(self.readers())
            .await
            .store()?;
        let Some((session, user)) = found else { return Ok(None) };
        let user = user.ok_or_else(|| StoreError::Failed(Box::new(Fault::words("a session without its person"))))?;
        Ok(Some((session.try_into()?, user.try_into()?)))
    }

    async fn touch(&self, id: SessionId, seen_at: OffsetDateTime) -> StoreResult<()> {
        // Requests may overtake each other; time does not run backwards here.
        let seen = session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(micros(seen_at)))
            .filter(session::Column::Id.eq(id.uuid()))
            .filter(session::Column::SeenAt.lt(micros(seen_at)));
        seen.exec(self.writer()).await.store().map(drop)
    }

    async fn of_user(&self, user_id: UserId) -> StoreResult<Vec<Session>> {
        let all = session::Entity::find()
            .filter(session::Column::UserId.eq(user_id.uuid()))
            .order_by_desc(session::Column::CreatedAt)
            .order_by_desc(session::Column::Id);
        all.all(self.readers()).await.store()?.into_iter().map(Session::try_from).collect()
    }

    async fn end(&self, id: SessionId, user_id: UserId, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let gone = session::Entity::delete_many()
            .filter(session::Column::Id.eq(id.uuid()))
            .filter(session::Column::UserId.eq(user_id.uuid()))
            .exec(&write.tx)
            .await;
        write.finish_if(gone.store().map(|gone| gone.rows_affected > 0), &trail).await
    }

    async fn end_expired(&self, idle_since: OffsetDateTime, created_before: OffsetDateTime) -> StoreResult<u64> {
        let over = Condition::any()
            .add(session::Column::SeenAt.lte(micros(idle_since)))
            .add(session::Column::CreatedAt.lte(micros(created_before)));
        let gone = session::Entity::delete_many().filter(over).exec(self.writer()).await.store()?;
        Ok(gone.rows_affected)
    }
}

/// A session begins with a sign-in, so the account's last sign-in is noted here: one column, whatever else changed on
/// the account since it was read.
async fn start(tx: &DatabaseTransaction, session: &Session, replaces: Option<SessionId>) -> StoreResult<()> {
    if let Some(before) = replaces {
        session::Entity::delete_by_id(before.uuid()).exec(tx).await.store()?;
    }
    session::ActiveModel::from(session).insert(tx).await.store()?;
    let signed_in = user_account::Entity::update_many()
        .col_expr(user_account::Column::LastSignInAt, Expr::value(micros(session.created_at)))
        .filter(user_account::Column::Id.eq(session.user_id.uuid()));
    signed_in.exec(tx).await.store().map(drop)
}
