//! A day's figures of a contract's allowance, or of a contract.

use crate::convert::{Row, micros, shown};
use domain::finance::evaluation::{Evaluation, Figures, Snapshot, Subject};
use domain::finance::period::Period;
use domain::finance::{Currency, Money};
use rust_decimal::Decimal;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use time::OffsetDateTime;
use vocab::{AllowanceId, ContractId, SnapshotId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_usage_snapshot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub contract_id: Uuid,
    pub allowance_id: Option<Uuid>,
    pub subject_id: Uuid,
    pub snapshot_date: String,
    pub period_start: String,
    pub period_end: String,
    pub days_elapsed: i32,
    pub days_in_period: i32,
    pub source_type: String,
    pub confidence: String,
    pub consumed_quantity: String,
    pub included_quantity: Option<String>,
    pub has_figures: bool,
    pub remaining_quantity: Option<String>,
    pub utilization_pct: Option<String>,
    pub projected_quantity: Option<String>,
    pub projected_utilization_pct: Option<String>,
    pub pace: Option<String>,
    pub days_to_exhaustion: Option<String>,
    pub projected_unused_quantity: Option<String>,
    pub projected_unused_value: Option<String>,
    pub projected_overage_quantity: Option<String>,
    pub projected_overage_cost: Option<String>,
    pub overage_quantity: Option<String>,
    pub overage_cost: Option<String>,
    pub realized_unused_value: Option<String>,
    pub currency: String,
    pub usage_cost_estimate: Option<String>,
    pub usage_cost_currency: Option<String>,
    pub input_hash: String,
    pub revision: i32,
    pub is_final: bool,
    pub notes: String,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Snapshot {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("contract_usage_snapshot", &model.id);
        let evaluation = evaluation(row, &model)?;
        Ok(Self {
            id: SnapshotId::new(model.id),
            evaluation,
            revision: row.number("revision", model.revision)?,
            notes: serde_json::from_str(&model.notes).map_err(|_| row.bad("notes"))?,
        })
    }
}

fn evaluation(row: Row<'_>, model: &Model) -> StoreResult<Evaluation> {
    let period = Period::new(row.date("period_start", &model.period_start)?, row.date("period_end", &model.period_end)?);
    let currency: Currency = row.word("currency", &model.currency)?;
    let cost_in: Option<Currency> = row.word_some("usage_cost_currency", model.usage_cost_currency.as_deref())?;
    Ok(Evaluation {
        contract_id: ContractId::new(model.contract_id),
        subject: model.allowance_id.map_or(Subject::Contract, |id| Subject::Allowance(AllowanceId::new(id))),
        date: row.date("snapshot_date", &model.snapshot_date)?,
        period: period.map_err(|_| row.bad("period_end"))?,
        days_elapsed: row.number("days_elapsed", model.days_elapsed)?,
        days_in_period: row.number("days_in_period", model.days_in_period)?,
        source: row.word("source_type", &model.source_type)?,
        confidence: row.word("confidence", &model.confidence)?,
        consumed: row.word("consumed_quantity", &model.consumed_quantity)?,
        included: row.word_some("included_quantity", model.included_quantity.as_deref())?,
        figures: if model.has_figures { Some(figures(row, model, currency)?) } else { None },
        currency,
        usage_cost_estimate: match cost_in {
            Some(currency) => money(row, "usage_cost_estimate", model.usage_cost_estimate.as_deref(), currency)?,
            None => None,
        },
        input_hash: model.input_hash.clone(),
        is_final: model.is_final,
    })
}

fn figures(row: Row<'_>, model: &Model, currency: Currency) -> StoreResult<Figures> {
    let number = |column, text: &Option<String>| row.word_some::<Decimal>(column, text.as_deref());
    let needed = |column, text: &Option<String>| number(column, text)?.ok_or_else(|| row.bad(column));
    let amount = |column, text: &Option<String>| money(row, column, text.as_deref(), currency);
    Ok(Figures {
        utilization_pct: number("utilization_pct", &model.utilization_pct)?,
        remaining: needed("remaining_quantity", &model.remaining_quantity)?,
        projected: needed("projected_quantity", &model.projected_quantity)?,
        projected_utilization_pct: number("projected_utilization_pct", &model.projected_utilization_pct)?,
        pace: number("pace", &model.pace)?,
        days_to_exhaustion: number("days_to_exhaustion", &model.days_to_exhaustion)?,
        projected_unused: needed("projected_unused_quantity", &model.projected_unused_quantity)?,
        projected_unused_value: amount("projected_unused_value", &model.projected_unused_value)?,
        projected_overage: needed("projected_overage_quantity", &model.projected_overage_quantity)?,
        projected_overage_cost: amount("projected_overage_cost", &model.projected_overage_cost)?,
        overage: needed("overage_quantity", &model.overage_quantity)?,
        overage_cost: amount("overage_cost", &model.overage_cost)?,
        realized_unused_value: amount("realized_unused_value", &model.realized_unused_value)?,
    })
}

fn money(row: Row<'_>, column: &'static str, text: Option<&str>, currency: Currency) -> StoreResult<Option<Money>> {
    let amount: Option<Decimal> = row.word_some(column, text)?;
    amount.map(|amount| Money::new(amount, currency).map_err(|_| row.bad(column))).transpose()
}

/// The row of a snapshot written at `at`. When it was made is set only for a new one.
pub(crate) fn active(snapshot: &Snapshot, at: OffsetDateTime) -> ActiveModel {
    let evaluation = &snapshot.evaluation;
    let allowance_id = match evaluation.subject {
        Subject::Allowance(id) => Some(id.uuid()),
        Subject::Contract => None,
    };
    let mut row = ActiveModel {
        id: Set(snapshot.id.uuid()),
        contract_id: Set(evaluation.contract_id.uuid()),
        allowance_id: Set(allowance_id),
        subject_id: Set(allowance_id.unwrap_or(evaluation.contract_id.uuid())),
        snapshot_date: Set(evaluation.date.to_string()),
        period_start: Set(evaluation.period.start().to_string()),
        period_end: Set(evaluation.period.end().to_string()),
        days_elapsed: Set(small(evaluation.days_elapsed)),
        days_in_period: Set(small(evaluation.days_in_period)),
        source_type: Set(evaluation.source.to_string()),
        confidence: Set(evaluation.confidence.to_string()),
        consumed_quantity: Set(evaluation.consumed.to_string()),
        included_quantity: Set(shown(evaluation.included.as_ref())),
        currency: Set(evaluation.currency.to_string()),
        usage_cost_estimate: Set(evaluation.usage_cost_estimate.map(|cost| cost.amount().to_string())),
        usage_cost_currency: Set(evaluation.usage_cost_estimate.map(|cost| cost.currency().to_string())),
        input_hash: Set(evaluation.input_hash.clone()),
        revision: Set(small(snapshot.revision)),
        is_final: Set(evaluation.is_final),
        notes: Set(serde_json::json!(snapshot.notes).to_string()),
        updated_at: Set(micros(at)),
        ..<ActiveModel as Default>::default()
    };
    set_figures(&mut row, evaluation.figures.as_ref());
    row
}

fn set_figures(row: &mut ActiveModel, figures: Option<&Figures>) {
    let number = |of: fn(&Figures) -> Option<Decimal>| Set(figures.and_then(of).map(|value| value.to_string()));
    let amount = |of: fn(&Figures) -> Option<Money>| Set(figures.and_then(of).map(|value| value.amount().to_string()));
    row.has_figures = Set(figures.is_some());
    row.remaining_quantity = number(|f| Some(f.remaining));
    row.utilization_pct = number(|f| f.utilization_pct);
    row.projected_quantity = number(|f| Some(f.projected));
    row.projected_utilization_pct = number(|f| f.projected_utilization_pct);
    row.pace = number(|f| f.pace);
    row.days_to_exhaustion = number(|f| f.days_to_exhaustion);
    row.projected_unused_quantity = number(|f| Some(f.projected_unused));
    row.projected_unused_value = amount(|f| f.projected_unused_value);
    row.projected_overage_quantity = number(|f| Some(f.projected_overage));
    row.projected_overage_cost = amount(|f| f.projected_overage_cost);
    row.overage_quantity = number(|f| Some(f.overage));
    row.overage_cost = amount(|f| f.overage_cost);
    row.realized_unused_value = amount(|f| f.realized_unused_value);
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
