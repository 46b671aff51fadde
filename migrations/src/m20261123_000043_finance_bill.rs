//! Finance: bills, their lines, and which billing periods were drafted.

use crate::{drop_tables, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, integer, pk_uuid, text, text_null, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(bill()).await?;
        manager.create_index(index("bill_number", "bill", &["number"]).unique().to_owned()).await?;
        manager.create_index(index("bill_source_key", "bill", &["source_key"]).unique().to_owned()).await?;
        manager.create_index(index("bill_supplier_id", "bill", &["supplier_id"])).await?;
        manager.create_index(index("bill_contract_id", "bill", &["contract_id"])).await?;
        manager.create_table(line()).await?;
        manager.create_index(index("bill_line_item_bill_id", "bill_line_item", &["bill_id"])).await?;
        manager.create_table(period()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["contract_billing_period", "bill_line_item", "bill"]).await
    }
}

/// Amounts are in `currency` and follow from the lines; they are kept beside them for lists. `source_key` is
/// `contract:period:kind:revision` of a bill that was drafted.
fn bill() -> TableCreateStatement {
    Table::create()
        .table("bill")
        .col(pk_uuid("id"))
        .col(text("number"))
        .col(uuid("supplier_id"))
        .col(uuid_null("contract_id"))
        .col(text("status"))
        .col(text_null("returned"))
        .col(big_integer_null("changed_at"))
        .col(uuid_null("changed_by"))
        .col(text_null("reason"))
        .col(text_null("paid_on"))
        .col(text_null("invoice_ref"))
        .col(text_null("source_key"))
        .col(text("issue_date"))
        .col(text("due_date"))
        .col(text("currency"))
        .col(text("subtotal"))
        .col(text("tax_amount"))
        .col(text("total_amount"))
        .col(text("amount_paid"))
        .col(text("amount_due"))
        .col(boolean("is_estimate"))
        .col(text_null("notes"))
        .col(uuid_null("created_by"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .col(big_integer("version"))
        .foreign_key(
            ForeignKey::create()
                .name("bill_supplier")
                .from("bill", "supplier_id")
                .to("supplier", "id")
                .on_delete(ForeignKeyAction::Restrict),
        )
        .to_owned()
}

fn line() -> TableCreateStatement {
    Table::create()
        .table("bill_line_item")
        .col(pk_uuid("id"))
        .col(uuid("bill_id"))
        .col(integer("sort_order"))
        .col(text("kind"))
        .col(text("description"))
        .col(text("quantity"))
        .col(text("unit_price"))
        .col(text("tax_rate"))
        .col(text("net"))
        .col(text("tax_amount"))
        .col(text_null("account_code"))
        .col(text_null("service_period_start"))
        .col(text_null("service_period_end"))
        .col(uuid_null("allowance_id"))
        .foreign_key(
            ForeignKey::create()
                .name("bill_line_item_bill")
                .from("bill_line_item", "bill_id")
                .to("bill", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

/// The memory of what was drafted, whatever becomes of the bill.
fn period() -> TableCreateStatement {
    Table::create()
        .table("contract_billing_period")
        .col(uuid("contract_id"))
        .col(text("period_start"))
        .col(text("kind"))
        .col(integer("revision"))
        .col(text("period_end"))
        .col(text("status"))
        .col(text_null("skip_reason"))
        .col(uuid_null("bill_id"))
        .primary_key(Index::create().col("contract_id").col("period_start").col("kind").col("revision"))
        .to_owned()
}
