//! What was last found of each local engine.

use crate::convert::{Row, list, micros};
use domain::connection::Detection;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::ProviderId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "detection")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider_id: String,
    pub running: bool,
    pub looked_at: Option<String>,
    pub base_url: Option<String>,
    pub models: Option<i32>,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for (ProviderId, Detection) {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("detection", &model.provider_id);
        let at = row.at("at", model.at)?;
        let detection = if model.running {
            Detection::Running {
                base_url: row.word("base_url", model.base_url.as_deref().unwrap_or_default())?,
                models: row.number("models", model.models.unwrap_or_default())?,
                at,
            }
        } else {
            Detection::NotRunning { looked_at: row.list("looked_at", model.looked_at.as_deref().unwrap_or("[]"))?, at }
        };
        Ok((row.word("provider_id", &model.provider_id)?, detection))
    }
}

impl From<(&ProviderId, &Detection)> for ActiveModel {
    fn from((provider, detection): (&ProviderId, &Detection)) -> Self {
        let (running, looked_at, base_url, models, at) = match detection {
            Detection::NotRunning { looked_at, at } => (false, Some(list(looked_at)), None, None, at),
            Detection::Running { base_url, models, at } => {
                (true, None, Some(base_url.to_string()), Some(i32::try_from(*models).unwrap_or(i32::MAX)), at)
            }
        };
        Self {
            provider_id: Set(provider.to_string()),
            running: Set(running),
            looked_at: Set(looked_at),
            base_url: Set(base_url),
            models: Set(models),
            at: Set(micros(*at)),
        }
    }
}
