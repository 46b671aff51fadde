//! Device-code sign-ins, and by which sign-in a credential was made.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary_null, boolean, integer, pk_uuid, text, text_null, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const FLOW: &str = "device_flow";
const GRANT: &str = "grant_credential";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(device_flow()).await?;
        // One at a time for a provider. The builder of statements knows no partial index; both databases do.
        let live = "CREATE UNIQUE INDEX device_flow_live ON device_flow (provider_id) WHERE phase IN ('starting', 'waiting', 'finishing')";
        manager.get_connection().execute_unprepared(live).await?;
        manager.create_index(index("device_flow_next_poll_at", FLOW, &["phase", "next_poll_at"])).await?;
        manager.create_index(index("device_flow_provider_id", FLOW, &["provider_id", "created_at"])).await?;
        manager.alter_table(Table::alter().table(GRANT).add_column(text_null("made_by")).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(GRANT).drop_column("made_by").to_owned()).await?;
        drop_tables(manager, &[FLOW]).await
    }
}

/// `sealed` holds the device code and is emptied when the sign-in is over. `alive_until` is kept ahead by whoever works on it:
/// a program that runs, a request on its way.
fn device_flow() -> TableCreateStatement {
    Table::create()
        .table(FLOW)
        .col(pk_uuid("id"))
        .col(text("provider_id"))
        .col(uuid("user_id"))
        .col(text("user_name"))
        .col(uuid_null("session_id"))
        .col(uuid_null("token_id"))
        .col(text("mode"))
        .col(big_integer("created_at"))
        .col(big_integer("version"))
        .col(text("phase"))
        .col(big_integer("at"))
        .col(text_null("user_code"))
        .col(text_null("verification_uri"))
        .col(text_null("verification_uri_complete"))
        .col(binary_null("sealed"))
        .col(big_integer_null("interval_ms"))
        .col(integer("slow_downs"))
        .col(integer("failures"))
        .col(big_integer_null("next_poll_at"))
        .col(boolean("last_poll"))
        .col(text_null("reason"))
        .col(text("detail"))
        .col(big_integer("alive_until"))
        .foreign_key(
            ForeignKey::create()
                .name("device_flow_person")
                .from(FLOW, "user_id")
                .to("user_account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
