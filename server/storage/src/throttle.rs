//! Sign-in failures.

use crate::convert::{micros, text};
use crate::database::Storage;
use crate::entity::sign_in_failure;
use crate::errors::{Fault, IntoStore};
use async_trait::async_trait;
use domain::people::throttle::{Failures, ThrottleKey};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, Statement};
use services::ports::{StoreError, StoreResult, ThrottleRepo};
use time::{Duration, OffsetDateTime};

/// Counts in one statement, so that parallel guesses cannot share a number.
const COUNT: &str = "INSERT INTO sign_in_failure (throttle_key, failures, last_at) VALUES ($1, 1, $2) \
     ON CONFLICT (throttle_key) DO UPDATE SET last_at = excluded.last_at, failures = \
     CASE WHEN sign_in_failure.last_at <= $3 THEN 1 ELSE sign_in_failure.failures + 1 END \
     RETURNING throttle_key, failures, last_at";

#[async_trait]
impl ThrottleRepo for Storage {
    async fn failures(&self, key: &ThrottleKey) -> StoreResult<Option<Failures>> {
        let found = sign_in_failure::Entity::find_by_id(stored(key)).one(self.readers()).await.store()?;
        found.map(Failures::try_from).transpose()
    }

    async fn count(&self, key: &ThrottleKey, now: OffsetDateTime, forget_after: Duration) -> StoreResult<Failures> {
        let forgotten = micros(now.saturating_sub(forget_after));
        let values = [stored(key).into(), micros(now).into(), forgotten.into()];
        let count = Statement::from_sql_and_values(self.backend(), COUNT, values);
        let row = sign_in_failure::Model::find_by_statement(count).one(self.writer()).await.store()?;
        let row = row.ok_or_else(|| StoreError::Failed(Box::new(Fault::words("a failure was not counted"))))?;
        if row.failures == 1 {
            self.forget_failures(forgotten).await;
        }
        row.try_into()
    }

    async fn take_back(&self, key: &ThrottleKey) -> StoreResult<()> {
        let one = sign_in_failure::Entity::update_many()
            .col_expr(sign_in_failure::Column::Failures, Expr::col(sign_in_failure::Column::Failures).sub(1))
            .filter(sign_in_failure::Column::ThrottleKey.eq(stored(key)))
            .filter(sign_in_failure::Column::Failures.gt(0));
        one.exec(self.writer()).await.store().map(drop)
    }

    async fn clear(&self, key: &ThrottleKey) -> StoreResult<()> {
        sign_in_failure::Entity::delete_by_id(stored(key)).exec(self.writer()).await.store().map(drop)
    }
}

impl Storage {
    /// Strangers choose the keys, so each new one sweeps the forgotten ones out. What fails here is swept next time.
    async fn forget_failures(&self, forgotten: i64) {
        let old = sign_in_failure::Entity::delete_many().filter(sign_in_failure::Column::LastAt.lte(forgotten));
        if let Err(error) = old.exec(self.writer()).await {
            tracing::debug!(%error, "sweeping sign-in failures");
        }
    }
}

fn stored(key: &ThrottleKey) -> String {
    text(&key.text())
}
