//! Finance: from a connected provider to a supplier, a contract, its allowances, its bills and what is still to be done.
//!
//! Money is exact and keeps its currency ([`Money`]); days are calendar days in the contract's time zone; intervals
//! include their start and exclude their end.

pub mod access;
pub mod allowance;
pub mod bill;
pub mod contract;
pub mod evaluation;
pub mod focus;
pub mod money;
pub mod number;
pub mod period;
pub mod price;
pub mod profile;
pub mod seed;
pub mod spend;
pub mod supplier;
pub mod usage;
pub mod vendor;
pub mod work_item;
pub mod zone;

pub use money::{Currency, Money, MoneyError, Totals, UnitPrice, UnknownCurrency};

#[cfg(test)]
mod fixtures;
