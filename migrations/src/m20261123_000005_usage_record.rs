//! One row a request through us. No foreign keys: usage outlives connections, tokens and people.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text, text_null, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(usage_record()).await?;
        manager.create_index(index("usage_record_at", "usage_record", &["at"])).await?;
        manager.create_index(index("usage_record_provider", "usage_record", &["provider_id", "at"])).await?;
        manager.create_index(index("usage_record_token", "usage_record", &["token_id", "at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["usage_record"]).await
    }
}

/// `cost` is the exact decimal. `cost_micros` (whole millionths of a dollar) and `cost_rest` (what is left, in 10^-18
/// dollars) are the same number again in integers, because SQLite cannot sum decimals exactly.
fn usage_record() -> TableCreateStatement {
    Table::create()
        .table("usage_record")
        .col(text("request_id").primary_key())
        .col(big_integer("at"))
        .col(uuid("connection_id"))
        .col(text("provider_id"))
        .col(text("model_id"))
        .col(uuid_null("token_id"))
        .col(uuid_null("user_id"))
        .col(big_integer_null("input_tokens"))
        .col(big_integer_null("output_tokens"))
        .col(big_integer_null("cache_read_tokens"))
        .col(big_integer_null("cache_write_tokens"))
        .col(big_integer_null("reasoning_tokens"))
        .col(big_integer("latency_ms"))
        .col(big_integer("first_byte_ms"))
        .col(text("outcome"))
        .col(integer("status"))
        .col(text_null("cost"))
        .col(big_integer_null("cost_micros"))
        .col(big_integer_null("cost_rest"))
        .col(text("cost_basis"))
        .to_owned()
}
