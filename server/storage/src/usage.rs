//! Usage rows.

use crate::convert::{batches, micros};
use crate::database::Storage;
use crate::entity::usage_record::{ActiveModel, Column, Entity};
use crate::errors::IntoStore;
use crate::usage_sums;
use async_trait::async_trait;
use domain::inference::UsageRecord;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use services::ports::{StoreResult, Trail, UsageBucket, UsageFilter, UsageGroup, UsageRepo};

#[async_trait]
impl UsageRepo for Storage {
    async fn add(&self, rows: &[UsageRecord], trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = add(&write.tx, rows).await;
        write.finish(done, &trail).await
    }

    async fn sums(&self, filter: &UsageFilter, group: UsageGroup) -> StoreResult<Vec<UsageBucket>> {
        usage_sums::sums(self.readers(), filter, group).await
    }

    async fn newest(&self, filter: &UsageFilter, limit: u32) -> StoreResult<Vec<UsageRecord>> {
        let newest =
            Entity::find().filter(condition(filter)).order_by_desc(Column::At).order_by_desc(Column::RequestId).limit(u64::from(limit));
        newest.all(self.readers()).await.store()?.into_iter().map(UsageRecord::try_from).collect()
    }
}

async fn add(tx: &DatabaseTransaction, rows: &[UsageRecord]) -> StoreResult<()> {
    let skip = OnConflict::column(Column::RequestId).do_nothing().to_owned();
    for rows in batches(rows) {
        let rows = rows.iter().map(ActiveModel::from);
        Entity::insert_many(rows).on_conflict(skip.clone()).exec_without_returning(tx).await.store()?;
    }
    Ok(())
}

/// From included, to excluded, and what else is asked for.
pub(crate) fn condition(filter: &UsageFilter) -> Condition {
    Condition::all()
        .add(Column::At.gte(micros(filter.from)))
        .add(Column::At.lt(micros(filter.to)))
        .add_option(filter.provider_id.as_ref().map(|id| Column::ProviderId.eq(id.as_str())))
        .add_option(filter.token_id.map(|id| Column::TokenId.eq(id.uuid())))
}
