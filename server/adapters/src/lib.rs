//! server/adapters
