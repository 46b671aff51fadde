//! Sealed credentials, the connections that point at them, local engines found, and what an operator chose a provider.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, boolean, integer, integer_null, pk_uuid, text, text_null, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(grant_credential()).await?;
        manager.create_table(connection()).await?;
        manager.create_index(index("connection_provider_id", "connection", &["provider_id"]).unique().to_owned()).await?;
        manager.create_index(index("connection_grant_id", "connection", &["grant_id"])).await?;
        manager.create_index(index("connection_next_check_at", "connection", &["next_check_at"])).await?;
        manager.create_table(detection()).await?;
        manager.create_table(provider_setting()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["provider_setting", "detection", "connection", "grant_credential"]).await
    }
}

/// `sealed` holds what the vault made; table, row and field are its associated data.
fn grant_credential() -> TableCreateStatement {
    Table::create().table("grant_credential").col(pk_uuid("id")).col(binary("sealed")).col(big_integer("created_at")).to_owned()
}

/// A grant somebody points at cannot be deleted; a person's account outlives nothing here, so the name is kept too.
fn connection() -> TableCreateStatement {
    Table::create()
        .table("connection")
        .col(pk_uuid("id"))
        .col(text("provider_id"))
        .col(text("method"))
        .col(uuid_null("grant_id"))
        .col(text_null("base_url"))
        .col(text_null("key_hint"))
        .col(text_null("account"))
        .col(uuid_null("connected_by"))
        .col(text("connected_by_name"))
        .col(big_integer("connected_at"))
        .col(text("verdict"))
        .col(text("message"))
        .col(big_integer("checked_at"))
        .col(integer("attempts"))
        .col(big_integer_null("next_check_at"))
        .col(boolean("was_good"))
        .col(boolean("enabled"))
        .col(big_integer("version"))
        .foreign_key(
            ForeignKey::create()
                .name("connection_grant")
                .from("connection", "grant_id")
                .to("grant_credential", "id")
                .on_delete(ForeignKeyAction::Restrict),
        )
        .foreign_key(
            ForeignKey::create()
                .name("connection_person")
                .from("connection", "connected_by")
                .to("user_account", "id")
                .on_delete(ForeignKeyAction::SetNull),
        )
        .to_owned()
}

/// `looked_at` is a JSON list of addresses when the engine is not running; `base_url` and `models` are set when it is.
fn detection() -> TableCreateStatement {
    Table::create()
        .table("detection")
        .col(text("provider_id").primary_key())
        .col(boolean("running"))
        .col(text_null("looked_at"))
        .col(text_null("base_url"))
        .col(integer_null("models"))
        .col(big_integer("at"))
        .to_owned()
}

fn provider_setting() -> TableCreateStatement {
    Table::create().table("provider_setting").col(text("provider_id").primary_key()).col(boolean("auto_connect")).to_owned()
}
