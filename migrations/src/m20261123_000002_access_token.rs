//! Our access tokens: hashes only.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, pk_uuid, text, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(access_token()).await?;
        manager.create_index(index("access_token_public_id", "access_token", &["public_id"]).unique().to_owned()).await?;
        manager.create_index(index("access_token_created_by", "access_token", &["created_by"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["access_token"]).await
    }
}

/// `scopes`, `providers` and `models` are JSON lists of words.
fn access_token() -> TableCreateStatement {
    Table::create()
        .table("access_token")
        .col(pk_uuid("id"))
        .col(uuid("created_by"))
        .col(text("name"))
        .col(text("public_id"))
        .col(binary("secret_hash"))
        .col(text("scopes"))
        .col(text("providers"))
        .col(text("models"))
        .col(big_integer("created_at"))
        .col(big_integer_null("expires_at"))
        .col(big_integer_null("revoked_at"))
        .col(big_integer_null("last_used_at"))
        .foreign_key(
            ForeignKey::create()
                .name("access_token_creator")
                .from("access_token", "created_by")
                .to("user_account", "id")
                .on_delete(ForeignKeyAction::Restrict),
        )
        .to_owned()
}
