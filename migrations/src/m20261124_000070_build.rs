//! Builds: the queue and the history, and what the programs printed.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, integer_null, pk_uuid, text, text_null, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(build()).await?;
        manager.create_index(index("build_state", "build", &["state"])).await?;
        manager.create_table(build_log()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["build_log", "build"]).await
    }
}

/// `owner` and `lease_until` belong to the process that runs it; the lease is judged on the database's clock.
fn build() -> TableCreateStatement {
    Table::create()
        .table("build")
        .col(pk_uuid("id"))
        .col(text("provider_id"))
        .col(text("prompt"))
        .col(text("workspace"))
        .col(text_null("folder"))
        .col(text("lending"))
        .col(text("started_by"))
        .col(uuid_null("user_id"))
        .col(uuid_null("retry_of"))
        .col(big_integer("created_at"))
        .col(text("state"))
        .col(big_integer_null("state_at"))
        .col(big_integer_null("ran_since"))
        .col(text_null("failure"))
        .col(integer_null("exit_code"))
        .col(text("message"))
        .col(boolean("cancel_asked"))
        .col(text_null("owner"))
        .col(big_integer_null("lease_until"))
        .to_owned()
}

/// Cleaned text, in pieces; `seq` counts from 1 within a build.
fn build_log() -> TableCreateStatement {
    Table::create()
        .table("build_log")
        .col(uuid("build_id"))
        .col(big_integer("seq"))
        .col(text("text"))
        .primary_key(Index::create().col("build_id").col("seq"))
        .foreign_key(
            ForeignKey::create()
                .name("build_log_build")
                .from("build_log", "build_id")
                .to("build", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
