//! What a unit of use costs, by whose word, and since when.

use crate::convert::{Row, count, shown, text};
use domain::finance::UnitPrice;
use domain::finance::period::Span;
use domain::finance::price::{PriceFact, PriceOrigin, Seller};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use vocab::{ContractId, PriceFactId};

#[expect(clippy::struct_field_names, reason = "`model_id` is the column, `Model` is what the derive asks for")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ai_price_fact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: Option<String>,
    pub vendor_key: Option<String>,
    pub model_id: String,
    pub meter: String,
    pub price: String,
    pub per: String,
    pub currency: String,
    pub tier_start: i64,
    pub variant: Option<String>,
    pub effective_from: String,
    pub effective_to: Option<String>,
    pub source: String,
    pub source_version: String,
    pub contract_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for PriceFact {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("ai_price_fact", &model.id);
        let (price, per) = (row.word("price", &model.price)?, row.word("per", &model.per)?);
        let from = row.date("effective_from", &model.effective_from)?;
        let until = row.date_some("effective_to", model.effective_to.as_deref())?;
        let contract_id = model.contract_id.map(ContractId::new);
        Ok(Self {
            id: PriceFactId::new(model.id),
            seller: seller(row, &model)?,
            meter: row.word("meter", &model.meter)?,
            price: UnitPrice::new(price, per, row.word("currency", &model.currency)?).map_err(|_| row.bad("price"))?,
            tier_start: row.number("tier_start", model.tier_start)?,
            variant: row.word_some("variant", model.variant.as_deref())?,
            effective: Span::new(from, until).map_err(|_| row.bad("effective_to"))?,
            origin: PriceOrigin::from_parts(row.word("source", &model.source)?, model.source_version, contract_id),
            model_id: model.model_id,
        })
    }
}

fn seller(row: Row<'_>, model: &Model) -> StoreResult<Seller> {
    match (&model.provider_id, &model.vendor_key) {
        (Some(id), None) => row.word("provider_id", id).map(Seller::Provider),
        (None, Some(key)) => row.word("vendor_key", key).map(Seller::Vendor),
        (Some(_), Some(_)) | (None, None) => Err(row.bad("vendor_key")),
    }
}

impl From<&PriceFact> for ActiveModel {
    fn from(fact: &PriceFact) -> Self {
        let (provider_id, vendor_key) = match &fact.seller {
            Seller::Provider(id) => (Some(id.to_string()), None),
            Seller::Vendor(key) => (None, Some(key.to_string())),
        };
        Self {
            id: Set(fact.id.uuid()),
            provider_id: Set(provider_id),
            vendor_key: Set(vendor_key),
            model_id: Set(text(&fact.model_id)),
            meter: Set(fact.meter.to_string()),
            price: Set(fact.price.price().to_string()),
            per: Set(fact.price.per().to_string()),
            currency: Set(fact.price.currency().to_string()),
            tier_start: Set(count(fact.tier_start)),
            variant: Set(shown(fact.variant.as_ref())),
            effective_from: Set(fact.effective.from().to_string()),
            effective_to: Set(shown(fact.effective.until().as_ref())),
            source: Set(fact.origin.source().to_string()),
            source_version: Set(text(fact.origin.version())),
            contract_id: Set(fact.origin.contract_id().map(ContractId::uuid)),
        }
    }
}
