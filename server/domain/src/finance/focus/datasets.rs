//! The reference datasets of FOCUS 1.4 beside Cost and Usage: contract commitments, billing periods, invoice details.

use super::cell::{decimal, instant, text};
use super::charge::Account;
use super::sheet::Sheet;
use crate::finance::bill::{Bill, BillLine};
use crate::finance::money::Money;
use rust_decimal::Decimal;
use serde_json::json;
use time::OffsetDateTime;
use vocab::finance::{BillLineKind, BillStatus, BillingCadence, BillingTiming, ContractStatus};

/// An allowance or a minimum spend, as a commitment.
#[derive(Debug, Clone)]
pub struct CommitmentTerm<'a> {
    /// The account.
    pub account: &'a Account,
    /// The allowance's id, or one of the minimum.
    pub id: String,
    /// In words.
    pub description: String,
    /// What is committed.
    pub committed: Committed,
    /// Months after which it starts afresh.
    pub reset_months: u32,
    /// When it is paid.
    pub timing: BillingTiming,
    /// How often.
    pub cadence: BillingCadence,
    /// Was it negotiated, rather than bought off the list?
    pub is_negotiated: bool,
    /// Only some providers or models?
    pub is_limited: bool,
    /// Instants of the contract; without an end, of the period that runs.
    pub contract: (OffsetDateTime, OffsetDateTime),
    /// Instants of the commitment.
    pub period: (OffsetDateTime, OffsetDateTime),
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// When it was made and last changed.
    pub stamps: (OffsetDateTime, OffsetDateTime),
}

/// What is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// A quantity, for a fee.
    Quantity {
        /// Units a period.
        quantity: Decimal,
        /// Of what.
        unit: String,
        /// For how much.
        cost: Money,
    },
    /// A least spend.
    Minimum(Money),
}

/// Where a commitment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    /// Its contract is a draft.
    Proposed,
    /// Its start is still to come.
    Pending,
    /// It runs.
    Active,
    /// It runs, and nothing is left of it.
    Exhausted,
    /// Its end date passed.
    Expired,
    /// It was ended.
    Canceled,
    /// It was replaced.
    Superseded,
}

impl Lifecycle {
    /// What follows from the contract's status. A suspended contract is still owed.
    pub const fn of(status: ContractStatus, is_pending: bool, is_exhausted: bool) -> Self {
        match status {
            ContractStatus::Draft => Self::Proposed,
            ContractStatus::Active | ContractStatus::Suspended if is_pending => Self::Pending,
            ContractStatus::Active | ContractStatus::Suspended if is_exhausted => Self::Exhausted,
            ContractStatus::Active | ContractStatus::Suspended => Self::Active,
            ContractStatus::Expired => Self::Expired,
            ContractStatus::Terminated => Self::Canceled,
            ContractStatus::Superseded => Self::Superseded,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "Proposed",
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Exhausted => "Exhausted",
            Self::Expired => "Expired",
            Self::Canceled => "Canceled",
            Self::Superseded => "Superseded",
        }
    }
}

const COMMITMENT_COLUMNS: [&str; 27] = [
    "BillingCurrency",
    "ContractCommitmentApplicability",
    "ContractCommitmentBenefitCategory",
    "ContractCommitmentCategory",
    "ContractCommitmentCost",
    "ContractCommitmentCreated",
    "ContractCommitmentDescription",
    "ContractCommitmentDiscountPercentage",
    "ContractCommitmentDurationType",
    "ContractCommitmentFulfillmentInterval",
    "ContractCommitmentId",
    "ContractCommitmentLastUpdated",
    "ContractCommitmentLifecycleStatus",
    "ContractCommitmentModel",
    "ContractCommitmentOfferCategory",
    "ContractCommitmentPaymentInterval",
    "ContractCommitmentPaymentModel",
    "ContractCommitmentPeriodEnd",
    "ContractCommitmentPeriodStart",
    "ContractCommitmentQuantity",
    "ContractCommitmentType",
    "ContractCommitmentUnit",
    "ContractId",
    "ContractPeriodEnd",
    "ContractPeriodStart",
    "InvoiceIssuerName",
    "ServiceProviderName",
];

/// The Contract Commitment dataset. Of its 30 columns those three are left out that only partial upfront payment and a
/// second currency ask for.
pub fn contract_commitments(terms: &[CommitmentTerm<'_>]) -> Sheet {
    let rows = terms.iter().map(commitment_row).collect();
    sheet(&COMMITMENT_COLUMNS, rows)
}

fn commitment_row(term: &CommitmentTerm<'_>) -> Vec<String> {
    let (benefit, category, kind, cost, quantity, unit) = match &term.committed {
        Committed::Quantity { quantity, unit, cost } => {
            ("Entitlement", "Usage", "Included allowance", *cost, decimal(*quantity), super::cell::unit(unit))
        }
        Committed::Minimum(amount) => ("Other", "Spend", "Minimum spend", *amount, String::new(), String::new()),
    };
    // Which providers and models is more than the standard's scope can say in its own columns.
    let scope = if term.is_limited { json!({ "IsComplexScope": true }) } else { json!({ "IsGlobalScope": true }) };
    vec![
        term.account.currency.code().to_owned(),
        scope.to_string(),
        benefit.to_owned(),
        category.to_owned(),
        decimal(cost.amount()),
        instant(term.stamps.0),
        text(&term.description),
        String::new(),
        duration(term.reset_months),
        interval(term.reset_months).to_owned(),
        text(&term.id),
        instant(term.stamps.1),
        term.lifecycle.name().to_owned(),
        "Discontinuous".to_owned(),
        if term.is_negotiated { "Negotiated" } else { "Public" }.to_owned(),
        interval(term.cadence.months()).to_owned(),
        match (&term.committed, term.timing) {
            (Committed::Quantity { .. }, BillingTiming::Advance) => "All Upfront",
            _ => "No Upfront",
        }
        .to_owned(),
        instant(term.period.1),
        instant(term.period.0),
        quantity,
        kind.to_owned(),
        unit,
        text(&term.account.contract_ref),
        instant(term.contract.1),
        instant(term.contract.0),
        text(&term.account.invoice_issuer),
        text(&term.account.provider),
    ]
}

const fn interval(months: u32) -> &'static str {
    match months {
        1 => "Monthly",
        3 => "Quarterly",
        12 => "Annual",
        _ => "Custom",
    }
}

fn duration(months: u32) -> String {
    match months {
        1 => "1 Month".to_owned(),
        12 => "1 Year".to_owned(),
        months => format!("{months} Months"),
    }
}

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

/// The Billing Period dataset.
pub fn billing_periods(periods: &[IssuerPeriod]) -> Sheet {
    let columns = [
        "BillingPeriodCreated",
        "BillingPeriodEnd",
        "BillingPeriodLastUpdated",
        "BillingPeriodStart",
        "BillingPeriodStatus",
        "InvoiceIssuerName",
    ];
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
    sheet(&columns, periods.iter().map(row).collect())
}

/// A bill and what the dataset says about it beside its lines.
#[derive(Debug, Clone, Copy)]
pub struct Invoiced<'a> {
    /// The account.
    pub account: &'a Account,
    /// The bill.
    pub bill: &'a Bill,
    /// The invoice's number, as on the rows of Cost and Usage.
    pub invoice_id: &'a str,
    /// Instants of its billing period.
    pub period: (OffsetDateTime, OffsetDateTime),
    /// Instants of its issue and due dates.
    pub dates: (OffsetDateTime, OffsetDateTime),
    /// Payment terms.
    pub payment_terms: &'a str,
    /// When it was made and last changed.
    pub stamps: (OffsetDateTime, OffsetDateTime),
}

const INVOICE_COLUMNS: [&str; 19] = [
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "InvoiceDetailCreated",
    "InvoiceDetailDescription",
    "InvoiceDetailGrain",
    "InvoiceDetailId",
    "InvoiceDetailLastUpdated",
    "InvoiceId",
    "InvoiceIssueDate",
    "InvoiceIssueStatus",
    "InvoiceIssuerName",
    "PaymentDueDate",
    "PaymentTerms",
    "PurchaseOrderNumber",
    "ReferenceInvoiceId",
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
        text(invoice.invoice_id),
        if is_draft { String::new() } else { instant(invoice.dates.0) },
        issue_status(invoice.bill.status()).to_owned(),
        text(&account.invoice_issuer),
        instant(invoice.dates.1),
        text(invoice.payment_terms),
        String::new(),
        text(invoice.invoice_id),
    ]
}

const fn issue_status(status: BillStatus) -> &'static str {
    match status {
        BillStatus::Draft => "Open",
        BillStatus::Void => "Voided",
        BillStatus::AwaitingApproval | BillStatus::Approved | BillStatus::PartiallyPaid | BillStatus::Paid => "Issued",
    }
}

fn sheet(columns: &[&str], mut rows: Vec<Vec<String>>) -> Sheet {
    rows.sort();
    Sheet { header: columns.iter().map(|name| (*name).to_owned()).collect(), rows }
}
