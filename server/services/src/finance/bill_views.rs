//! Bills as screens are given them, and invoices as people enter them.

use super::Finance;
use crate::error::ServiceResult;
use domain::audit::AuditRecord;
use domain::finance::Money;
use domain::finance::bill::{Bill, BillLine, LineContent};
use domain::finance::period::Period;
use rust_decimal::Decimal;
use vocab::finance::{BillLineKind, BillStatus};
use vocab::{BillLineId, ContractId, SupplierId};

/// Longest text of a line.
const LONGEST: usize = 500;

/// Which bills.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BillQuery {
    /// In this state.
    pub status: Option<BillStatus>,
    /// Of this supplier.
    pub supplier: Option<SupplierId>,
    /// From this contract.
    pub contract: Option<ContractId>,
}

/// A bill in a list.
#[derive(Debug, Clone)]
pub struct BillRow {
    /// The bill.
    pub bill: Bill,
    /// Whose.
    pub supplier: String,
    /// From which contract: id and number.
    pub contract: Option<(ContractId, String)>,
    /// What it comes to.
    pub total: Money,
    /// What is still to be paid.
    pub due: Money,
    /// Is that late?
    pub is_overdue: bool,
}

/// Everything about a bill.
#[derive(Debug, Clone)]
pub struct BillPage {
    /// The bill.
    pub row: BillRow,
    /// Before tax.
    pub subtotal: Money,
    /// Tax.
    pub tax: Money,
    /// What has been paid.
    pub paid: Money,
    /// What was done to it, newest first.
    pub history: Vec<AuditRecord>,
}

/// The vendor's invoice, as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillEdit {
    /// Its number.
    pub invoice_ref: String,
    /// Its lines, in order.
    pub lines: Vec<LineEdit>,
}

/// A line of an invoice, as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineEdit {
    /// The draft's line it stands for; `None` for one that the draft does not have.
    pub id: Option<BillLineId>,
    /// What it is for.
    pub kind: BillLineKind,
    /// That in words.
    pub description: String,
    /// Before tax, in the bill's currency.
    pub net: Decimal,
    /// Tax in percent.
    pub tax_rate: Decimal,
    /// The days it is for; `None`: those of the draft's line. Days before the bill's own period make it a correction.
    pub service: Option<Period>,
}

impl Finance {
    pub(super) fn entered(&self, bill: &Bill, edit: &BillEdit) -> ServiceResult<Vec<BillLine>> {
        let mut errors = crate::error::FieldErrors::default();
        let mut lines = Vec::new();
        for (at, line) in edit.lines.iter().enumerate() {
            match self.entered_line(bill, line) {
                Ok(line) => lines.push(line),
                Err((field, words)) => errors.add(&format!("lines.{at}.{field}"), words),
            }
        }
        if edit.lines.is_empty() {
            errors.add("lines", "an invoice has at least one line");
        }
        errors.check()?;
        Ok(lines)
    }

    fn entered_line(&self, bill: &Bill, edit: &LineEdit) -> Result<BillLine, (&'static str, String)> {
        let net = Money::exact(edit.net, bill.currency).map_err(|error| ("net", error.to_string()))?;
        if edit.tax_rate < Decimal::ZERO || edit.tax_rate > Decimal::ONE_HUNDRED {
            return Err(("tax_rate", "a rate is from 0 to 100 percent".to_owned()));
        }
        let description = edit.description.trim();
        if description.is_empty() || description.chars().count() > LONGEST {
            return Err(("description", format!("say what it is for, in at most {LONGEST} characters")));
        }
        let known = edit.id.and_then(|id| bill.lines.iter().find(|line| line.id == id)).map(|line| line.content.clone());
        let (quantity, unit_price) = match &known {
            Some(known) if known.net == net => (known.quantity, known.unit_price),
            _ => (Decimal::ONE, net.amount()),
        };
        let content = LineContent {
            kind: edit.kind,
            description: description.to_owned(),
            quantity,
            unit_price,
            tax_rate: Decimal::ZERO,
            net,
            tax: Money::zero(bill.currency),
            account_code: known.as_ref().and_then(|known| known.account_code.clone()),
            service: edit.service.or_else(|| known.as_ref().and_then(|known| known.service)),
            allowance_id: known.and_then(|known| known.allowance_id),
        };
        let content = content.taxed(edit.tax_rate).map_err(|error| ("tax_rate", error.to_string()))?;
        Ok(BillLine { id: edit.id.unwrap_or_else(|| BillLineId::new(self.environment.uuid())), content })
    }
}
