//! Schema changes, one file each, up and down, the same on SQLite and PostgreSQL.
//!
//! How columns are written, everywhere:
//! - ids are `uuid` (16 bytes on SQLite) and made by the caller, except the position of a live event;
//! - instants are `bigint` microseconds since 1970-01-01 UTC: they sort, compare and divide alike on both databases;
//! - money is a decimal in `text`, never a float;
//! - words (roles, verdicts, methods …) are the text of the `vocab` enums.
//!
//! To change the schema, add a file and a line in [`Migrator::migrations`]; a shipped file is never edited. A column
//! goes in two releases: first nobody needs it, then it is dropped, so that two versions can run side by side.

use sea_orm_migration::prelude::*;

pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

mod m20261123_000001_people;
mod m20261123_000002_access_token;
mod m20261123_000003_connection;
mod m20261123_000004_model_profile;
mod m20261123_000005_usage_record;
mod m20261123_000006_audit_log;
mod m20261123_000007_events;
mod m20261123_000008_installation;
mod m20261123_000010_sign_in;
mod m20261123_000030_notification;
mod m20261123_000040_finance_parties;
mod m20261123_000041_finance_contract;
mod m20261123_000042_finance_work;
mod m20261123_000043_finance_bill;
mod m20261123_000044_finance_hand_off;
mod m20261124_000050_finance_job;
mod m20261124_000060_device_flow;
mod m20261124_000070_build;
mod m20261124_000080_vendor_figure;

/// All schema changes, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_people::Migration),
            Box::new(m20261123_000002_access_token::Migration),
            Box::new(m20261123_000003_connection::Migration),
            Box::new(m20261123_000004_model_profile::Migration),
            Box::new(m20261123_000005_usage_record::Migration),
            Box::new(m20261123_000006_audit_log::Migration),
            Box::new(m20261123_000007_events::Migration),
            Box::new(m20261123_000008_installation::Migration),
            Box::new(m20261123_000010_sign_in::Migration),
            Box::new(m20261123_000030_notification::Migration),
            Box::new(m20261123_000040_finance_parties::Migration),
            Box::new(m20261123_000041_finance_contract::Migration),
            Box::new(m20261123_000042_finance_work::Migration),
            Box::new(m20261123_000043_finance_bill::Migration),
            Box::new(m20261123_000044_finance_hand_off::Migration),
            Box::new(m20261124_000050_finance_job::Migration),
            Box::new(m20261124_000060_device_flow::Migration),
            Box::new(m20261124_000070_build::Migration),
            Box::new(m20261124_000080_vendor_figure::Migration),
        ]
    }
}

/// Drops tables, in the given order.
async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}

/// A plain index `name` on `columns` of `table`.
fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut statement = Index::create().name(name).table(table).to_owned();
    for column in columns {
        statement.col(*column);
    }
    statement
}
