//! Models known through connections.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, pk_uuid, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(model_profile()).await?;
        manager.create_index(index("model_profile_model", "model_profile", &["provider_id", "model_id"]).unique().to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["model_profile"]).await
    }
}

/// Prices are US dollars for a million tokens; `price_source` is null when no price is known at all.
fn model_profile() -> TableCreateStatement {
    Table::create()
        .table("model_profile")
        .col(pk_uuid("id"))
        .col(text("provider_id"))
        .col(text("model_id"))
        .col(text_null("display_name"))
        .col(text("class"))
        .col(text_null("tier"))
        .col(big_integer_null("context_tokens"))
        .col(text_null("price_input"))
        .col(text_null("price_output"))
        .col(text_null("price_cache_read"))
        .col(text_null("price_cache_write"))
        .col(text_null("price_source"))
        .col(text_null("price_as_of"))
        .col(text("status"))
        .col(big_integer("first_seen_at"))
        .col(big_integer("last_seen_at"))
        .to_owned()
}
