//! The reference datasets of FOCUS 1.4 beside Cost and Usage: contract commitments, billing periods, invoice details.

mod check;
mod commitment;
mod invoice;

pub use check::check_dataset;
pub use commitment::{CommitmentTerm, Committed, Lifecycle, contract_commitments};
pub use invoice::{Invoiced, IssuerPeriod, billing_periods, invoice_details};

use super::column::ColumnType;
use super::sheet::Sheet;
use commitment::COMMITMENT_COLUMNS;
use invoice::{INVOICE_COLUMNS, PERIOD_COLUMNS};
use vocab::finance::FocusDataset;

/// A column of one of these datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatasetColumn {
    /// Its name in the header.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnType,
    /// Has every row a value in it?
    pub is_needed: bool,
}

const fn needed(name: &'static str, kind: ColumnType) -> DatasetColumn {
    DatasetColumn { name, kind, is_needed: true }
}

const fn optional(name: &'static str, kind: ColumnType) -> DatasetColumn {
    DatasetColumn { name, kind, is_needed: false }
}

/// The columns of a dataset in order; none for Cost and Usage, which has [`Column`](super::Column)s of its own.
pub const fn columns_of(dataset: FocusDataset) -> &'static [DatasetColumn] {
    match dataset {
        FocusDataset::CostAndUsage => &[],
        FocusDataset::ContractCommitment => &COMMITMENT_COLUMNS,
        FocusDataset::BillingPeriod => &PERIOD_COLUMNS,
        FocusDataset::InvoiceDetail => &INVOICE_COLUMNS,
    }
}

fn sheet(columns: &[DatasetColumn], mut rows: Vec<Vec<String>>) -> Sheet {
    rows.sort();
    Sheet { header: columns.iter().map(|column| column.name.to_owned()).collect(), rows }
}
