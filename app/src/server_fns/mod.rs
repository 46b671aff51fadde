//! Server functions: what the pages ask of the server. Each one takes the caller, calls one service, maps the answer.
//!
//! They are public endpoints; every service behind them checks the caller itself. A body is stripped in the browser
//! build, so it reaches `crate::ctx` and `crate::convert` by path and needs no `cfg`.

#![expect(missing_docs, reason = "the macro turns arguments into public fields; the functions document them")]

pub mod access;
pub mod audit;
pub mod people;
pub mod providers;
pub mod usage;
