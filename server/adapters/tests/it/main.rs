//! Contract tests of the adapters: the catalogue's own entries against stand-in servers that answer with the bodies the
//! vendors document.

#![expect(clippy::unwrap_used, reason = "in tests")]

mod forward;
mod messenger;
mod network;
mod oauth;
mod providers;
mod responses;
mod sandbox;
mod support;
mod talk;
mod tls;
mod tools;
