//! The database: SeaORM entities, which never leave this crate, and the repositories over them.
//!
//! [`Storage`] implements every port of [`services::ports`]. One method is one statement or one transaction; a write
//! takes its audit lines and live events along ([`services::ports::Trail`]). The same code runs on SQLite and on
//! PostgreSQL; where the two differ, the difference sits in `backup`, `clock`, `open`, `schema`, `wake` or `write` and nowhere else.
//!
//! To add a table: a file in `migrations`, an entity with its conversions in `entity/`, a repository file named like
//! its port, and its tests in `tests/it`, which run on both databases.

mod backup;
mod clock;
mod convert;
mod database;
mod entity;
mod errors;
mod open;
mod schema;
mod settings;
mod wake;
mod write;

mod access_tokens;
mod audit;
mod builds;
mod connections;
mod device_flows;
mod events;
mod finance;
mod flows;
mod grants;
mod hand_offs;
mod installation;
mod models;
mod notification_deliveries;
mod notifications;
mod outbox;
mod people;
mod sealed;
mod sessions;
mod throttle;
mod usage;
mod usage_sums;

pub use backup::BackupError;
pub use database::Storage;
pub use open::OpenError;
pub use schema::{MigrationError, MigrationState};
pub use settings::{DatabaseKind, DatabaseSettings};
pub use wake::CHANNEL;
