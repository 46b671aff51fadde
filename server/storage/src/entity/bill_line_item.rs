//! Lines of bills.

use crate::convert::{Row, text, text_some};
use domain::finance::bill::{Bill, BillLine, LineContent};
use domain::finance::period::Period;
use domain::finance::{Currency, Money};
use rust_decimal::Decimal;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreResult;
use vocab::{AllowanceId, BillLineId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bill_line_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bill_id: Uuid,
    pub sort_order: i32,
    pub kind: String,
    pub description: String,
    pub quantity: String,
    pub unit_price: String,
    pub tax_rate: String,
    pub net: String,
    pub tax_amount: String,
    pub account_code: Option<String>,
    pub service_period_start: Option<String>,
    pub service_period_end: Option<String>,
    pub allowance_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub(crate) fn line(model: Model, currency: Currency) -> StoreResult<BillLine> {
    let row = Row::new("bill_line_item", &model.id);
    let amount = |column, text: &str| -> StoreResult<Money> {
        let amount: Decimal = row.word(column, text)?;
        Money::new(amount, currency).map_err(|_| row.bad(column))
    };
    let starts = row.date_some("service_period_start", model.service_period_start.as_deref())?;
    let ends = row.date_some("service_period_end", model.service_period_end.as_deref())?;
    let service = starts.zip(ends).map(|(starts, ends)| Period::new(starts, ends).map_err(|_| row.bad("service_period_end")));
    Ok(BillLine {
        id: BillLineId::new(model.id),
        content: LineContent {
            kind: row.word("kind", &model.kind)?,
            quantity: row.word("quantity", &model.quantity)?,
            unit_price: row.word("unit_price", &model.unit_price)?,
            tax_rate: row.word("tax_rate", &model.tax_rate)?,
            net: amount("net", &model.net)?,
            tax: amount("tax_amount", &model.tax_amount)?,
            service: service.transpose()?,
            allowance_id: model.allowance_id.map(AllowanceId::new),
            account_code: model.account_code,
            description: model.description,
        },
    })
}

/// The rows of a bill's lines, in order.
pub(crate) fn active(bill: &Bill) -> impl Iterator<Item = ActiveModel> {
    let row = |(place, line): (i32, &BillLine)| {
        let content = &line.content;
        ActiveModel {
            id: Set(line.id.uuid()),
            bill_id: Set(bill.id.uuid()),
            sort_order: Set(place),
            kind: Set(content.kind.to_string()),
            description: Set(text(&content.description)),
            quantity: Set(content.quantity.to_string()),
            unit_price: Set(content.unit_price.to_string()),
            tax_rate: Set(content.tax_rate.to_string()),
            net: Set(content.net.amount().to_string()),
            tax_amount: Set(content.tax.amount().to_string()),
            account_code: Set(text_some(content.account_code.as_ref())),
            service_period_start: Set(content.service.map(|service| service.start().to_string())),
            service_period_end: Set(content.service.map(|service| service.end().to_string())),
            allowance_id: Set(content.allowance_id.map(AllowanceId::uuid)),
        }
    };
    let rows: Vec<ActiveModel> = (0_i32..).zip(&bill.lines).map(row).collect();
    rows.into_iter()
}
