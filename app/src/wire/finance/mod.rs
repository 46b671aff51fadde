//! Finance on the wire.
//!
//! Figures, dates and states travel as the words that are shown: they are made on the server, where money is exact, and the
//! browser's program stays small. "No data" is a word as well, never a 0.

mod parts;
mod views;

pub use parts::{Cell, Drawing, Fact, FieldKind, FormField, FormGroup, FormView, Grid, Tile, Used};
pub use views::{
    BillList, BillView, ContractView, FinancePanel, ItemFilter, ItemList, ItemView, JobList, JobView, ProviderFinanceView, SpendFilter,
    SpendView, SupplierList, SupplierView,
};
