//! What contracts include.

use crate::convert::{Row, shown, text};
use domain::finance::UnitPrice;
use domain::finance::allowance::{Allowance, AllowanceTerms, Thresholds, Valuation};
use domain::finance::period::Span;
use rust_decimal::Decimal;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use vocab::{AllowanceId, ContractId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_allowance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub contract_id: Uuid,
    pub name: String,
    pub metric_key: String,
    pub scope_filter: String,
    pub usage_unit: String,
    pub included_quantity: Option<String>,
    pub reset_interval: String,
    pub rollover_cap: Option<String>,
    pub prorate_included: bool,
    pub overage_price: Option<String>,
    pub overage_price_per: Option<String>,
    pub overage_currency: Option<String>,
    pub valuation_method: String,
    pub unit_value: Option<String>,
    pub commitment_weight: Option<String>,
    pub low_threshold_pct: String,
    pub critical_threshold_pct: String,
    pub underuse_threshold_pct: String,
    pub sort_order: i32,
    pub effective_from: String,
    pub effective_to: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Allowance {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("contract_allowance", &model.id);
        let from = row.date("effective_from", &model.effective_from)?;
        let until = row.date_some("effective_to", model.effective_to.as_deref())?;
        Ok(Self {
            id: AllowanceId::new(model.id),
            contract_id: ContractId::new(model.contract_id),
            effective: Span::new(from, until).map_err(|_| row.bad("effective_to"))?,
            terms: terms(row, &model)?,
        })
    }
}

fn terms(row: Row<'_>, model: &Model) -> StoreResult<AllowanceTerms> {
    let unit_value = row.word_some("unit_value", model.unit_value.as_deref())?;
    let valuation = Valuation::from_parts(row.word("valuation_method", &model.valuation_method)?, unit_value);
    Ok(AllowanceTerms {
        name: model.name.clone(),
        metric: row.word("metric_key", &model.metric_key)?,
        scope: serde_json::from_str(&model.scope_filter).map_err(|_| row.bad("scope_filter"))?,
        unit: model.usage_unit.clone(),
        included: row.word_some("included_quantity", model.included_quantity.as_deref())?,
        reset: row.word("reset_interval", &model.reset_interval)?,
        rollover_cap: row.word_some("rollover_cap", model.rollover_cap.as_deref())?,
        prorate_included: model.prorate_included,
        overage: overage(row, model)?,
        valuation: valuation.ok_or_else(|| row.bad("unit_value"))?,
        weight: row.word_some("commitment_weight", model.commitment_weight.as_deref())?,
        thresholds: Thresholds {
            low: row.word("low_threshold_pct", &model.low_threshold_pct)?,
            critical: row.word("critical_threshold_pct", &model.critical_threshold_pct)?,
            underuse: row.word("underuse_threshold_pct", &model.underuse_threshold_pct)?,
        },
        sort_order: model.sort_order,
    })
}

fn overage(row: Row<'_>, model: &Model) -> StoreResult<Option<UnitPrice>> {
    let Some(price) = row.word_some::<Decimal>("overage_price", model.overage_price.as_deref())? else { return Ok(None) };
    let per = row.word_some("overage_price_per", model.overage_price_per.as_deref())?.ok_or_else(|| row.bad("overage_price_per"))?;
    let currency = row.word_some("overage_currency", model.overage_currency.as_deref())?.ok_or_else(|| row.bad("overage_currency"))?;
    UnitPrice::new(price, per, currency).map(Some).map_err(|_| row.bad("overage_price"))
}

impl From<&Allowance> for ActiveModel {
    fn from(allowance: &Allowance) -> Self {
        let terms = &allowance.terms;
        Self {
            id: Set(allowance.id.uuid()),
            contract_id: Set(allowance.contract_id.uuid()),
            name: Set(text(&terms.name)),
            metric_key: Set(terms.metric.to_string()),
            scope_filter: Set(text(&serde_json::json!(terms.scope).to_string())),
            usage_unit: Set(text(&terms.unit)),
            included_quantity: Set(shown(terms.included.as_ref())),
            reset_interval: Set(terms.reset.to_string()),
            rollover_cap: Set(shown(terms.rollover_cap.as_ref())),
            prorate_included: Set(terms.prorate_included),
            overage_price: Set(terms.overage.map(|price| price.price().to_string())),
            overage_price_per: Set(terms.overage.map(|price| price.per().to_string())),
            overage_currency: Set(terms.overage.map(|price| price.currency().to_string())),
            valuation_method: Set(terms.valuation.method().to_string()),
            unit_value: Set(shown(terms.valuation.unit_value().as_ref())),
            commitment_weight: Set(shown(terms.weight.as_ref())),
            low_threshold_pct: Set(terms.thresholds.low.to_string()),
            critical_threshold_pct: Set(terms.thresholds.critical.to_string()),
            underuse_threshold_pct: Set(terms.thresholds.underuse.to_string()),
            sort_order: Set(terms.sort_order),
            effective_from: Set(allowance.effective.from().to_string()),
            effective_to: Set(shown(allowance.effective.until().as_ref())),
        }
    }
}
