//! Finance: how far each hand-off has come, and what a request's cost rests on.

use crate::index;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, text_null, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const OUTBOX: &str = "outbox_event";
const USAGE: &str = "usage_record";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What was written before is due at once: installations with providers catch up by themselves.
        for column in
            [integer("attempts").default(0).to_owned(), big_integer("next_attempt_at").default(0).to_owned(), text_null("last_error")]
        {
            manager.alter_table(Table::alter().table(OUTBOX).add_column(column).to_owned()).await?;
        }
        manager.create_index(index("outbox_event_provider_id", OUTBOX, &["provider_id", "requested_at"])).await?;
        for column in [text_null("billing_account_key"), text_null("cost_currency"), uuid_null("price_fact_id")] {
            manager.alter_table(Table::alter().table(USAGE).add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["price_fact_id", "cost_currency", "billing_account_key"] {
            manager.alter_table(Table::alter().table(USAGE).drop_column(column).to_owned()).await?;
        }
        manager.drop_index(Index::drop().name("outbox_event_provider_id").table(OUTBOX).to_owned()).await?;
        for column in ["last_error", "next_attempt_at", "attempts"] {
            manager.alter_table(Table::alter().table(OUTBOX).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
