//! Our access tokens.

use crate::convert::{batches, micros, text};
use crate::database::Storage;
use crate::entity::{access_token, user_account};
use crate::errors::{Fault, IntoStore};
use async_trait::async_trait;
use domain::access_token::AccessToken;
use domain::people::User;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement, Value};
use services::ports::{AccessTokenRepo, StoreError, StoreResult, Trail};
use time::OffsetDateTime;
use vocab::AccessTokenId;

#[async_trait]
impl AccessTokenRepo for Storage {
    async fn add(&self, token: &AccessToken, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = access_token::ActiveModel::from(token).insert(&write.tx).await.store().map(drop);
        write.finish(done, &trail).await
    }

    async fn find(&self, public_id: &str) -> StoreResult<Option<(AccessToken, User)>> {
        let found = access_token::Entity::find()
            .filter(access_token::Column::PublicId.eq(text(public_id)))
            .find_also_related(user_account::Entity)
            .one(self.readers())
            .await
            .store()?;
        let Some((token, creator)) = found else { return Ok(None) };
        Ok(Some((token.try_into()?, creator.ok_or_else(no_creator)?.try_into()?)))
    }

    async fn get(&self, id: AccessTokenId) -> StoreResult<Option<AccessToken>> {
        let found = access_token::Entity::find_by_id(id.uuid()).one(self.readers()).await.store()?;
        found.map(AccessToken::try_from).transpose()
    }

    async fn list(&self) -> StoreResult<Vec<(AccessToken, String)>> {
        let all = access_token::Entity::find()
            .order_by_desc(access_token::Column::CreatedAt)
            .order_by_desc(access_token::Column::Id)
            .find_also_related(user_account::Entity)
            .all(self.readers())
            .await
            .store()?;
        all.into_iter().map(|(token, creator)| Ok((token.try_into()?, creator.ok_or_else(no_creator)?.name))).collect()
    }

    async fn revoke(&self, id: AccessTokenId, at: OffsetDateTime, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let revoked = access_token::Entity::update_many()
            .col_expr(access_token::Column::RevokedAt, Expr::value(micros(at)))
            .filter(access_token::Column::Id.eq(id.uuid()))
            .filter(access_token::Column::RevokedAt.is_null())
            .exec(&write.tx)
            .await;
        write.finish_if(revoked.store().map(|revoked| revoked.rows_affected > 0), &trail).await
    }

    async fn touch(&self, uses: &[(AccessTokenId, OffsetDateTime)]) -> StoreResult<()> {
        for uses in batches(uses) {
            let rows: Vec<String> = (0..uses.len()).map(|i| format!("(${}, ${})", 2 * i + 1, 2 * i + 2)).collect();
            let values = uses.iter().flat_map(|(id, at)| [Value::from(id.uuid()), Value::from(micros(*at))]);
            // Both databases call the columns of VALUES column1 and column2.
            let sql = format!(
                "UPDATE access_token SET last_used_at = used.column2 FROM (VALUES {}) AS used WHERE access_token.id = used.column1 \
                 AND (access_token.last_used_at IS NULL OR access_token.last_used_at < used.column2)",
                rows.join(", ")
            );
            self.writer().execute_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store()?;
        }
        Ok(())
    }
}

fn no_creator() -> StoreError {
    StoreError::Failed(Box::new(Fault::words("an access token without its creator")))
}
