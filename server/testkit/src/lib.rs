//! For tests and practice mode: databases, clocks, stand-in providers and their authorization servers.

pub mod database;
pub mod environment;
pub mod grok_chat;
pub mod issuer;
pub mod smtp;
pub mod stand_in;
pub mod vendor_endpoint;
