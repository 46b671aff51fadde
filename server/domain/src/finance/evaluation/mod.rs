//! The daily evaluation of contracts: schedule, window, figures, the row that is kept, and the work items that follow.
//!
//! A snapshot is cumulative for its period, so the current figure is that of the newest one; nothing here ever adds two.

pub mod day;
pub mod figures;
pub mod reading;
pub mod reported;
pub mod schedule;
pub mod signals;
pub mod snapshot;
pub mod window;

pub use day::{AllowanceDay, ContractDay, Outcome};
pub use figures::{Figures, FiguresError, Measured};
pub use reading::{Chosen, Reading, Variance, choose};
pub use reported::{ReportRefused, Reported, VendorFigures, as_reported};
pub use schedule::{DueDay, Progress, Why};
pub use signals::{AllowanceRules, Judgement, Signal, SourceFacts};
pub use snapshot::{Evaluation, Note, Snapshot, Subject, Write, write_for};
pub use window::{Window, carried_over};

#[cfg(test)]
mod examples_tests;
#[cfg(test)]
mod schedule_tests;
#[cfg(test)]
mod signals_tests;
#[cfg(test)]
mod snapshot_tests;
#[cfg(test)]
mod window_tests;
