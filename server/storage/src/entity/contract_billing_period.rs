//! What came of billing periods.

use crate::convert::Row;
use domain::finance::bill::{BillingPeriod, PeriodState, SourceKey};
use domain::finance::period::Period;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::{BillId, ContractId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_billing_period")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub contract_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub period_start: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i32,
    pub period_end: String,
    pub status: String,
    pub skip_reason: Option<String>,
    pub bill_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for BillingPeriod {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("contract_billing_period", &model.contract_id);
        let start = row.date("period_start", &model.period_start)?;
        let period = Period::new(start, row.date("period_end", &model.period_end)?).map_err(|_| row.bad("period_end"))?;
        let reason = row.word_some("skip_reason", model.skip_reason.as_deref())?;
        let state = PeriodState::from_parts(row.word("status", &model.status)?, model.bill_id.map(BillId::new), reason);
        Ok(Self {
            key: SourceKey {
                contract_id: ContractId::new(model.contract_id),
                period_start: start,
                kind: row.word("kind", &model.kind)?,
                revision: row.number("revision", model.revision)?,
            },
            period,
            state: state.ok_or_else(|| row.bad("status"))?,
        })
    }
}

impl From<&BillingPeriod> for ActiveModel {
    fn from(row: &BillingPeriod) -> Self {
        Self {
            contract_id: Set(row.key.contract_id.uuid()),
            period_start: Set(row.key.period_start.to_string()),
            kind: Set(row.key.kind.to_string()),
            revision: Set(i32::try_from(row.key.revision).unwrap_or(i32::MAX)),
            period_end: Set(row.period.end().to_string()),
            status: Set(row.state.status().to_string()),
            skip_reason: Set(row.state.skip_reason().map(|reason| reason.to_string())),
            bill_id: Set(row.state.bill_id().map(BillId::uuid)),
        }
    }
}
