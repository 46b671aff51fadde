//! Finance: what its jobs did last, and when they are due again.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean_null, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(job()).await?;
        // The last days of a contract that are final, found without reading all its days.
        let closed = "CREATE INDEX contract_usage_snapshot_final ON contract_usage_snapshot (subject_id, snapshot_date) WHERE is_final";
        manager.get_connection().execute_unprepared(closed).await?;
        manager.create_index(index("bill_status", "bill", &["status", "due_date"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("bill_status").table("bill").to_owned()).await?;
        manager.drop_index(Index::drop().name("contract_usage_snapshot_final").table("contract_usage_snapshot").to_owned()).await?;
        drop_tables(manager, &["finance_job"]).await
    }
}

/// One row a job that ran. `next_run_at` is judged on the database's clock.
fn job() -> TableCreateStatement {
    Table::create()
        .table("finance_job")
        .col(text("name").primary_key())
        .col(big_integer_null("started_at"))
        .col(big_integer_null("ended_at"))
        .col(boolean_null("succeeded"))
        .col(text_null("result"))
        .col(big_integer("next_run_at"))
        .to_owned()
}
