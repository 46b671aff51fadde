//! Our own checks of a file: row by row what the official validator judges by whole columns, and the sums that it does not
//! look at.

mod cells;
mod rows;
mod sums;

pub(super) use cells::{has_form, is_spelled_as_a_unit};
pub(super) use rows::is_in_minor_units;

use super::column::{Column, Profile};
use super::sheet::Sheet;
use crate::finance::money::Money;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What a file is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expectations<'a> {
    /// The version it claims.
    pub profile: Profile,
    /// What each bill in it comes to, by invoice.
    pub payable: &'a BTreeMap<String, Money>,
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Record, 1 being the first below the header; 0 is the file as a whole.
    pub record: usize,
    /// The rule.
    pub rule: Rule,
    /// What was found.
    pub what: String,
}

/// A rule of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Columns of the version, in order, each once.
    Header,
    /// A value where the kind of row has none.
    Null,
    /// No value where the kind of row has one.
    Missing,
    /// A value that is not of its column's type.
    Format,
    /// A value that is not one of those allowed.
    Value,
    /// Price times quantity is not the cost.
    Product,
    /// A cost that the kind of row cannot have.
    Cost,
    /// A period that ends before it starts, or lies outside its billing period.
    Period,
    /// A unit that is not spelled as units are.
    Unit,
    /// Text that a spreadsheet would compute.
    Formula,
    /// A billed amount with fractions of the minor unit.
    Scale,
    /// A sum that is not what it should be.
    Sum,
    /// Two rows of the same thing.
    Duplicate,
}

impl Rule {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Null => "null",
            Self::Missing => "missing",
            Self::Format => "format",
            Self::Value => "value",
            Self::Product => "product",
            Self::Cost => "cost",
            Self::Period => "period",
            Self::Unit => "unit",
            Self::Formula => "formula",
            Self::Scale => "scale",
            Self::Sum => "sum",
            Self::Duplicate => "duplicate",
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.record {
            0 => write!(f, "{}: {}", self.rule.code(), self.what),
            record => write!(f, "record {record}: {}: {}", self.rule.code(), self.what),
        }
    }
}

/// Everything that is wrong with a file; nothing when it may go out. A wrong header is reported alone.
pub fn check(sheet: &Sheet, expected: &Expectations<'_>) -> Vec<Finding> {
    let header = cells::header(sheet, expected.profile);
    if !header.is_empty() {
        return header;
    }
    let places = Column::ALL.iter().filter_map(|column| Some((*column, sheet.place(*column)?))).collect();
    let records: Vec<Record<'_>> = sheet.rows.iter().zip(1..).map(|(cells, number)| Record { cells, number, places: &places }).collect();
    let mut found = Vec::new();
    for record in &records {
        cells::check(record, &mut found);
        rows::check(record, &mut found);
    }
    sums::check(&records, expected.payable, &mut found);
    found.sort();
    found
}

/// A record by columns.
struct Record<'a> {
    cells: &'a [String],
    number: usize,
    places: &'a BTreeMap<Column, usize>,
}

impl<'a> Record<'a> {
    /// The text of a column; `None` when null or absent.
    fn get(&self, column: Column) -> Option<&'a str> {
        let text = self.cells.get(*self.places.get(&column)?)?;
        (!text.is_empty()).then_some(text.as_str())
    }

    /// The number in a column; `None` also when it is none, which is found elsewhere.
    fn number(&self, column: Column) -> Option<Decimal> {
        self.get(column)?.parse().ok()
    }

    fn is(&self, column: Column, text: &str) -> bool {
        self.get(column) == Some(text)
    }

    fn columns(&self) -> impl Iterator<Item = (Column, &'a str)> {
        self.places.keys().filter_map(|column| Some((*column, self.get(*column)?)))
    }

    fn finding(&self, rule: Rule, what: impl Into<String>) -> Finding {
        Finding { record: self.number, rule, what: what.into() }
    }
}
