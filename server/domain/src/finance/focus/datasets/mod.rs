//! The reference datasets of FOCUS 1.4 beside Cost and Usage: contract commitments, billing periods, invoice details.

mod commitment;
mod invoice;

pub use commitment::{CommitmentTerm, Committed, Lifecycle, contract_commitments};
pub use invoice::{Invoiced, IssuerPeriod, billing_periods, invoice_details};

use super::sheet::Sheet;

fn sheet(columns: &[&str], mut rows: Vec<Vec<String>>) -> Sheet {
    rows.sort();
    Sheet { header: columns.iter().map(|name| (*name).to_owned()).collect(), rows }
}
