//! Draft bills in accounts payable: what is due for a billing period, and how a draft becomes a paid bill.

pub mod fee;

pub use fee::prorated;
