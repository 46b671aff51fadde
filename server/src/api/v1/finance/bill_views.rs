//! Bills, as sent.

use super::MoneyView;
use super::fields::Fields;
use crate::api::v1::words;
use domain::finance::Money;
use domain::finance::bill::{Bill, BillLine};
use serde::{Deserialize, Serialize};
use services::ServiceError;
use services::finance::{BillEdit, BillPage, BillRow, LineEdit};
use utoipa::ToSchema;
use vocab::finance::{BillLineKind, BillStatus};
use vocab::{BillId, BillLineId, ContractId, SupplierId};

/// Bills.
#[derive(Serialize, ToSchema)]
pub struct BillList {
    /// Newest first.
    pub(super) bills: Vec<BillListed>,
}

/// A bill in the list.
#[derive(Serialize, ToSchema)]
pub struct BillListed {
    bill: BillView,
    supplier: String,
    /// The contract it was drafted from.
    #[schema(value_type = Option<String>, format = "uuid")]
    contract_id: Option<ContractId>,
    /// `AIC-…`.
    contract_number: Option<String>,
    total: MoneyView,
    due: MoneyView,
    overdue: bool,
}

/// A bill.
#[derive(Serialize, ToSchema)]
pub struct BillView {
    #[schema(value_type = String, format = "uuid")]
    id: BillId,
    /// `BILL-2026-000042`.
    number: String,
    #[schema(value_type = String, format = "uuid")]
    supplier_id: SupplierId,
    #[schema(value_type = words::BillStatus)]
    status: BillStatus,
    /// The vendor's number, once it is known.
    invoice_ref: Option<String>,
    #[schema(format = Date)]
    issue_date: String,
    #[schema(format = Date)]
    due_date: String,
    /// ISO 4217.
    currency: String,
    lines: Vec<BillLineView>,
    /// Computed from prices rather than taken from a contract or an invoice.
    estimate: bool,
    /// What a reviewer should know.
    notes: Option<String>,
    version: i64,
}

/// A line of a bill.
#[derive(Serialize, ToSchema)]
pub struct BillLineView {
    #[schema(value_type = String, format = "uuid")]
    id: BillLineId,
    #[schema(value_type = words::BillLineKind)]
    kind: BillLineKind,
    description: String,
    /// Exact decimal text.
    quantity: String,
    unit_price: String,
    /// Percent.
    tax_rate: String,
    net: MoneyView,
    tax: MoneyView,
}

/// A bill with its sums and history.
#[derive(Serialize, ToSchema)]
pub struct BillDetail {
    #[serde(flatten)]
    listed: BillListed,
    subtotal: MoneyView,
    tax: MoneyView,
    paid: MoneyView,
    /// Newest first: what was done, by whom.
    history: Vec<BillEvent>,
}

/// A line of a bill's history.
#[derive(Serialize, ToSchema)]
pub struct BillEvent {
    #[schema(format = DateTime)]
    at: String,
    actor: String,
    action: String,
    detail: String,
}

/// The vendor's invoice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceBody {
    /// The version that was read.
    pub(super) version: i64,
    /// Its number.
    invoice_ref: String,
    lines: Vec<InvoiceLine>,
}

/// A line of an invoice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceLine {
    /// The draft's line it stands for.
    #[schema(value_type = Option<String>, format = "uuid")]
    id: Option<BillLineId>,
    #[schema(value_type = words::BillLineKind)]
    kind: BillLineKind,
    description: String,
    /// Before tax, as exact decimal text.
    net: String,
    /// Percent.
    tax_rate: String,
    /// The first day that it is for; the draft's when not given. Days before the bill's own period make it a correction.
    #[serde(default)]
    #[schema(format = Date)]
    service_start: Option<String>,
    /// The day after the last.
    #[serde(default)]
    #[schema(format = Date)]
    service_end: Option<String>,
}

impl InvoiceBody {
    pub(super) fn read(self) -> Result<BillEdit, ServiceError> {
        let mut fields = Fields::default();
        let mut lines = Vec::new();
        for (at, line) in self.lines.into_iter().enumerate() {
            let (net, tax) = (format!("lines.{at}.net"), format!("lines.{at}.tax_rate"));
            let amount = fields.decimal(&net, Some(&line.net));
            let rate = fields.decimal(&tax, Some(&line.tax_rate));
            let service = fields.period(&format!("lines.{at}.service"), line.service_start.as_deref(), line.service_end.as_deref());
            if let (Some(net), Some(tax_rate)) = (fields.needed(&net, amount), fields.needed(&tax, rate)) {
                lines.push(LineEdit { id: line.id, kind: line.kind, description: line.description, net, tax_rate, service });
            }
        }
        fields.done(Some(BillEdit { invoice_ref: self.invoice_ref, lines }))
    }
}

fn amount(money: Money) -> MoneyView {
    money.to_minor().into()
}

impl From<BillLine> for BillLineView {
    fn from(line: BillLine) -> Self {
        let content = line.content;
        Self {
            id: line.id,
            kind: content.kind,
            description: content.description,
            quantity: content.quantity.normalize().to_string(),
            unit_price: content.unit_price.normalize().to_string(),
            tax_rate: content.tax_rate.normalize().to_string(),
            net: amount(content.net),
            tax: amount(content.tax),
        }
    }
}

impl From<Bill> for BillView {
    fn from(bill: Bill) -> Self {
        Self {
            id: bill.id,
            status: bill.status(),
            number: bill.number,
            supplier_id: bill.supplier_id,
            invoice_ref: bill.invoice_ref,
            issue_date: bill.issue_date.to_string(),
            due_date: bill.due_date.to_string(),
            currency: bill.currency.code().to_owned(),
            lines: bill.lines.into_iter().map(BillLineView::from).collect(),
            estimate: bill.is_estimate,
            notes: bill.notes,
            version: bill.version,
        }
    }
}

impl From<BillRow> for BillListed {
    fn from(row: BillRow) -> Self {
        let (contract_id, contract_number) = row.contract.unzip();
        Self {
            bill: row.bill.into(),
            supplier: row.supplier,
            contract_id,
            contract_number,
            total: amount(row.total),
            due: amount(row.due),
            overdue: row.is_overdue,
        }
    }
}

impl From<BillPage> for BillDetail {
    fn from(page: BillPage) -> Self {
        let event = |line: domain::audit::AuditRecord| BillEvent {
            at: app::convert::moment(line.at).iso,
            actor: line.actor_name,
            action: line.action,
            detail: line.detail,
        };
        Self {
            listed: page.row.into(),
            subtotal: amount(page.subtotal),
            tax: amount(page.tax),
            paid: amount(page.paid),
            history: page.history.into_iter().map(event).collect(),
        }
    }
}
