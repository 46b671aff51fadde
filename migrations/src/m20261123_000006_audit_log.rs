//! The audit log. No foreign keys: a line outlives what it speaks of.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, pk_uuid, text, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(audit_log()).await?;
        // Ids grow with time, so each of these also gives the newest lines first.
        manager.create_index(index("audit_log_action", "audit_log", &["action", "id"])).await?;
        manager.create_index(index("audit_log_object", "audit_log", &["object_kind", "object_id", "id"])).await?;
        manager.create_index(index("audit_log_succeeded", "audit_log", &["succeeded", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_log"]).await
    }
}

/// `actor_search` is the actor's name in lower case, because only Rust folds every script alike.
fn audit_log() -> TableCreateStatement {
    Table::create()
        .table("audit_log")
        .col(pk_uuid("id"))
        .col(big_integer("at"))
        .col(text("actor_name"))
        .col(text("actor_search"))
        .col(uuid_null("actor_user"))
        .col(text("address"))
        .col(text("request_id"))
        .col(text("action"))
        .col(text("object_kind"))
        .col(text("object_id"))
        .col(boolean("succeeded"))
        .col(text("detail"))
        .to_owned()
}
