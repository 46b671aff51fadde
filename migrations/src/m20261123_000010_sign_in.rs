//! Browser sign-ins at providers: the pending ones, how their credentials live, and what a provider is remembered by.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, integer, integer_null, pk_uuid, text, text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const GRANT: &str = "grant_credential";
const SETTING: &str = "provider_setting";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in grant_columns() {
            manager.alter_table(Table::alter().table(GRANT).add_column(column).to_owned()).await?;
        }
        manager.create_index(index("grant_credential_refresh_at", GRANT, &["refresh_at"])).await?;
        for column in setting_columns() {
            manager.alter_table(Table::alter().table(SETTING).add_column(column).to_owned()).await?;
        }
        manager.create_table(oauth_flow()).await?;
        manager.create_index(index("oauth_flow_state_hash", "oauth_flow", &["state_hash"]).unique().to_owned()).await?;
        manager.create_index(index("oauth_flow_provider_id", "oauth_flow", &["provider_id"])).await?;
        manager.create_index(index("oauth_flow_expires_at", "oauth_flow", &["expires_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["oauth_flow"]).await?;
        manager.drop_index(Index::drop().name("grant_credential_refresh_at").table(GRANT).to_owned()).await?;
        for (table, columns) in [
            (SETTING, &["subject", "issued_client", "sign_in_allowed"][..]),
            (
                GRANT,
                &[
                    "message",
                    "code",
                    "failures",
                    "refresh_at",
                    "refresh",
                    "ends_at",
                    "access_expires_at",
                    "issued_at",
                    "version",
                    "provider_id",
                ][..],
            ),
        ] {
            for column in columns {
                manager.alter_table(Table::alter().table(table).drop_column(*column).to_owned()).await?;
            }
        }
        Ok(())
    }
}

/// How a signed-in credential lives: facts in the clear, so that what is due can be asked for. A key has none of them.
fn grant_columns() -> Vec<ColumnDef> {
    vec![
        text_null("provider_id"),
        big_integer("version").default(1).to_owned(),
        big_integer_null("issued_at"),
        big_integer_null("access_expires_at"),
        big_integer_null("ends_at"),
        text_null("refresh"),
        big_integer_null("refresh_at"),
        integer("failures").default(0).to_owned(),
        text("code").default("").to_owned(),
        text("message").default("").to_owned(),
    ]
}

/// The client that a provider issued us and the person who signed in outlive the connection; so does an owner's word.
fn setting_columns() -> Vec<ColumnDef> {
    vec![boolean("sign_in_allowed").default(false).to_owned(), text_null("issued_client"), text_null("subject")]
}

/// `sealed` holds the flow's secrets and is emptied when it ends. Begun in a browser (`session_id`) or with an access token.
fn oauth_flow() -> TableCreateStatement {
    Table::create()
        .table("oauth_flow")
        .col(pk_uuid("id"))
        .col(text("provider_id"))
        .col(uuid("user_id"))
        .col(text("user_name"))
        .col(uuid_null("session_id"))
        .col(uuid_null("token_id"))
        .col(binary("state_hash"))
        .col(binary_null("sealed"))
        .col(text("redirect_uri"))
        .col(text_null("client_id"))
        .col(text_null("issuer"))
        .col(boolean("pasting"))
        .col(integer_null("port_taken"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(text("state"))
        .col(big_integer_null("state_at"))
        .col(text_null("failure"))
        .col(text("message"))
        .foreign_key(
            ForeignKey::create()
                .name("oauth_flow_person")
                .from("oauth_flow", "user_id")
                .to("user_account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
