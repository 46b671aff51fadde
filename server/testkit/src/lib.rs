//! server/testkit
