//! Our own checks of these datasets: no validator knows them without a network.

use super::{DatasetColumn, columns_of};
use crate::finance::focus::cell::starts_like_a_formula;
use crate::finance::focus::check::{Finding, Rule, has_form, is_in_minor_units, is_spelled_as_a_unit};
use crate::finance::focus::column::ColumnType;
use crate::finance::focus::sheet::Sheet;
use crate::finance::money::{Currency, Money};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use vocab::finance::FocusDataset;

/// Start and end of the same thing.
const PERIODS: [(&str, &str); 3] = [
    ("BillingPeriodStart", "BillingPeriodEnd"),
    ("ContractCommitmentPeriodStart", "ContractCommitmentPeriodEnd"),
    ("ContractPeriodStart", "ContractPeriodEnd"),
];

/// Everything that is wrong with a dataset; `payable` is what each bill in it comes to, by invoice.
pub fn check_dataset(dataset: FocusDataset, sheet: &Sheet, payable: &BTreeMap<String, Money>) -> Vec<Finding> {
    let columns = columns_of(dataset);
    let is_header = columns.len() == sheet.header.len() && columns.iter().zip(&sheet.header).all(|(column, name)| column.name == name);
    if !is_header || sheet.rows.iter().any(|row| row.len() != columns.len()) {
        return vec![whole(Rule::Header, "not the columns of the dataset, in their order".to_owned())];
    }
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (row, number) in sheet.rows.iter().zip(1..) {
        let row = Row { columns, cells: row, number };
        row.check(&mut found);
        if !seen.insert(row.identity(dataset)) {
            found.push(row.finding(Rule::Duplicate, "a row of the same thing"));
        }
    }
    if dataset == FocusDataset::InvoiceDetail {
        invoices(columns, sheet, payable, &mut found);
    }
    found.sort();
    found
}

const fn whole(rule: Rule, what: String) -> Finding {
    Finding { record: 0, rule, what }
}

/// A row by the names of its columns.
struct Row<'a> {
    columns: &'a [DatasetColumn],
    cells: &'a [String],
    number: usize,
}

impl<'a> Row<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        let at = self.columns.iter().position(|column| column.name == name)?;
        self.cells.get(at).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn finding(&self, rule: Rule, what: impl Into<String>) -> Finding {
        Finding { record: self.number, rule, what: what.into() }
    }

    /// What no other row has.
    fn identity(&self, dataset: FocusDataset) -> Vec<Option<&'a str>> {
        let names: &[&str] = match dataset {
            FocusDataset::CostAndUsage => &[],
            FocusDataset::ContractCommitment => &["ContractCommitmentId"],
            FocusDataset::BillingPeriod => &["InvoiceIssuerName", "BillingPeriodStart", "BillingPeriodEnd"],
            FocusDataset::InvoiceDetail => &["InvoiceDetailId"],
        };
        names.iter().map(|name| self.get(name)).collect()
    }

    fn check(&self, found: &mut Vec<Finding>) {
        for (column, text) in self.columns.iter().zip(self.cells) {
            if text.is_empty() {
                if column.is_needed {
                    found.push(self.finding(Rule::Missing, column.name));
                }
                continue;
            }
            self.cell(column, text, found);
        }
        for (start, end) in PERIODS {
            // All are UTC and of one length, so that text compares as time.
            if self.get(start).zip(self.get(end)).is_some_and(|(start, end)| start >= end) {
                found.push(self.finding(Rule::Period, format!("{start} is not before {end}")));
            }
        }
        let is_counted = self.get("ContractCommitmentQuantity").is_some();
        if is_counted != self.get("ContractCommitmentUnit").is_some() {
            found.push(self.finding(Rule::Unit, "a quantity has a unit, and only a quantity"));
        }
        let billed = self.get("BilledCost").and_then(|text| text.parse().ok());
        if billed.is_some_and(|billed| !is_in_minor_units(billed, self.get("BillingCurrency"))) {
            found.push(self.finding(Rule::Scale, "BilledCost has fractions of the minor unit"));
        }
    }

    fn cell(&self, column: &DatasetColumn, text: &str, found: &mut Vec<Finding>) {
        let mut wrong = |rule| found.push(self.finding(rule, format!("{}: {text}", column.name)));
        if !has_form(column.kind, text) {
            wrong(Rule::Format);
        }
        if !is_allowed(column.name, text) {
            wrong(Rule::Value);
        }
        if column.name == "ContractCommitmentUnit" && !is_spelled_as_a_unit(text) {
            wrong(Rule::Unit);
        }
        if column.kind == ColumnType::Text && starts_like_a_formula(text) {
            wrong(Rule::Formula);
        }
    }
}

fn is_allowed(column: &str, text: &str) -> bool {
    let allowed: &[&str] = match column {
        "BillingCurrency" => return Currency::parse(text).is_ok_and(|currency| currency.code() == text),
        "BillingPeriodStatus" => &["Open", "Closed"],
        "ChargeCategory" => &["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
        "ContractCommitmentBenefitCategory" => &["Entitlement", "Other"],
        "ContractCommitmentCategory" => &["Spend", "Usage"],
        "ContractCommitmentFulfillmentInterval" | "ContractCommitmentPaymentInterval" => &["Monthly", "Quarterly", "Annual", "Custom"],
        "ContractCommitmentLifecycleStatus" => &["Proposed", "Pending", "Active", "Exhausted", "Expired", "Canceled", "Superseded"],
        "ContractCommitmentModel" => &["Discontinuous"],
        "ContractCommitmentOfferCategory" => &["Public", "Negotiated"],
        "ContractCommitmentPaymentModel" => &["All Upfront", "No Upfront"],
        "InvoiceIssueStatus" => &["Open", "Issued", "Voided"],
        _ => return true,
    };
    allowed.contains(&text)
}

/// The lines of an invoice come to its bill.
fn invoices(columns: &[DatasetColumn], sheet: &Sheet, payable: &BTreeMap<String, Money>, found: &mut Vec<Finding>) {
    let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
    for cells in &sheet.rows {
        let row = Row { columns, cells, number: 0 };
        let amount: Decimal = row.get("BilledCost").and_then(|text| text.parse().ok()).unwrap_or_default();
        if row.get("InvoiceIssueStatus") != Some("Voided") {
            *sums.entry(row.get("InvoiceId").unwrap_or_default()).or_default() += amount;
        }
    }
    for (invoice, amount) in payable {
        let sum = sums.get(invoice.as_str()).copied();
        if sum != Some(amount.amount()) {
            let rows = sum.map_or_else(|| "no rows".to_owned(), |sum| format!("rows of {sum}"));
            found.push(whole(Rule::Sum, format!("{invoice}: a bill of {amount}, {rows}")));
        }
    }
}
