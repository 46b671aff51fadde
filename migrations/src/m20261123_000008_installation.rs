//! Things that exist once an installation, and leases.

use crate::drop_tables;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(installation()).await?;
        manager.create_table(lease()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["lease", "installation"]).await
    }
}

fn installation() -> TableCreateStatement {
    Table::create().table("installation").col(text("name").primary_key()).col(text("value")).to_owned()
}

fn lease() -> TableCreateStatement {
    Table::create().table("lease").col(text("name").primary_key()).col(text("owner")).col(big_integer("expires_at")).to_owned()
}
