//! What operators were told, who has read it, and what is on its way to them.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, pk_uuid, text, text_null, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(notification()).await?;
        manager.create_index(index("notification_open", "notification", &["open_key"]).unique().to_owned()).await?;
        manager.create_table(notification_read()).await?;
        manager.create_table(notification_delivery()).await?;
        manager.create_index(index("notification_delivery_due", "notification_delivery", &["state", "next_attempt_at"])).await?;
        manager.create_index(index("notification_delivery_of", "notification_delivery", &["notification_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["notification_delivery", "notification_read", "notification"]).await
    }
}

/// `open_key` is `provider/kind` while it is open and null afterwards: two that say the same cannot be open at once.
fn notification() -> TableCreateStatement {
    Table::create()
        .table("notification")
        .col(pk_uuid("id"))
        .col(text("provider_id"))
        .col(text("provider_name"))
        .col(text("kind"))
        .col(text("cause"))
        .col(big_integer("raised_at"))
        .col(big_integer_null("closed_at"))
        .col(text_null("ending"))
        .col(text_null("open_key"))
        .to_owned()
}

fn notification_read() -> TableCreateStatement {
    Table::create()
        .table("notification_read")
        .col(uuid("user_id"))
        .col(uuid("notification_id"))
        .primary_key(Index::create().col("user_id").col("notification_id"))
        .foreign_key(
            ForeignKey::create()
                .name("notification_read_user")
                .from("notification_read", "user_id")
                .to("user_account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(&mut of_notification("notification_read_of", "notification_read"))
        .to_owned()
}

/// `next_attempt_at` is also the lease of whoever is trying just now.
fn notification_delivery() -> TableCreateStatement {
    Table::create()
        .table("notification_delivery")
        .col(pk_uuid("id"))
        .col(uuid("notification_id"))
        .col(text("channel"))
        .col(text("recipient"))
        .col(text("state"))
        .col(big_integer("attempts"))
        .col(big_integer("created_at"))
        .col(big_integer("next_attempt_at"))
        .col(text_null("last_error"))
        .foreign_key(&mut of_notification("notification_delivery_to", "notification_delivery"))
        .to_owned()
}

fn of_notification(name: &'static str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(table, "notification_id").to("notification", "id").on_delete(ForeignKeyAction::Cascade).to_owned()
}
