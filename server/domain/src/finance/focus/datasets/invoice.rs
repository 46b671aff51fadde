//! Billing Period and Invoice Detail: when is billed, and what each line says.

use super::{DatasetColumn, needed, optional, sheet};
use crate::finance::bill::{Bill, BillLine};
use crate::finance::focus::cell::{decimal, instant, text};
use crate::finance::focus::charge::Account;
use crate::finance::focus::column::ColumnType::{Decimal as Number, Instant, Json, Text};
use crate::finance::focus::sheet::Sheet;
use crate::finance::money::Money;
use serde_json::json;
use time::OffsetDateTime;
use vocab::finance::{BillLineKind, BillStatus};

/// A billing period of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerPeriod {
    /// Who issues.
    pub issuer: String,
    /// Its instants.
    pub starts: OffsetDateTime,
    /// First instant after it.
    pub ends: OffsetDateTime,
    /// Will nothing more come?
    pub is_closed: bool,
    /// When it was first known and last changed.
    pub stamps: (OffsetDateTime, OffsetDateTime),
}

pub(super) const PERIOD_COLUMNS: [DatasetColumn; 6] = [
    needed("BillingPeriodCreated", Instant),
    needed("BillingPeriodEnd", Instant),
    needed("BillingPeriodLastUpdated", Instant),
    needed("BillingPeriodStart", Instant),
    needed("BillingPeriodStatus", Text),
    needed("InvoiceIssuerName", Text),
];

/// The Billing Period dataset.
pub fn billing_periods(periods: &[IssuerPeriod]) -> Sheet {
    let row = |period: &IssuerPeriod| {
        vec![
            instant(period.stamps.0),
            instant(period.ends),
            instant(period.stamps.1),
            instant(period.starts),
            if period.is_closed { "Closed" } else { "Open" }.to_owned(),
            text(&period.issuer),
        ]
    };
    sheet(&PERIOD_COLUMNS, periods.iter().map(row).collect())
}

/// A bill and what the dataset says about it beside its lines.
#[derive(Debug, Clone)]
pub struct Invoiced<'a> {
    /// The account.
    pub account: &'a Account,
    /// The bill.
    pub bill: &'a Bill,
    /// The invoice's number, as on the rows of Cost and Usage.
    pub invoice_id: String,
    /// Instants of its billing period.
    pub period: (OffsetDateTime, OffsetDateTime),
    /// Instants of its issue and due dates.
    pub dates: (OffsetDateTime, OffsetDateTime),
    /// Payment terms.
    pub payment_terms: &'a str,
    /// When it was made and last changed.
    pub stamps: (OffsetDateTime, OffsetDateTime),
}

pub(super) const INVOICE_COLUMNS: [DatasetColumn; 19] = [
    needed("BilledCost", Number),
    needed("BillingAccountId", Text),
    needed("BillingCurrency", Text),
    needed("BillingPeriodEnd", Instant),
    needed("BillingPeriodStart", Instant),
    needed("ChargeCategory", Text),
    needed("InvoiceDetailCreated", Instant),
    needed("InvoiceDetailDescription", Text),
    needed("InvoiceDetailGrain", Json),
    needed("InvoiceDetailId", Text),
    needed("InvoiceDetailLastUpdated", Instant),
    needed("InvoiceId", Text),
    optional("InvoiceIssueDate", Instant),
    needed("InvoiceIssueStatus", Text),
    needed("InvoiceIssuerName", Text),
    needed("PaymentDueDate", Instant),
    needed("PaymentTerms", Text),
    optional("PurchaseOrderNumber", Text),
    needed("ReferenceInvoiceId", Text),
];

/// The Invoice Detail dataset: one row a line, and one more for its tax.
pub fn invoice_details(invoices: &[Invoiced<'_>]) -> Sheet {
    let rows = invoices.iter().flat_map(|invoice| invoice.bill.lines.iter().flat_map(|line| line_rows(invoice, line))).collect();
    sheet(&INVOICE_COLUMNS, rows)
}

fn line_rows(invoice: &Invoiced<'_>, line: &BillLine) -> Vec<Vec<String>> {
    let content = &line.content;
    let category = match content.kind {
        BillLineKind::Commitment => "Purchase",
        BillLineKind::Usage | BillLineKind::Overage => "Usage",
        BillLineKind::TrueUp | BillLineKind::Adjustment => "Adjustment",
        BillLineKind::Credit => "Credit",
        BillLineKind::Tax => "Tax",
    };
    let mut rows = vec![line_row(invoice, line, category, &content.description, content.net, "")];
    if !content.tax.is_zero() {
        let words = format!("Tax {} % on: {}", content.tax_rate.normalize(), content.description);
        rows.push(line_row(invoice, line, "Tax", &words, content.tax, ":tax"));
    }
    rows
}

fn line_row(invoice: &Invoiced<'_>, line: &BillLine, category: &str, words: &str, amount: Money, suffix: &str) -> Vec<String> {
    let account = invoice.account;
    let is_draft = invoice.bill.status() == BillStatus::Draft;
    vec![
        decimal(amount.amount()),
        text(&account.billing_account_id),
        amount.currency().code().to_owned(),
        instant(invoice.period.1),
        instant(invoice.period.0),
        category.to_owned(),
        instant(invoice.stamps.0),
        text(words),
        json!({ "ServiceName": account.service_name, "x_LineKind": line.content.kind.as_str() }).to_string(),
        format!("{}{suffix}", line.id),
        instant(invoice.stamps.1),
        text(&invoice.invoice_id),
        if is_draft { String::new() } else { instant(invoice.dates.0) },
        issue_status(invoice.bill.status()).to_owned(),
        text(&account.invoice_issuer),
        instant(invoice.dates.1),
        text(invoice.payment_terms),
        String::new(),
        text(&invoice.invoice_id),
    ]
}

const fn issue_status(status: BillStatus) -> &'static str {
    match status {
        BillStatus::Draft => "Open",
        BillStatus::Void => "Voided",
        BillStatus::AwaitingApproval | BillStatus::Approved | BillStatus::PartiallyPaid | BillStatus::Paid => "Issued",
    }
}
