//! server/testkit

pub mod database;
pub mod stand_in;
