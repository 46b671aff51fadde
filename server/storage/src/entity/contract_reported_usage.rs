//! What a vendor says was used of an allowance, up to the end of a day.

use crate::convert::{Row, micros, text};
use domain::finance::contract::Stamp;
use domain::finance::evaluation::Reported;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::{AllowanceId, ContractId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_reported_usage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub contract_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub allowance_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_date: String,
    pub quantity: String,
    pub note: String,
    pub entered_at: i64,
    pub entered_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Reported {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("contract_reported_usage", &model.contract_id);
        Ok(Self {
            date: row.date("report_date", &model.report_date)?,
            quantity: row.word("quantity", &model.quantity)?,
            entered: Stamp { at: row.at("entered_at", model.entered_at)?, by: model.entered_by.map(UserId::new) },
            contract_id: ContractId::new(model.contract_id),
            allowance_id: AllowanceId::new(model.allowance_id),
            note: model.note,
        })
    }
}

impl From<&Reported> for ActiveModel {
    fn from(report: &Reported) -> Self {
        Self {
            contract_id: Set(report.contract_id.uuid()),
            allowance_id: Set(report.allowance_id.uuid()),
            report_date: Set(report.date.to_string()),
            quantity: Set(report.quantity.to_string()),
            note: Set(text(&report.note)),
            entered_at: Set(micros(report.entered.at)),
            entered_by: Set(report.entered.by.map(UserId::uuid)),
        }
    }
}
