//! Purser's rules: pure functions and types, no I/O.
//!
//! Time and randomness are arguments ([`Clock`], [`Entropy`]); states are enums whose transitions consume and can
//! fail; secrets are [`secrecy::SecretString`]. One room per concept, named as on every other floor.

pub mod access_token;
pub mod audit;
pub mod build;
pub mod cli;
pub mod connection;
pub mod device;
pub mod environment;
pub mod events;
pub mod finance;
pub mod flow;
pub mod grant;
pub mod inference;
pub mod models;
pub mod notification;
pub mod people;
pub mod provider;

pub use environment::{Clock, Entropy};
