//! Browser sign-ins at providers.

use crate::clock::{self, now_sql};
use crate::convert::{Row, micros, text};
use crate::database::Storage;
use crate::entity::oauth_flow::{self, Column, Entity, columns};
use crate::entity::provider_setting;
use crate::errors::IntoStore;
use async_trait::async_trait;
use domain::flow::{FINISHING_LIMIT, OAuthFlow, Remembered};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    Statement,
};
use services::ports::{FlowRepo, StoreResult, Trail};
use std::collections::BTreeSet;
use time::OffsetDateTime;
use uuid::Uuid;
use vocab::{FlowFailure, FlowId, FlowPhase, ProviderId, UserId};

/// Row of the installation's id among hosts.
const HOST_ID: &str = "host_id";

#[async_trait]
impl FlowRepo for Storage {
    async fn begin(&self, flow: &OAuthFlow, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = oauth_flow::ActiveModel::from(flow).insert(&write.tx).await.store().map(drop);
        write.finish(done, &trail).await
    }

    async fn by_state(&self, state_hash: &[u8; 32]) -> StoreResult<Option<OAuthFlow>> {
        let found = Entity::find().filter(Column::StateHash.eq(state_hash.to_vec())).one(self.readers()).await.store()?;
        found.map(OAuthFlow::try_from).transpose()
    }

    async fn of_provider(&self, id: &ProviderId) -> StoreResult<Vec<OAuthFlow>> {
        let all = Entity::find().filter(Column::ProviderId.eq(id.as_str())).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
        all.all(self.readers()).await.store()?.into_iter().map(OAuthFlow::try_from).collect()
    }

    async fn open(&self) -> StoreResult<Vec<OAuthFlow>> {
        let now = clock::now(self.readers()).await?;
        let finishing = now - micros_of(FINISHING_LIMIT);
        let open = Condition::any()
            .add(Condition::all().add(Column::State.eq(FlowPhase::Waiting.as_str())).add(Column::ExpiresAt.gt(now)))
            .add(Condition::all().add(Column::State.eq(FlowPhase::Finishing.as_str())).add(Column::StateAt.gte(finishing)));
        let all = Entity::find().filter(open).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
        all.all(self.readers()).await.store()?.into_iter().map(OAuthFlow::try_from).collect()
    }

    async fn claim(&self, id: FlowId) -> StoreResult<Option<OAuthFlow>> {
        let now = now_sql(self.backend());
        let sql = format!(
            "UPDATE oauth_flow SET state = 'finishing', state_at = {now} \
             WHERE id = $1 AND state = 'waiting' AND expires_at > {now} RETURNING id"
        );
        let won = self.writer().query_one_raw(Statement::from_sql_and_values(self.backend(), sql, [id.uuid().into()])).await.store()?;
        if won.is_none() {
            return Ok(None);
        }
        // Only a disconnect or a key writes a row that is being finished: then it is over.
        let found = Entity::find_by_id(id.uuid()).filter(Column::State.eq(FlowPhase::Finishing.as_str()));
        found.one(self.writer()).await.store()?.map(OAuthFlow::try_from).transpose()
    }

    async fn end(&self, flow: &OAuthFlow, trail: Trail) -> StoreResult<bool> {
        let write = self.write().await?;
        let done = end(&write.tx, flow).await;
        write.finish_if(done, &trail).await
    }

    async fn cancel(&self, id: &ProviderId, of: Option<UserId>, trail: Trail) -> StoreResult<u64> {
        let write = self.write().await?;
        let done = cancel(&write.tx, id, of, &[FlowPhase::Waiting]).await;
        let nothing = Trail::default();
        let trail = if matches!(done, Ok(count) if count > 0) { &trail } else { &nothing };
        write.finish(done, trail).await
    }

    async fn sweep(&self, forget: OffsetDateTime) -> StoreResult<Vec<ProviderId>> {
        let write = self.write().await?;
        let done = sweep(&write.tx, forget).await;
        write.finish(done, &Trail::default()).await
    }

    async fn remembered(&self, id: &ProviderId) -> StoreResult<Remembered> {
        let setting = provider_setting::Entity::find_by_id(id.as_str()).one(self.readers()).await.store()?;
        Ok(setting.map_or_else(Remembered::default, |setting| Remembered {
            allowed: setting.sign_in_allowed,
            issued_client: setting.issued_client,
            subject: setting.subject,
        }))
    }

    async fn remember(&self, id: &ProviderId, remembered: &Remembered, trail: Trail) -> StoreResult<()> {
        use provider_setting::Column;
        let row = provider_setting::ActiveModel {
            provider_id: Set(id.to_string()),
            auto_connect: Set(true),
            sign_in_allowed: Set(remembered.allowed),
            issued_client: Set(remembered.issued_client.as_deref().map(text)),
            subject: Set(remembered.subject.as_deref().map(text)),
        };
        let same = OnConflict::column(Column::ProviderId)
            .update_columns([Column::SignInAllowed, Column::IssuedClient, Column::Subject])
            .to_owned();
        let write = self.write().await?;
        let done = provider_setting::Entity::insert(row).on_conflict(same).exec_without_returning(&write.tx).await.store().map(drop);
        write.finish(done, &trail).await
    }

    async fn host_id(&self, candidate: Uuid) -> StoreResult<Uuid> {
        let values = [HOST_ID.into(), candidate.to_string().into()];
        let sql =
            "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING value";
        let row = self.writer().query_one_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store()?;
        let place = Row::new("installation", &HOST_ID);
        let kept: String = row.ok_or_else(|| place.bad("value"))?.try_get("", "value").store()?;
        place.word("value", &kept)
    }
}

/// Writes an ended state, inside somebody's transaction; `false` when it had ended already.
pub(crate) async fn end(tx: &DatabaseTransaction, flow: &OAuthFlow) -> StoreResult<bool> {
    let (state, state_at, failure, message) = columns(&flow.state);
    let ended = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::StateAt, Expr::value(state_at))
        .col_expr(Column::Failure, Expr::value(failure))
        .col_expr(Column::Message, Expr::value(message))
        .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
        .filter(Column::Id.eq(flow.id.uuid()))
        .filter(Column::State.is_in([FlowPhase::Waiting.as_str(), FlowPhase::Finishing.as_str()]));
    ended.exec(tx).await.store().map(|done| done.rows_affected > 0)
}

/// Cancels all that are open, inside somebody's transaction. One that is being finished finds that when it ends, and connects nothing.
pub(crate) async fn overtake(tx: &DatabaseTransaction, id: &ProviderId) -> StoreResult<u64> {
    cancel(tx, id, None, &[FlowPhase::Waiting, FlowPhase::Finishing]).await
}

async fn cancel(tx: &DatabaseTransaction, id: &ProviderId, of: Option<UserId>, phases: &[FlowPhase]) -> StoreResult<u64> {
    let now = clock::now(tx).await?;
    let mut cancelled = Entity::update_many()
        .col_expr(Column::State, Expr::value(FlowPhase::Cancelled.as_str()))
        .col_expr(Column::StateAt, Expr::value(now))
        .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
        .filter(Column::ProviderId.eq(id.as_str()))
        .filter(Column::State.is_in(phases.iter().map(|phase| phase.as_str())));
    if let Some(user) = of {
        cancelled = cancelled.filter(Column::UserId.eq(user.uuid()));
    }
    cancelled.exec(tx).await.store().map(|done| done.rows_affected)
}

async fn sweep(tx: &DatabaseTransaction, forget: OffsetDateTime) -> StoreResult<Vec<ProviderId>> {
    let now = clock::now(tx).await?;
    let expired = Condition::all()
        .add(Column::State.eq(FlowPhase::Waiting.as_str()))
        .add(Column::ExpiresAt.lte(now))
        .add(Column::Sealed.is_not_null());
    let cut =
        Condition::all().add(Column::State.eq(FlowPhase::Finishing.as_str())).add(Column::StateAt.lt(now - micros_of(FINISHING_LIMIT)));
    let either = Condition::any().add(expired.clone()).add(cut.clone());
    let whose: Vec<(Uuid, String)> =
        Entity::find().filter(either).select_only().column(Column::Id).column(Column::ProviderId).into_tuple().all(tx).await.store()?;
    if !whose.is_empty() {
        let nothing = || Expr::value(None::<Vec<u8>>);
        Entity::update_many().col_expr(Column::Sealed, nothing()).filter(expired).exec(tx).await.store()?;
        Entity::update_many()
            .col_expr(Column::State, Expr::value(FlowPhase::Failed.as_str()))
            .col_expr(Column::Failure, Expr::value(FlowFailure::Interrupted.as_str()))
            .col_expr(Column::StateAt, Expr::value(now))
            .col_expr(Column::Sealed, nothing())
            .filter(cut)
            .exec(tx)
            .await
            .store()?;
    }
    Entity::delete_many().filter(Column::ExpiresAt.lt(micros(forget))).exec(tx).await.store()?;
    let names: StoreResult<BTreeSet<ProviderId>> =
        whose.iter().map(|(id, provider)| Row::new("oauth_flow", id).word("provider_id", provider)).collect();
    names.map(|names| names.into_iter().collect())
}

fn micros_of(duration: time::Duration) -> i64 {
    i64::try_from(duration.whole_microseconds()).unwrap_or(i64::MAX)
}
