//! Accounts, signed-in browsers and sign-in failures.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, integer, pk_uuid, text, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(user_account()).await?;
        manager.create_index(index("user_account_email", "user_account", &["email"]).unique().to_owned()).await?;
        manager.create_table(session()).await?;
        manager.create_index(index("session_secret_hash", "session", &["secret_hash"]).unique().to_owned()).await?;
        manager.create_index(index("session_user_id", "session", &["user_id"])).await?;
        manager.create_index(index("session_seen_at", "session", &["seen_at"])).await?;
        manager.create_index(index("session_created_at", "session", &["created_at"])).await?;
        manager.create_table(sign_in_failure()).await?;
        manager.create_index(index("sign_in_failure_last_at", "sign_in_failure", &["last_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["sign_in_failure", "session", "user_account"]).await
    }
}

fn user_account() -> TableCreateStatement {
    Table::create()
        .table("user_account")
        .col(pk_uuid("id"))
        .col(text("name"))
        .col(text("email"))
        .col(text("role"))
        .col(text("password_hash"))
        .col(big_integer_null("disabled_at"))
        .col(big_integer("created_at"))
        .col(big_integer_null("last_sign_in_at"))
        .to_owned()
}

fn session() -> TableCreateStatement {
    Table::create()
        .table("session")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(binary("secret_hash"))
        .col(big_integer("created_at"))
        .col(big_integer("seen_at"))
        .col(text("address"))
        .col(text("user_agent"))
        .foreign_key(
            ForeignKey::create()
                .name("session_user")
                .from("session", "user_id")
                .to("user_account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn sign_in_failure() -> TableCreateStatement {
    Table::create()
        .table("sign_in_failure")
        .col(text("throttle_key").primary_key())
        .col(integer("failures"))
        .col(big_integer("last_at"))
        .to_owned()
}
