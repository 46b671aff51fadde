//! Bills.

use super::bill_line_item;
use crate::convert::{Row, micros, shown, text, text_some};
use crate::errors::Fault;
use domain::finance::bill::{Bill, BillState, SourceKey};
use domain::finance::contract::Stamp;
use domain::finance::{Currency, Money, MoneyError};
use rust_decimal::Decimal;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use time::OffsetDateTime;
use vocab::finance::BillStatus;
use vocab::{BillId, SupplierId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bill")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub supplier_id: Uuid,
    pub contract_id: Option<Uuid>,
    pub status: String,
    pub returned: Option<String>,
    pub changed_at: Option<i64>,
    pub changed_by: Option<Uuid>,
    pub reason: Option<String>,
    pub paid_on: Option<String>,
    pub invoice_ref: Option<String>,
    pub source_key: Option<String>,
    pub issue_date: String,
    pub due_date: String,
    pub currency: String,
    pub subtotal: String,
    pub tax_amount: String,
    pub total_amount: String,
    pub amount_paid: String,
    pub amount_due: String,
    pub is_estimate: bool,
    pub notes: Option<String>,
    pub created_by: Option<Uuid>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The bill of a row and its lines.
pub(crate) fn bill(model: &Model, lines: Vec<bill_line_item::Model>) -> StoreResult<Bill> {
    let row = Row::new("bill", &model.id);
    let currency: Currency = row.word("currency", &model.currency)?;
    Ok(Bill {
        id: BillId::new(model.id),
        number: model.number.clone(),
        supplier_id: SupplierId::new(model.supplier_id),
        state: state(row, model, currency)?,
        invoice_ref: model.invoice_ref.clone(),
        source: model.source_key.as_deref().map(|text| source(text).ok_or_else(|| row.bad("source_key"))).transpose()?,
        issue_date: row.date("issue_date", &model.issue_date)?,
        due_date: row.date("due_date", &model.due_date)?,
        currency,
        lines: lines.into_iter().map(|line| bill_line_item::line(line, currency)).collect::<StoreResult<_>>()?,
        is_estimate: model.is_estimate,
        notes: model.notes.clone(),
        created_by: model.created_by.map(UserId::new),
        version: model.version,
    })
}

fn state(row: Row<'_>, model: &Model, currency: Currency) -> StoreResult<BillState> {
    let stamp = || -> StoreResult<Stamp> {
        let at = row.at_some("changed_at", model.changed_at)?.ok_or_else(|| row.bad("changed_at"))?;
        Ok(Stamp { at, by: model.changed_by.map(UserId::new) })
    };
    let paid = || -> StoreResult<Money> {
        let amount: Decimal = row.word("amount_paid", &model.amount_paid)?;
        Money::new(amount, currency).map_err(|_| row.bad("amount_paid"))
    };
    Ok(match row.word::<BillStatus>("status", &model.status)? {
        BillStatus::Draft => BillState::Draft { returned: model.returned.clone() },
        BillStatus::AwaitingApproval => BillState::AwaitingApproval { submitted: stamp()? },
        BillStatus::Approved => BillState::Approved { approved: stamp()? },
        BillStatus::PartiallyPaid => BillState::PartiallyPaid { approved: stamp()?, paid: paid()? },
        BillStatus::Paid => {
            let on = row.date_some("paid_on", model.paid_on.as_deref())?.ok_or_else(|| row.bad("paid_on"))?;
            BillState::Paid { approved: stamp()?, paid: paid()?, on }
        }
        BillStatus::Void => BillState::Void { voided: stamp()?, reason: model.reason.clone().ok_or_else(|| row.bad("reason"))? },
    })
}

/// `contract:period:kind:revision`.
fn source(text: &str) -> Option<SourceKey> {
    let mut parts = text.split(':');
    let key = SourceKey {
        contract_id: parts.next()?.parse().ok()?,
        period_start: Row::new("bill", &text).date("source_key", parts.next()?).ok()?,
        kind: parts.next()?.parse().ok()?,
        revision: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(key)
}

/// The row of a bill written at `at`. When it was made is set only for a new one.
pub(crate) fn active(bill: &Bill, at: OffsetDateTime) -> StoreResult<ActiveModel> {
    let failed = |error: MoneyError| StoreError::Failed(Box::new(Fault::words(format!("{}: {error}", bill.number))));
    let shown_amount = |amount: Result<Money, MoneyError>| amount.map(|amount| amount.to_minor().amount().to_string()).map_err(failed);
    let amounts = [bill.subtotal(), bill.tax(), bill.total(), Ok(bill.amount_paid()), bill.amount_due()].map(shown_amount);
    let [subtotal, tax, total, paid, due] = amounts;
    let mut row = ActiveModel {
        id: Set(bill.id.uuid()),
        number: Set(bill.number.clone()),
        supplier_id: Set(bill.supplier_id.uuid()),
        contract_id: Set(bill.source.map(|source| source.contract_id.uuid())),
        status: Set(bill.status().to_string()),
        invoice_ref: Set(text_some(bill.invoice_ref.as_ref())),
        source_key: Set(shown(bill.source.as_ref())),
        issue_date: Set(bill.issue_date.to_string()),
        due_date: Set(bill.due_date.to_string()),
        currency: Set(bill.currency.to_string()),
        subtotal: Set(subtotal?),
        tax_amount: Set(tax?),
        total_amount: Set(total?),
        amount_paid: Set(paid?),
        amount_due: Set(due?),
        is_estimate: Set(bill.is_estimate),
        notes: Set(text_some(bill.notes.as_ref())),
        created_by: Set(bill.created_by.map(UserId::uuid)),
        updated_at: Set(micros(at)),
        version: Set(bill.version),
        ..<ActiveModel as Default>::default()
    };
    set_state(&mut row, &bill.state);
    Ok(row)
}

fn set_state(row: &mut ActiveModel, state: &BillState) {
    let changed = match state {
        BillState::Draft { .. } => None,
        BillState::AwaitingApproval { submitted: stamp }
        | BillState::Approved { approved: stamp }
        | BillState::PartiallyPaid { approved: stamp, .. }
        | BillState::Paid { approved: stamp, .. }
        | BillState::Void { voided: stamp, .. } => Some(*stamp),
    };
    row.changed_at = Set(changed.map(|stamp| micros(stamp.at)));
    row.changed_by = Set(changed.and_then(|stamp| stamp.by).map(UserId::uuid));
    let (returned, reason, paid_on) = match state {
        BillState::Draft { returned } => (text_some(returned.as_ref()), None, None),
        BillState::Void { reason, .. } => (None, Some(text(reason)), None),
        BillState::Paid { on, .. } => (None, None, Some(on.to_string())),
        BillState::AwaitingApproval { .. } | BillState::Approved { .. } | BillState::PartiallyPaid { .. } => (None, None, None),
    };
    (row.returned, row.reason, row.paid_on) = (Set(returned), Set(reason), Set(paid_on));
}
