//! Use cases, and the ports they need. Nothing here knows HTTP frameworks, SQL or provider URLs.

pub mod ports;
