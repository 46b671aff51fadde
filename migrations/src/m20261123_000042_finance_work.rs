//! Finance: each day's figures, and what is still to be done.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, integer, pk_uuid, text, text_null, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(snapshot()).await?;
        let day = index("contract_usage_snapshot_day", "contract_usage_snapshot", &["subject_id", "snapshot_date"]);
        manager.create_index(day.clone().unique().to_owned()).await?;
        let contract = &["contract_id", "snapshot_date"];
        manager.create_index(index("contract_usage_snapshot_contract", "contract_usage_snapshot", contract)).await?;
        manager.create_table(work_item()).await?;
        manager.create_index(index("finance_work_item_number", "finance_work_item", &["number"]).unique().to_owned()).await?;
        let one_open = "CREATE UNIQUE INDEX finance_work_item_open ON finance_work_item (dedupe_key) \
                        WHERE status IN ('open', 'in_progress')";
        manager.get_connection().execute_unprepared(one_open).await?;
        manager.create_index(index("finance_work_item_status", "finance_work_item", &["status", "due_at"])).await?;
        manager.create_index(index("finance_work_item_contract_id", "finance_work_item", &["contract_id"])).await?;
        manager.create_index(index("finance_work_item_profile_id", "finance_work_item", &["profile_id"])).await?;
        manager.create_index(index("finance_work_item_supplier_id", "finance_work_item", &["supplier_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["finance_work_item", "contract_usage_snapshot"]).await
    }
}

/// One row a subject and local day. `subject_id` is the allowance's id, or the contract's where it has none. Quantities
/// are cumulative since the period began.
fn snapshot() -> TableCreateStatement {
    Table::create()
        .table("contract_usage_snapshot")
        .col(pk_uuid("id"))
        .col(uuid("contract_id"))
        .col(uuid_null("allowance_id"))
        .col(uuid("subject_id"))
        .col(text("snapshot_date"))
        .col(text("period_start"))
        .col(text("period_end"))
        .col(integer("days_elapsed"))
        .col(integer("days_in_period"))
        .col(text("source_type"))
        .col(text("confidence"))
        .col(text("consumed_quantity"))
        .col(text_null("included_quantity"))
        .col(boolean("has_figures"))
        .col(text_null("remaining_quantity"))
        .col(text_null("utilization_pct"))
        .col(text_null("projected_quantity"))
        .col(text_null("projected_utilization_pct"))
        .col(text_null("pace"))
        .col(text_null("days_to_exhaustion"))
        .col(text_null("projected_unused_quantity"))
        .col(text_null("projected_unused_value"))
        .col(text_null("projected_overage_quantity"))
        .col(text_null("projected_overage_cost"))
        .col(text_null("overage_quantity"))
        .col(text_null("overage_cost"))
        .col(text_null("realized_unused_value"))
        .col(text("currency"))
        .col(text_null("usage_cost_estimate"))
        .col(text_null("usage_cost_currency"))
        .col(text("input_hash"))
        .col(integer("revision"))
        .col(boolean("is_final"))
        .col(text("notes"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .to_owned()
}

/// `metadata` is a JSON object. No foreign keys: an item is a record of its own, and what it is about is never deleted.
fn work_item() -> TableCreateStatement {
    Table::create()
        .table("finance_work_item")
        .col(pk_uuid("id"))
        .col(text("number"))
        .col(text("kind"))
        .col(text("status"))
        .col(text("severity"))
        .col(text("title"))
        .col(text_null("description"))
        .col(text("metadata"))
        .col(text("dedupe_key"))
        .col(uuid_null("profile_id"))
        .col(uuid_null("contract_id"))
        .col(uuid_null("supplier_id"))
        .col(uuid_null("allowance_id"))
        .col(uuid_null("bill_id"))
        .col(uuid_null("owner"))
        .col(big_integer_null("due_at"))
        .col(big_integer_null("snoozed_until"))
        .col(big_integer("first_seen_at"))
        .col(big_integer("last_seen_at"))
        .col(integer("occurrences"))
        .col(big_integer_null("resolved_at"))
        .col(text_null("resolution"))
        .col(uuid_null("resolved_by"))
        .col(big_integer("updated_at"))
        .to_owned()
}
