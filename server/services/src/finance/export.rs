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
use domain::finance::focus::{Expectations, Omitted, Profile, Sheet, check, metadata};
use domain::finance::period::Period;
use domain::people::Caller;
use std::collections::BTreeMap;
use time::Date;
use vocab::Permission;

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
    /// Makes a file of costs and use.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`, [`ServiceError::Invalid`] for other than whole months,
    /// [`ServiceError::Refused`] when the file does not keep the rules.
    pub async fn export(&self, caller: &Caller, query: &ExportQuery) -> ServiceResult<Export> {
        caller.require(Permission::ViewFinance)?;
        let asked = whole_months(query)?;
        let terms = self.terms_of(asked).await?;
        let (mut charges, mut omitted, mut payable) = (Vec::new(), Vec::new(), BTreeMap::<String, Money>::new());
        for term in &terms {
            let (rows, left_out) = term.rows().map_err(|error| uncountable(&error))?;
            charges.extend(rows);
            omitted.extend(left_out);
            for (invoice, amount) in term.payable() {
                let sum = payable.get(&invoice).map_or(Ok(amount), |sum| sum.plus(amount)).map_err(|error| uncountable(&error))?;
                payable.insert(invoice, sum);
            }
        }
        let sheet = Sheet::of(query.profile, &charges);
        let findings = check(&sheet, &Expectations { profile: query.profile, payable: &payable });
        if let Some(first) = findings.first() {
            return Err(ServiceError::Refused(format!(
                "The file breaks {} rules and is not given away; the first: {first}.",
                findings.len()
            )));
        }
        let sheet = if query.purchases_as_usage { sheet.with_purchases_as_usage() } else { sheet };
        let name = format!("purser-focus-{}-{}-{}", query.profile.version(), query.from, asked.last_day());
        let trail = TrailBuilder::new(&self.environment, caller).done(Action::FINANCE_EXPORT, Object::Finance, name.clone());
        self.audit.append(trail.build().audit).await?;
        let described = metadata(query.profile, &sheet, env!("CARGO_PKG_VERSION"), self.environment.now());
        Ok(Export { name, csv: sheet.csv(), metadata: format!("{described:#}\n"), rows: sheet.rows.len(), omitted })
    }

    async fn terms_of(&self, asked: Period) -> ServiceResult<Vec<Term>> {
        let (book, mut found) = (self.price_book().await?, Vec::new());
        let contracts = self.rows().contracts(&ContractsOf::All).await?;
        for contract in contracts.iter().filter(|contract| contract.standing.was_activated()) {
            let Some(course) = Course::load(self, contract.id).await? else { continue };
            let rows = self.figures.billing_periods(contract.id).await?;
            let bills = self.figures.bills(&BillsOf { contract: Some(contract.id), ..BillsOf::default() }).await?;
            for (whole, active) in terms(&course, asked, self.environment.now()) {
                found.push(self.term(&course, whole, active, (&rows, &bills), &book).await?);
            }
        }
        Ok(found)
    }
}

fn whole_months(query: &ExportQuery) -> ServiceResult<Period> {
    let mut errors = crate::error::FieldErrors::default();
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
