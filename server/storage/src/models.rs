//! Models known through connections.

use crate::convert::{Row, batches};
use crate::database::Storage;
use crate::entity::model_profile;
use crate::errors::IntoStore;
use async_trait::async_trait;
use domain::models::ModelProfile;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect};
use services::ports::{ModelRepo, StoreResult, Trail};
use vocab::{ModelStatus, ProviderId};

#[async_trait]
impl ModelRepo for Storage {
    async fn of_provider(&self, id: &ProviderId) -> StoreResult<Vec<ModelProfile>> {
        let all = model_profile::Entity::find()
            .filter(model_profile::Column::ProviderId.eq(id.as_str()))
            .order_by_asc(model_profile::Column::ModelId);
        all.all(self.readers()).await.store()?.into_iter().map(ModelProfile::try_from).collect()
    }

    async fn all(&self) -> StoreResult<Vec<ModelProfile>> {
        let all =
            model_profile::Entity::find().order_by_asc(model_profile::Column::ProviderId).order_by_asc(model_profile::Column::ModelId);
        all.all(self.readers()).await.store()?.into_iter().map(ModelProfile::try_from).collect()
    }

    async fn counts(&self) -> StoreResult<Vec<(ProviderId, u32)>> {
        let counts: Vec<(String, i64)> = model_profile::Entity::find()
            .select_only()
            .column(model_profile::Column::ProviderId)
            .column_as(model_profile::Column::Id.count(), "models")
            .filter(model_profile::Column::Status.eq(ModelStatus::Active.as_str()))
            .group_by(model_profile::Column::ProviderId)
            .order_by_asc(model_profile::Column::ProviderId)
            .into_tuple()
            .all(self.readers())
            .await
            .store()?;
        let read = |(provider, models): (String, i64)| {
            let row = Row::new("model_profile", &provider);
            Ok((row.word("provider_id", &provider)?, row.number("id", models)?))
        };
        counts.into_iter().map(read).collect()
    }

    async fn save(&self, profiles: &[ModelProfile], trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = save(&write.tx, profiles).await;
        write.finish(done, &trail).await
    }
}

async fn save(tx: &DatabaseTransaction, profiles: &[ModelProfile]) -> StoreResult<()> {
    let others = model_profile::Column::iter().filter(|column| !matches!(column, model_profile::Column::Id));
    let same = OnConflict::column(model_profile::Column::Id).update_columns(others).to_owned();
    for profiles in batches(profiles) {
        let rows = profiles.iter().map(model_profile::ActiveModel::from);
        model_profile::Entity::insert_many(rows).on_conflict(same.clone()).exec_without_returning(tx).await.store()?;
    }
    Ok(())
}
