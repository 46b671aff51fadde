//! server/testkit

pub mod database;
pub mod environment;
pub mod stand_in;
