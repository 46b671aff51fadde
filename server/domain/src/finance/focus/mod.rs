//! Cost and usage in the `FinOps` Open Cost and Usage Specification: what Finance's other tools read.
//!
//! FOCUS 1.2 is what we emit and check; 1.4 is offered beside it ([`Profile::V1_4`], [`datasets`]). A file is made of whole
//! billing periods, and the same input gives the same bytes.

pub mod cell;
pub mod charge;
pub mod charges;
pub mod check;
pub mod column;
pub mod csv;
pub mod datasets;
pub mod metadata;
mod row;
pub mod sheet;

pub use charge::{Account, Charge, Invoice};
pub use charges::{DayUse, Omitted};
pub use check::{Expectations, Finding, check};
pub use column::{Column, Profile};
pub use metadata::metadata;
pub use sheet::Sheet;

#[cfg(test)]
mod check_tests;
#[cfg(test)]
mod datasets_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
