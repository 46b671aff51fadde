//! Finance: what vendors say was used.

use crate::drop_tables;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(reported()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["contract_reported_usage"]).await
    }
}

/// One row an allowance and day, cumulative since the allowance's period began.
fn reported() -> TableCreateStatement {
    Table::create()
        .table("contract_reported_usage")
        .col(uuid("contract_id"))
        .col(uuid("allowance_id"))
        .col(text("report_date"))
        .col(text("quantity"))
        .col(text("note"))
        .col(big_integer("entered_at"))
        .col(uuid_null("entered_by"))
        .primary_key(Index::create().col("contract_id").col("allowance_id").col("report_date"))
        .to_owned()
}
