//! Finance: whom we pay, and what is known of a provider's money.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, pk_uuid, text, text_null, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(revision()).await?;
        manager.get_connection().execute_unprepared("INSERT INTO finance_revision (id, revision) VALUES (1, 0)").await?;
        manager.create_table(supplier()).await?;
        manager.create_index(index("supplier_number", "supplier", &["number"]).unique().to_owned()).await?;
        manager.create_index(index("supplier_vendor_key", "supplier", &["vendor_key"]).unique().to_owned()).await?;
        manager.create_table(profile()).await?;
        let by_provider = index("finance_profile_provider_id", "ai_provider_finance_profile", &["provider_id"]);
        manager.create_index(by_provider.clone().unique().to_owned()).await?;
        manager.create_index(index("finance_profile_supplier_id", "ai_provider_finance_profile", &["supplier_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["ai_provider_finance_profile", "supplier", "finance_revision"]).await
    }
}

/// One row: grows with every change of finance rows, so that who decided on old ones is refused.
fn revision() -> TableCreateStatement {
    Table::create().table("finance_revision").col(integer("id").primary_key()).col(big_integer("revision")).to_owned()
}

/// `aliases` is a JSON list of names.
fn supplier() -> TableCreateStatement {
    Table::create()
        .table("supplier")
        .col(pk_uuid("id"))
        .col(text("number"))
        .col(text_null("vendor_key"))
        .col(text("name"))
        .col(text("aliases"))
        .col(text_null("contact_name"))
        .col(text_null("email"))
        .col(text_null("phone"))
        .col(text_null("address"))
        .col(text_null("tax_id"))
        .col(text_null("payment_terms"))
        .col(text_null("default_currency"))
        .col(text_null("notes"))
        .col(text("status"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .col(big_integer("version"))
        .to_owned()
}

/// One a provider. It outlives the provider's connection and its catalogue entry, so nothing points there.
fn profile() -> TableCreateStatement {
    Table::create()
        .table("ai_provider_finance_profile")
        .col(pk_uuid("id"))
        .col(text("provider_id"))
        .col(text("commercial_kind"))
        .col(text_null("billing_account_key"))
        .col(uuid_null("supplier_id"))
        .col(text("status"))
        .col(text("connection_state"))
        .col(text("reconciliation_strategy"))
        .col(text("valuation_method"))
        .col(text_null("plan_currency"))
        .col(text_null("monthly_budget"))
        .col(text_null("billing_url"))
        .col(text_null("usage_url"))
        .col(text_null("notes"))
        .col(big_integer_null("last_evaluated_at"))
        .col(big_integer_null("last_snapshot_at"))
        .col(big_integer("seeded_at"))
        .col(big_integer_null("archived_at"))
        .col(text_null("archive_reason"))
        .col(big_integer("updated_at"))
        .col(big_integer("version"))
        .foreign_key(
            ForeignKey::create()
                .name("finance_profile_supplier")
                .from("ai_provider_finance_profile", "supplier_id")
                .to("supplier", "id")
                .on_delete(ForeignKeyAction::Restrict),
        )
        .to_owned()
}
