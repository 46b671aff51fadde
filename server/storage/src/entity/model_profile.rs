//! Models known through connections.

use crate::convert::{Row, micros, text};
use domain::models::{ModelPrice, ModelProfile, TokenPrice};
use rust_decimal::Decimal;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use time::Date;
use time::format_description::well_known::Iso8601;
use vocab::ModelProfileId;

#[expect(clippy::struct_field_names, reason = "`model_id` is the column, `Model` is what the derive asks for")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model_profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub model_id: String,
    pub display_name: Option<String>,
    pub class: String,
    pub tier: Option<String>,
    pub context_tokens: Option<i64>,
    pub price_input: Option<String>,
    pub price_output: Option<String>,
    pub price_cache_read: Option<String>,
    pub price_cache_write: Option<String>,
    pub price_source: Option<String>,
    pub price_as_of: Option<String>,
    pub status: String,
    pub first_seen_at: i64,
    pub last_seen_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for ModelProfile {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("model_profile", &model.id);
        Ok(Self {
            price: price(row, &model)?,
            id: ModelProfileId::new(model.id),
            provider_id: row.word("provider_id", &model.provider_id)?,
            class: row.word("class", &model.class)?,
            tier: row.word_some("tier", model.tier.as_deref())?,
            context_tokens: model.context_tokens.map(|tokens| row.number("context_tokens", tokens)).transpose()?,
            status: row.word("status", &model.status)?,
            first_seen_at: row.at("first_seen_at", model.first_seen_at)?,
            last_seen_at: row.at("last_seen_at", model.last_seen_at)?,
            model_id: model.model_id,
            display_name: model.display_name,
        })
    }
}

fn price(row: Row<'_>, model: &Model) -> StoreResult<Option<ModelPrice>> {
    let Some(source) = model.price_source.clone() else { return Ok(None) };
    let as_of = model.price_as_of.as_deref().unwrap_or_default();
    let per_million = TokenPrice {
        input: row.word_some("price_input", model.price_input.as_deref())?,
        output: row.word_some("price_output", model.price_output.as_deref())?,
        cache_read: row.word_some("price_cache_read", model.price_cache_read.as_deref())?,
        cache_write: row.word_some("price_cache_write", model.price_cache_write.as_deref())?,
    };
    let as_of = Date::parse(as_of, &Iso8601::DATE).map_err(|_| row.bad("price_as_of"))?;
    Ok(Some(ModelPrice { per_million, source, as_of }))
}

impl From<&ModelProfile> for ActiveModel {
    fn from(profile: &ModelProfile) -> Self {
        let price = profile.price.as_ref();
        let figure =
            |of: fn(&TokenPrice) -> Option<Decimal>| Set(price.and_then(|price| of(&price.per_million)).map(|figure| figure.to_string()));
        Self {
            id: Set(profile.id.uuid()),
            provider_id: Set(profile.provider_id.to_string()),
            model_id: Set(text(&profile.model_id)),
            display_name: Set(profile.display_name.as_deref().map(text)),
            class: Set(profile.class.to_string()),
            tier: Set(profile.tier.map(|tier| tier.to_string())),
            context_tokens: Set(profile.context_tokens.map(i64::from)),
            price_input: figure(|price| price.input),
            price_output: figure(|price| price.output),
            price_cache_read: figure(|price| price.cache_read),
            price_cache_write: figure(|price| price.cache_write),
            price_source: Set(price.map(|price| text(&price.source))),
            // A `Date` is written as 2026-11-23.
            price_as_of: Set(price.map(|price| price.as_of.to_string())),
            status: Set(profile.status.to_string()),
            first_seen_at: Set(micros(profile.first_seen_at)),
            last_seen_at: Set(micros(profile.last_seen_at)),
        }
    }
}
