//! Server functions: what the pages ask of the server. Each one takes the caller, calls one service, maps the answer.
//!
//! They are public endpoints; every service behind them checks the caller itself. A body is stripped in the browser
//! build, so it reaches `crate::ctx` and `crate::convert` by path and needs no `cfg`.

#![expect(missing_docs, reason = "the macro turns arguments into public fields; the functions document them")]
#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is async for its caller, whether or not it has to wait")
)]

pub mod access;
pub mod audit;
pub mod builds;
pub mod finance;
pub mod finance_provider;
pub mod notifications;
pub mod people;
pub mod providers;
pub mod sign_in;
pub mod usage;
