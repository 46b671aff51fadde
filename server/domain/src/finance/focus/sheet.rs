//! A dataset as text: a header and its records, in an order that depends on nothing but their content.

use super::charge::Charge;
use super::column::{Column, Profile};
use super::csv::{self, CsvError};

/// A dataset as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Records, each with a field a column; empty is null.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// The charges of a file, sorted.
    pub fn of(profile: Profile, charges: &[Charge<'_>]) -> Self {
        let columns = profile.columns(charges.iter().any(|charge| charge.account.sub_account.is_some()));
        let cells = |charge: &Charge<'_>| columns.iter().map(|column| charge.cell(*column).unwrap_or_default()).collect();
        let header = columns.iter().map(|column| column.name().to_owned()).collect();
        let mut sheet = Self { header, rows: charges.iter().map(cells).collect() };
        sheet.sort();
        sheet
    }

    /// By account, invoice and time; then by everything else.
    fn sort(&mut self) {
        let by =
            [Column::BillingAccountId, Column::BillingPeriodStart, Column::InvoiceId, Column::ChargePeriodStart, Column::ChargeCategory];
        let places: Vec<usize> = by.iter().filter_map(|column| self.place(*column)).collect();
        self.rows.sort_by(|a, b| {
            let first = places.iter().map(|at| a[*at].cmp(&b[*at])).find(|order| order.is_ne());
            first.unwrap_or_else(|| a.cmp(b))
        });
    }

    /// With the records of another one with the same columns.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.rows.extend(other.rows);
        self.rows.sort();
        self
    }

    /// The file.
    pub fn csv(&self) -> String {
        csv::write(std::iter::once(self.header.as_slice()).chain(self.rows.iter().map(Vec::as_slice)))
    }

    /// A file read back.
    ///
    /// # Errors
    /// [`CsvError`].
    pub fn read(text: &str) -> Result<Self, CsvError> {
        let mut records = csv::read(text)?.into_iter();
        let header = records.next().unwrap_or_default();
        Ok(Self { header, rows: records.collect() })
    }

    /// Where a column is.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.header.iter().position(|name| name == column.name())
    }

    /// For importers that know no purchases (they accept credits, refunds, discounts, taxes and use): purchases as use.
    /// Such a file is no longer what the standard says, and is offered beside it only.
    #[must_use]
    pub fn with_purchases_as_usage(mut self) -> Self {
        if let Some(at) = self.place(Column::ChargeCategory) {
            for row in &mut self.rows {
                if let Some(category) = row.get_mut(at).filter(|category| *category == "Purchase") {
                    "Usage".clone_into(category);
                }
            }
        }
        self
    }
}
