//! Contract Commitment: what a contract commits us to, and the vendor to.

use super::{DatasetColumn, needed, optional, sheet};
use crate::finance::focus::cell::{self, decimal, instant, text};
use crate::finance::focus::charge::Account;
use crate::finance::focus::column::ColumnType::{Decimal as Number, Instant, Json, Text};
use crate::finance::focus::sheet::Sheet;
use crate::finance::money::Money;
use rust_decimal::Decimal;
use serde_json::json;
use time::OffsetDateTime;
use vocab::finance::{BillingCadence, BillingTiming, ContractStatus};

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
        /// Is it a sum of money that may be used up, rather than a count?
        is_spend: bool,
    },
    /// A least spend.
    Minimum(Money),
}

impl Committed {
    const fn category(&self) -> &'static str {
        match self {
            Self::Quantity { is_spend: false, .. } => "Usage",
            Self::Quantity { is_spend: true, .. } | Self::Minimum(_) => "Spend",
        }
    }
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

pub(super) const COMMITMENT_COLUMNS: [DatasetColumn; 27] = [
    needed("BillingCurrency", Text),
    needed("ContractCommitmentApplicability", Json),
    needed("ContractCommitmentBenefitCategory", Text),
    needed("ContractCommitmentCategory", Text),
    needed("ContractCommitmentCost", Number),
    needed("ContractCommitmentCreated", Instant),
    needed("ContractCommitmentDescription", Text),
    optional("ContractCommitmentDiscountPercentage", Number),
    needed("ContractCommitmentDurationType", Text),
    needed("ContractCommitmentFulfillmentInterval", Text),
    needed("ContractCommitmentId", Text),
    needed("ContractCommitmentLastUpdated", Instant),
    needed("ContractCommitmentLifecycleStatus", Text),
    needed("ContractCommitmentModel", Text),
    needed("ContractCommitmentOfferCategory", Text),
    needed("ContractCommitmentPaymentInterval", Text),
    needed("ContractCommitmentPaymentModel", Text),
    needed("ContractCommitmentPeriodEnd", Instant),
    needed("ContractCommitmentPeriodStart", Instant),
    optional("ContractCommitmentQuantity", Number),
    needed("ContractCommitmentType", Text),
    optional("ContractCommitmentUnit", Text),
    needed("ContractId", Text),
    needed("ContractPeriodEnd", Instant),
    needed("ContractPeriodStart", Instant),
    needed("InvoiceIssuerName", Text),
    needed("ServiceProviderName", Text),
];

/// The Contract Commitment dataset. Of its 30 columns those three are left out that only partial upfront payment and a
/// second currency ask for.
pub fn contract_commitments(terms: &[CommitmentTerm<'_>]) -> Sheet {
    let rows = terms.iter().map(commitment_row).collect();
    sheet(&COMMITMENT_COLUMNS, rows)
}

fn commitment_row(term: &CommitmentTerm<'_>) -> Vec<String> {
    let (benefit, kind, cost, quantity, unit) = match &term.committed {
        Committed::Quantity { quantity, unit, cost, .. } => {
            ("Entitlement", "Included allowance", *cost, decimal(*quantity), cell::unit(unit))
        }
        Committed::Minimum(amount) => ("Other", "Minimum spend", *amount, String::new(), String::new()),
    };
    // Which providers and models is more than the standard's scope can say in its own columns.
    let scope = if term.is_limited { json!({ "IsComplexScope": true }) } else { json!({ "IsGlobalScope": true }) };
    vec![
        term.account.currency.code().to_owned(),
        scope.to_string(),
        benefit.to_owned(),
        term.committed.category().to_owned(),
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
