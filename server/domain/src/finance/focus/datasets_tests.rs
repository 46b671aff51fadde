//! The datasets of FOCUS 1.4 beside the rows.

use super::charge::AccountType;
use super::datasets::*;
use super::sample::account;
use super::*;
use crate::finance::bill::{Bill, BillLine, BillState, LineContent};
use crate::finance::fixtures::{dec, money};
use crate::finance::period::Period;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::macros::{date, datetime};
use uuid::Uuid;
use vocab::finance::{BillLineKind, BillingCadence, BillingTiming, ContractStatus, FocusDataset};
use vocab::{BillId, BillLineId, SupplierId};

const FROM: OffsetDateTime = datetime!(2026-04-01 00:00 UTC);
const UNTIL: OffsetDateTime = datetime!(2026-05-01 00:00 UTC);

fn cell<'a>(sheet: &'a Sheet, row: usize, column: &str) -> &'a str {
    let at = sheet.header.iter().position(|name| name == column).unwrap();
    &sheet.rows[row][at]
}

fn term(account: &Account, lifecycle: Lifecycle) -> CommitmentTerm<'_> {
    CommitmentTerm {
        account,
        id: "allowance-1".into(),
        description: "Team".into(),
        committed: Committed::Quantity { quantity: dec("1000000"), unit: "tokens".into(), cost: money("500.00 USD"), is_spend: false },
        reset_months: 1,
        timing: BillingTiming::Advance,
        cadence: BillingCadence::Quarterly,
        is_negotiated: false,
        is_limited: false,
        contract: (FROM, UNTIL),
        period: (FROM, UNTIL),
        lifecycle,
        stamps: (FROM, FROM),
    }
}

#[test]
fn an_allowance_is_an_entitlement() {
    let account = account("acme", "subscription", AccountType::Subscription);
    let sheet = contract_commitments(&[term(&account, Lifecycle::Active)]);
    for (column, value) in [
        ("ContractCommitmentBenefitCategory", "Entitlement"),
        ("ContractCommitmentCategory", "Usage"),
        ("ContractCommitmentModel", "Discontinuous"),
        ("ContractCommitmentFulfillmentInterval", "Monthly"),
        ("ContractCommitmentPaymentInterval", "Quarterly"),
        ("ContractCommitmentPaymentModel", "All Upfront"),
        ("ContractCommitmentOfferCategory", "Public"),
        ("ContractCommitmentDurationType", "1 Month"),
        ("ContractCommitmentQuantity", "1000000.0"),
        ("ContractCommitmentUnit", "Tokens"),
        ("ContractCommitmentCost", "500.0"),
        ("ContractCommitmentApplicability", "{\"IsGlobalScope\":true}"),
        ("ContractPeriodStart", "2026-04-01T00:00:00Z"),
    ] {
        assert_eq!(cell(&sheet, 0, column), value, "{column}");
    }
    assert!(sheet.header.is_sorted() && sheet.rows[0].len() == sheet.header.len());
}

#[test]
fn a_minimum_is_a_spend_without_a_quantity() {
    let account = account("acme", "api", AccountType::Organization);
    let minimum =
        CommitmentTerm { committed: Committed::Minimum(money("1000 USD")), is_limited: true, ..term(&account, Lifecycle::Active) };
    let sheet = contract_commitments(&[minimum]);
    assert_eq!((cell(&sheet, 0, "ContractCommitmentCategory"), cell(&sheet, 0, "ContractCommitmentQuantity")), ("Spend", ""));
    assert_eq!(cell(&sheet, 0, "ContractCommitmentBenefitCategory"), "Other");
    assert_eq!(cell(&sheet, 0, "ContractCommitmentPaymentModel"), "No Upfront");
    assert_eq!(cell(&sheet, 0, "ContractCommitmentApplicability"), "{\"IsComplexScope\":true}");
}

#[test]
fn every_status_has_its_place_in_the_life_cycle() {
    let account = account("acme", "api", AccountType::Organization);
    let status = |status, is_pending, is_exhausted| {
        let term = term(&account, Lifecycle::of(status, is_pending, is_exhausted));
        cell(&contract_commitments(&[term]), 0, "ContractCommitmentLifecycleStatus").to_owned()
    };
    for (given, expected) in [
        (ContractStatus::Draft, "Proposed"),
        (ContractStatus::Active, "Active"),
        (ContractStatus::Suspended, "Active"),
        (ContractStatus::Expired, "Expired"),
        (ContractStatus::Terminated, "Canceled"),
        (ContractStatus::Superseded, "Superseded"),
    ] {
        assert_eq!(status(given, false, false), expected);
    }
    assert_eq!(status(ContractStatus::Active, true, false), "Pending");
    assert_eq!(status(ContractStatus::Active, false, true), "Exhausted");
}

#[test]
fn billing_periods_are_open_or_closed() {
    let period = IssuerPeriod { issuer: "Acme".into(), starts: FROM, ends: UNTIL, is_closed: true, stamps: (FROM, UNTIL) };
    let sheet = billing_periods(&[IssuerPeriod { is_closed: false, starts: UNTIL, ..period.clone() }, period]);
    let at = |row| (cell(&sheet, row, "BillingPeriodStart").to_owned(), cell(&sheet, row, "BillingPeriodStatus").to_owned());
    assert_eq!(at(0), ("2026-04-01T00:00:00Z".to_owned(), "Closed".to_owned()));
    assert_eq!(at(1).1, "Open");
}

fn bill() -> Bill {
    let service = Period::new(date!(2026 - 04 - 01), date!(2026 - 05 - 01)).unwrap();
    let content = LineContent::fixed(BillLineKind::Commitment, "Team".into(), money("500.00 USD"), service).taxed(dec("19")).unwrap();
    Bill {
        id: BillId::new(Uuid::nil()),
        number: Bill::number(2026, 1),
        supplier_id: SupplierId::new(Uuid::nil()),
        state: BillState::Draft { returned: None },
        invoice_ref: None,
        source: None,
        issue_date: date!(2026 - 05 - 01),
        due_date: date!(2026 - 05 - 31),
        currency: "USD".parse().unwrap(),
        lines: vec![BillLine { id: BillLineId::new(Uuid::nil()), content }],
        is_estimate: false,
        notes: None,
        created_by: None,
        version: 0,
    }
}

#[test]
fn each_line_and_its_tax_is_an_invoice_detail() {
    let account = account("acme", "api", AccountType::Organization);
    let bill = bill();
    let invoiced = Invoiced {
        account: &account,
        bill: &bill,
        invoice_id: "INV-1".into(),
        period: (FROM, UNTIL),
        dates: (UNTIL, UNTIL),
        payment_terms: "Net 30",
        stamps: (FROM, FROM),
    };
    let sheet = invoice_details(std::slice::from_ref(&invoiced));
    assert_eq!(sheet.rows.len(), 2);
    assert_eq!((cell(&sheet, 0, "BilledCost"), cell(&sheet, 0, "ChargeCategory")), ("500.0", "Purchase"));
    assert_eq!((cell(&sheet, 1, "BilledCost"), cell(&sheet, 1, "ChargeCategory")), ("95.0", "Tax"));
    assert_ne!(cell(&sheet, 0, "InvoiceDetailId"), cell(&sheet, 1, "InvoiceDetailId"));
    assert_eq!((cell(&sheet, 0, "InvoiceIssueStatus"), cell(&sheet, 0, "InvoiceIssueDate")), ("Open", ""));
    assert_eq!(cell(&sheet, 0, "ReferenceInvoiceId"), "INV-1");
    let void = Bill {
        state: BillState::Void { voided: crate::finance::contract::Stamp { at: UNTIL, by: None }, reason: "x".into() },
        ..bill.clone()
    };
    assert_eq!(cell(&invoice_details(&[Invoiced { bill: &void, ..invoiced }]), 0, "InvoiceIssueStatus"), "Voided");
    assert!(sheet.rows.iter().all(|row| row.len() == sheet.header.len()));
}

/// What is found after one cell of the first row says something else.
fn after(dataset: FocusDataset, mut sheet: Sheet, column: &str, value: &str) -> Vec<String> {
    let at = sheet.header.iter().position(|name| name == column).unwrap();
    assert_ne!(sheet.rows[0][at], value, "no damage done");
    value.clone_into(&mut sheet.rows[0][at]);
    let payable = BTreeMap::from([("INV-1".to_owned(), money("595.00 USD"))]);
    let payable = if dataset == FocusDataset::InvoiceDetail { payable } else { BTreeMap::new() };
    let mut codes: Vec<String> = check_dataset(dataset, &sheet, &payable).iter().map(|found| found.rule.code().to_owned()).collect();
    codes.dedup();
    codes
}

#[test]
fn damage_to_a_commitment_is_found() {
    let account = account("acme", "subscription", AccountType::Subscription);
    let good = contract_commitments(&[term(&account, Lifecycle::Active)]);
    let dataset = FocusDataset::ContractCommitment;
    assert_eq!(check_dataset(dataset, &good, &BTreeMap::new()), []);
    for (column, value, code) in [
        ("ContractCommitmentId", "", "missing"),
        ("ContractCommitmentCost", "500", "format"),
        ("ContractCommitmentCreated", "2026-04-01", "format"),
        ("ContractCommitmentApplicability", "everything", "format"),
        ("ContractCommitmentLifecycleStatus", "Running", "value"),
        ("ContractCommitmentCategory", "Money", "value"),
        ("BillingCurrency", "usd", "value"),
        ("ContractCommitmentUnit", "tokens", "unit"),
        ("ContractCommitmentUnit", "", "unit"),
        ("ContractCommitmentPeriodEnd", "2026-03-01T00:00:00Z", "period"),
        ("ContractPeriodStart", "2026-06-01T00:00:00Z", "period"),
        ("ContractCommitmentDescription", "=1+1", "formula"),
    ] {
        assert_eq!(after(dataset, good.clone(), column, value), [code], "{column}");
    }
    let twice = good.clone().with(good);
    assert_eq!(check_dataset(dataset, &twice, &BTreeMap::new()).first().map(|found| found.rule.code()), Some("duplicate"));
}

#[test]
fn damage_to_an_invoice_or_a_period_is_found() {
    let (account, bill) = (account("acme", "api", AccountType::Organization), bill());
    let invoiced = Invoiced {
        account: &account,
        bill: &bill,
        invoice_id: "INV-1".into(),
        period: (FROM, UNTIL),
        dates: (UNTIL, UNTIL),
        payment_terms: "Net 30",
        stamps: (FROM, FROM),
    };
    let (good, dataset) = (invoice_details(&[invoiced]), FocusDataset::InvoiceDetail);
    for (column, value, code) in [
        ("BilledCost", "500.01", "sum"),
        ("InvoiceId", "INV-2", "sum"),
        ("InvoiceIssueStatus", "Sent", "value"),
        ("ChargeCategory", "Fee", "value"),
        ("PaymentDueDate", "", "missing"),
    ] {
        assert_eq!(after(dataset, good.clone(), column, value), [code], "{column}");
    }
    assert_eq!(after(dataset, good, "BilledCost", "500.001"), ["sum", "scale"]);
    let period = IssuerPeriod { issuer: "Acme".into(), starts: FROM, ends: UNTIL, is_closed: true, stamps: (FROM, UNTIL) };
    let (good, dataset) = (billing_periods(&[period]), FocusDataset::BillingPeriod);
    assert_eq!(check_dataset(dataset, &good, &BTreeMap::new()), []);
    assert_eq!(after(dataset, good.clone(), "BillingPeriodStatus", "Done"), ["value"]);
    assert_eq!(after(dataset, good.clone(), "BillingPeriodEnd", "2026-04-01T00:00:00Z"), ["period"]);
    let mut other = good;
    other.header.swap(0, 1);
    assert_eq!(check_dataset(dataset, &other, &BTreeMap::new())[0].rule.code(), "header");
}

#[test]
fn metadata_knows_the_columns_of_each_dataset() {
    let sheet = billing_periods(&[]);
    let data = metadata(Profile::V1_4, FocusDataset::BillingPeriod, &sheet, "1", FROM);
    assert_eq!(
        (data["DatasetType"].as_str(), data["ColumnDefinition"][0]["DataType"].as_str()),
        (Some("billing_period"), Some("DATETIME"))
    );
    assert_eq!(data["ColumnDefinition"][4]["DataType"], "STRING");
}
