//! Purser's screens (Leptos), the server functions behind them, and the types that travel between.

// A page is one deeply nested type; the compiler's default is a little short for it.
#![recursion_limit = "256"]

pub mod areas;
pub mod components;
#[cfg(feature = "ssr")]
pub mod convert;
#[cfg(feature = "ssr")]
pub mod ctx;
pub mod live;
pub mod pages;
pub mod routes;
pub mod server_fns;
pub mod shell;
pub mod wire;

pub use routes::App;
