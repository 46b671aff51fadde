//! FOCUS files: whole terms of contracts, held against our own checks before they are given away.
//!
//! A file has every term that shares a day with the asked time, whole: the billing periods of a fee and all resets of the
//! allowance it pays for. What is stored decides every row, so the same question gives the same bytes.

use super::Finance;
use super::course::Course;
use super::export_term::{Term, terms};
use super::measured::uncountable;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{BillsOf, ContractsOf};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::finance::Money;
use domain::finance::focus::{Expectations, Finding, Omitted, Profile, Sheet, check, metadata};
use domain::finance::period::Period;
use domain::people::Caller;
use std::collections::BTreeMap;
use time::Date;
use vocab::Permission;
use vocab::finance::FocusDataset;

/// Longest time of one file, in days: three years.
const LONGEST: u32 = 1_096;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportQuery {
    /// First day, the first of a month.
    pub from: Date,
    /// Day after the last, the first of a month.
    pub to: Date,
    /// Which version of the specification.
    pub profile: Profile,
    /// Which of its datasets.
    pub dataset: FocusDataset,
    /// For importers that know no purchases.
    pub purchases_as_usage: bool,
}

/// A file and its description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// A name without ending.
    pub name: String,
    /// The file.
    pub csv: String,
    /// Its description, as JSON.
    pub metadata: String,
    /// Records.
    pub rows: usize,
    /// Use that is left out, as no price is known for it.
    pub omitted: Vec<Omitted>,
}

impl Finance {
    /// Makes a file of a dataset: costs and use, or what FOCUS 1.4 has beside them.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`, [`ServiceError::Invalid`] for other than whole months, or a
    /// dataset that the version does not have, [`ServiceError::Refused`] when the file does not keep the rules.
    pub async fn export(&self, caller: &Caller, query: &ExportQuery) -> ServiceResult<Export> {
        caller.require(Permission::ViewFinance)?;
        let asked = checked(query)?;
        let made = match query.dataset {
            FocusDataset::CostAndUsage => self.cost_and_usage(query, asked).await?,
            FocusDataset::ContractCommitment => self.contract_commitments(asked).await?,
            FocusDataset::BillingPeriod => self.billing_periods(asked).await?,
            FocusDataset::InvoiceDetail => self.invoice_details(asked).await?,
        };
        if let Some(first) = made.findings.first() {
            return Err(ServiceError::Refused(format!(
                "The file breaks {} rules and is not given away; the first: {first}.",
                made.findings.len()
            )));
        }
        let sheet = if query.purchases_as_usage && query.dataset == FocusDataset::CostAndUsage {
            made.sheet.with_purchases_as_usage()
        } else {
            made.sheet
        };
        let name = name_of(query, asked);
        let trail = TrailBuilder::new(&self.environment, caller).done(Action::FINANCE_EXPORT, Object::Finance, name.clone());
        self.audit.append(trail.build().audit).await?;
        let described = metadata(query.profile, query.dataset, &sheet, env!("CARGO_PKG_VERSION"), self.environment.now());
        let metadata = format!("{described:#}\n");
        Ok(Export { name, csv: sheet.csv(), metadata, rows: sheet.rows.len(), omitted: made.omitted })
    }

    async fn cost_and_usage(&self, query: &ExportQuery, asked: Period) -> ServiceResult<Made> {
        let terms = self.terms_of(asked).await?;
        let (mut charges, mut omitted, mut payable) = (Vec::new(), Vec::new(), Payable::default());
        for term in &terms {
            let (rows, left_out) = term.rows().map_err(|error| uncountable(&error))?;
            charges.extend(rows);
            omitted.extend(left_out);
            for (invoice, amount) in term.payable() {
                payable.add(invoice, amount)?;
            }
        }
        let sheet = Sheet::of(query.profile, &charges);
        let findings = check(&sheet, &Expectations { profile: query.profile, payable: &payable.0 });
        Ok(Made { sheet, findings, omitted })
    }

    async fn terms_of(&self, asked: Period) -> ServiceResult<Vec<Term>> {
        let (book, mut found) = (self.price_book().await?, Vec::new());
        let contracts = self.rows().contracts(&ContractsOf::All).await?;
        for contract in contracts.iter().filter(|contract| contract.standing.was_activated()) {
            let Some(course) = Course::load(self, contract.id, self.environment.now()).await? else { continue };
            let rows = self.figures.billing_periods(contract.id).await?;
            let bills = self.figures.bills(&BillsOf { contract: Some(contract.id), ..BillsOf::default() }).await?;
            for (whole, active) in terms(&course, asked, self.environment.now()) {
                found.push(self.term(&course, whole, active, (&rows, &bills), &book).await?);
            }
        }
        Ok(found)
    }
}

/// A file before it is given away.
pub(super) struct Made {
    pub(super) sheet: Sheet,
    pub(super) findings: Vec<Finding>,
    pub(super) omitted: Vec<Omitted>,
}

/// What bills come to, by invoice. Two bills can be on one.
#[derive(Default)]
pub(super) struct Payable(pub(super) BTreeMap<String, Money>);

impl Payable {
    pub(super) fn add(&mut self, invoice: String, amount: Money) -> ServiceResult<()> {
        let sum = self.0.get(&invoice).map_or(Ok(amount), |sum| sum.plus(amount)).map_err(|error| uncountable(&error))?;
        self.0.insert(invoice, sum);
        Ok(())
    }
}

/// The file's name without its ending.
fn name_of(query: &ExportQuery, asked: Period) -> String {
    let dataset = match query.dataset {
        FocusDataset::CostAndUsage => String::new(),
        other => format!("-{}", other.as_str().replace('_', "-")),
    };
    format!("purser-focus-{}{dataset}-{}-{}", query.profile.version(), query.from, asked.last_day())
}

fn checked(query: &ExportQuery) -> ServiceResult<Period> {
    let mut errors = crate::error::FieldErrors::default();
    if query.dataset != FocusDataset::CostAndUsage && query.profile != Profile::V1_4 {
        errors.add("version", "this dataset is new in FOCUS 1.4");
    }
    for (field, day) in [("from", query.from), ("to", query.to)] {
        if day.day() != 1 {
            errors.add(field, "whole months only: choose the first of a month");
        }
    }
    errors.check()?;
    let asked = Period::new(query.from, query.to).map_err(|error| ServiceError::field("to", error.to_string()))?;
    if asked.days() > LONGEST {
        return Err(ServiceError::field("to", "at most three years in one file"));
    }
    Ok(asked)
}
