//! Finance: contracts, what they cover and include, and prices.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, integer, integer_null, pk_uuid, text, text_null, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(contract()).await?;
        manager.create_index(index("supplier_contract_number", "supplier_contract", &["number"]).unique().to_owned()).await?;
        manager.create_index(index("supplier_contract_supplier_id", "supplier_contract", &["supplier_id"])).await?;
        let one_running = "CREATE UNIQUE INDEX supplier_contract_running ON supplier_contract (billing_account_key) \
                           WHERE status IN ('draft', 'active', 'suspended')";
        manager.get_connection().execute_unprepared(one_running).await?;
        manager.create_table(coverage()).await?;
        manager.create_index(index("contract_coverage_contract_id", "contract_coverage", &["contract_id"])).await?;
        let one_open = "CREATE UNIQUE INDEX contract_coverage_open ON contract_coverage (profile_id) WHERE effective_to IS NULL";
        manager.get_connection().execute_unprepared(one_open).await?;
        manager.create_table(allowance()).await?;
        manager.create_index(index("contract_allowance_contract_id", "contract_allowance", &["contract_id"])).await?;
        manager.create_table(price_fact()).await?;
        manager.create_index(index("ai_price_fact_model_id", "ai_price_fact", &["model_id"])).await?;
        manager.create_index(index("ai_price_fact_contract_id", "ai_price_fact", &["contract_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["ai_price_fact", "contract_allowance", "contract_coverage", "supplier_contract"]).await
    }
}

/// A reference that keeps what it points at.
fn kept(name: &'static str, from: (&'static str, &'static str), to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(from.0, from.1).to(to, "id").on_delete(ForeignKeyAction::Restrict).to_owned()
}

/// One version of a contract. `changed_at` and `changed_by` say since when and by whom it stands as `status` says.
fn contract() -> TableCreateStatement {
    let mut table = standing();
    terms(&mut table);
    table.foreign_key(&mut kept("supplier_contract_supplier", ("supplier_contract", "supplier_id"), "supplier"));
    table
}

fn standing() -> TableCreateStatement {
    Table::create()
        .table("supplier_contract")
        .col(pk_uuid("id"))
        .col(text("number"))
        .col(uuid("supplier_id"))
        .col(text("billing_account_key"))
        .col(text_null("suggested_type"))
        .col(text("status"))
        .col(big_integer_null("activated_at"))
        .col(uuid_null("activated_by"))
        .col(big_integer_null("changed_at"))
        .col(uuid_null("changed_by"))
        .col(text_null("ended_on"))
        .col(text_null("reason"))
        .col(uuid_null("successor_id"))
        .col(uuid_null("supersedes_id"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .col(big_integer("version"))
        .to_owned()
}

fn terms(table: &mut TableCreateStatement) {
    table
        .col(text_null("contract_type"))
        .col(uuid_null("budget_owner"))
        .col(text_null("currency"))
        .col(text_null("billing_cadence"))
        .col(text("billing_timing"))
        .col(text_null("commitment_amount"))
        .col(boolean("free_plan"))
        .col(text_null("minimum_spend"))
        .col(text_null("budget_amount"))
        .col(text("budget_window"))
        .col(boolean("allows_overage"))
        .col(text_null("start_date"))
        .col(text_null("end_date"))
        .col(text_null("renewal_date"))
        .col(integer_null("notice_days"))
        .col(text_null("anchor_date"))
        .col(text("time_zone"))
        .col(text("proration"))
        .col(text_null("billing_url"))
        .col(text_null("usage_url"))
        .col(text_null("payment_terms"))
        .col(text_null("account_code"))
        .col(text_null("notes"));
}

/// From one instant on, perhaps until another, a profile's use belongs to a contract.
fn coverage() -> TableCreateStatement {
    Table::create()
        .table("contract_coverage")
        .col(uuid("profile_id"))
        .col(big_integer("effective_from"))
        .col(big_integer_null("effective_to"))
        .col(uuid("contract_id"))
        .primary_key(Index::create().col("profile_id").col("effective_from"))
        .foreign_key(&mut kept("contract_coverage_profile", ("contract_coverage", "profile_id"), "ai_provider_finance_profile"))
        .foreign_key(&mut kept("contract_coverage_contract", ("contract_coverage", "contract_id"), "supplier_contract"))
        .to_owned()
}

/// `scope_filter` is JSON: providers and models.
fn allowance() -> TableCreateStatement {
    Table::create()
        .table("contract_allowance")
        .col(pk_uuid("id"))
        .col(uuid("contract_id"))
        .col(text("name"))
        .col(text("metric_key"))
        .col(text("scope_filter"))
        .col(text("usage_unit"))
        .col(text_null("included_quantity"))
        .col(text("reset_interval"))
        .col(text_null("rollover_cap"))
        .col(boolean("prorate_included"))
        .col(text_null("overage_price"))
        .col(text_null("overage_price_per"))
        .col(text_null("overage_currency"))
        .col(text("valuation_method"))
        .col(text_null("unit_value"))
        .col(text_null("commitment_weight"))
        .col(text("low_threshold_pct"))
        .col(text("critical_threshold_pct"))
        .col(text("underuse_threshold_pct"))
        .col(integer("sort_order"))
        .col(text("effective_from"))
        .col(text_null("effective_to"))
        .foreign_key(&mut kept("contract_allowance_contract", ("contract_allowance", "contract_id"), "supplier_contract"))
        .to_owned()
}

/// Exactly one of `provider_id` and `vendor_key` is set.
fn price_fact() -> TableCreateStatement {
    Table::create()
        .table("ai_price_fact")
        .col(pk_uuid("id"))
        .col(text_null("provider_id"))
        .col(text_null("vendor_key"))
        .col(text("model_id"))
        .col(text("meter"))
        .col(text("price"))
        .col(text("per"))
        .col(text("currency"))
        .col(big_integer("tier_start"))
        .col(text_null("variant"))
        .col(text("effective_from"))
        .col(text_null("effective_to"))
        .col(text("source"))
        .col(text("source_version"))
        .col(uuid_null("contract_id"))
        .foreign_key(&mut kept("ai_price_fact_contract", ("ai_price_fact", "contract_id"), "supplier_contract"))
        .to_owned()
}
