//! The log behind live pages, and activation events waiting to be handled.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, pk_uuid, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(live_event()).await?;
        manager.create_index(index("live_event_at", "live_event", &["at"])).await?;
        manager.create_table(outbox_event()).await?;
        manager.create_index(index("outbox_event_status", "outbox_event", &["status", "requested_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["outbox_event", "live_event"]).await
    }
}

/// `event` is JSON. On SQLite the id is AUTOINCREMENT, so a number is never given twice.
fn live_event() -> TableCreateStatement {
    Table::create().table("live_event").col(big_pk_auto("id")).col(big_integer("at")).col(text("event")).to_owned()
}

/// `cause` is the activation's trigger: `trigger` itself is a reserved word in SQL.
fn outbox_event() -> TableCreateStatement {
    Table::create()
        .table("outbox_event")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(uuid("connection_id"))
        .col(text("provider_id"))
        .col(text("method"))
        .col(text("cause"))
        .col(uuid_null("actor_user"))
        .col(text("actor_name"))
        .col(big_integer("requested_at"))
        .col(text("status"))
        .to_owned()
}
