//! Writing: everything or nothing, and only on what the decision was made from.

use crate::convert::micros;
use crate::entity::{
    ai_price_fact, bill, bill_line_item, contract_allowance, contract_billing_period, contract_coverage, contract_reported_usage,
    contract_usage_snapshot, finance_profile, finance_work_item, outbox_event, supplier, supplier_contract,
};
use crate::errors::IntoStore;
use domain::finance::bill::{Bill, BillingPeriod};
use domain::finance::contract::CoverageChange;
use domain::finance::evaluation::{Reported, Snapshot};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set, Statement};
use services::ports::conflict::OVERTAKEN;
use services::ports::{FinanceWrite, Revision, StoreError, StoreResult};
use time::OffsetDateTime;
use vocab::OutboxId;
use vocab::finance::SeedStatus;

/// Takes the next revision, or is refused, then writes in the order given. On PostgreSQL the revision's row is locked
/// until the end, so writers follow one another.
pub(super) async fn apply(tx: &DatabaseTransaction, based_on: Revision, writes: &[FinanceWrite]) -> StoreResult<()> {
    let next = "UPDATE finance_revision SET revision = revision + 1 WHERE id = 1 AND revision = $1";
    let next = Statement::from_sql_and_values(tx.get_database_backend(), next, [based_on.0.into()]);
    if tx.execute_raw(next).await.store()?.rows_affected() == 0 {
        return Err(StoreError::Conflict(OVERTAKEN));
    }
    for write in writes {
        one(tx, write).await?;
    }
    Ok(())
}

async fn one(tx: &DatabaseTransaction, write: &FinanceWrite) -> StoreResult<()> {
    use FinanceWrite as W;
    match write {
        W::InsertSupplier(row) => insert(tx, supplier::ActiveModel::from(row)).await,
        W::UpdateSupplier(row) => supplier::ActiveModel::from(row).update(tx).await.store().map(drop),
        W::DeleteSupplier(id) => supplier::Entity::delete_by_id(id.uuid()).exec(tx).await.store().map(drop),
        W::InsertProfile(row) => insert(tx, finance_profile::ActiveModel::from(row)).await,
        W::UpdateProfile(row) => finance_profile::ActiveModel::from(row).update(tx).await.store().map(drop),
        W::InsertContract(row) => insert(tx, supplier_contract::ActiveModel::from(row)).await,
        W::UpdateContract(row) => supplier_contract::ActiveModel::from(row).update(tx).await.store().map(drop),
        W::Coverage(change) => coverage(tx, change).await,
        W::Allowances(id, rows) => {
            use contract_allowance::{ActiveModel, Column, Entity};
            Entity::delete_many().filter(Column::ContractId.eq(id.uuid())).exec(tx).await.store()?;
            for row in rows {
                insert(tx, ActiveModel::from(row)).await?;
            }
            Ok(())
        }
        W::InsertPrice(row) => insert(tx, ai_price_fact::ActiveModel::from(row)).await,
        W::UpdatePrice(row) => ai_price_fact::ActiveModel::from(row).update(tx).await.store().map(drop),
        W::DeletePrice(id) => ai_price_fact::Entity::delete_by_id(id.uuid()).exec(tx).await.store().map(drop),
        W::InsertItem(row) => insert(tx, finance_work_item::ActiveModel::from(row)).await,
        W::UpdateItem(row) => finance_work_item::ActiveModel::from(row).update(tx).await.store().map(drop),
        W::InsertSnapshot(row, at) => insert(tx, new_snapshot(row, *at)).await,
        W::UpdateSnapshot(row, at) => contract_usage_snapshot::active(row, *at).update(tx).await.store().map(drop),
        W::Report(row) => report(tx, row).await,
        W::DeleteReport(row) => report_gone(tx, row).await,
        W::InsertBill(row, at) => {
            insert(tx, bill::ActiveModel { created_at: Set(micros(*at)), ..bill::active(row, *at)? }).await?;
            lines(tx, row).await
        }
        W::UpdateBill(row, at) => update_bill(tx, row, *at).await,
        W::BillingPeriod(row) => billing_period(tx, row).await,
        W::HandedOff(ids, status) => handed_off(tx, ids, *status).await,
    }
}

async fn handed_off(tx: &DatabaseTransaction, ids: &[OutboxId], status: SeedStatus) -> StoreResult<()> {
    use outbox_event::{Column, Entity};
    let these = Entity::update_many().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let done = these.col_expr(Column::Status, Expr::value(status.as_str())).col_expr(Column::LastError, Expr::value(None::<String>));
    done.exec(tx).await.store().map(drop)
}

async fn update_bill(tx: &DatabaseTransaction, row: &Bill, at: OffsetDateTime) -> StoreResult<()> {
    bill::active(row, at)?.update(tx).await.store()?;
    lines(tx, row).await
}

/// Every line of a bill, in place of those it has.
async fn lines(tx: &DatabaseTransaction, bill: &Bill) -> StoreResult<()> {
    use bill_line_item::{Column, Entity};
    Entity::delete_many().filter(Column::BillId.eq(bill.id.uuid())).exec(tx).await.store()?;
    for row in bill_line_item::active(bill) {
        insert(tx, row).await?;
    }
    Ok(())
}

async fn billing_period(tx: &DatabaseTransaction, row: &BillingPeriod) -> StoreResult<()> {
    use contract_billing_period::{ActiveModel, Column, Entity};
    let key = [Column::ContractId, Column::PeriodStart, Column::Kind, Column::Revision];
    let now = OnConflict::columns(key).update_columns([Column::PeriodEnd, Column::Status, Column::SkipReason, Column::BillId]).to_owned();
    Entity::insert(ActiveModel::from(row)).on_conflict(now).exec_without_returning(tx).await.store().map(drop)
}

fn new_snapshot(row: &Snapshot, at: OffsetDateTime) -> contract_usage_snapshot::ActiveModel {
    contract_usage_snapshot::ActiveModel { created_at: Set(micros(at)), ..contract_usage_snapshot::active(row, at) }
}

async fn report_gone(tx: &DatabaseTransaction, row: &Reported) -> StoreResult<()> {
    let key = (row.contract_id.uuid(), row.allowance_id.uuid(), row.date.to_string());
    contract_reported_usage::Entity::delete_by_id(key).exec(tx).await.store().map(drop)
}

async fn report(tx: &DatabaseTransaction, row: &Reported) -> StoreResult<()> {
    use contract_reported_usage::{ActiveModel, Column, Entity};
    let key = [Column::ContractId, Column::AllowanceId, Column::ReportDate];
    let now = OnConflict::columns(key).update_columns([Column::Quantity, Column::Note, Column::EnteredAt, Column::EnteredBy]).to_owned();
    Entity::insert(ActiveModel::from(row)).on_conflict(now).exec_without_returning(tx).await.store().map(drop)
}

async fn insert<A>(tx: &DatabaseTransaction, row: A) -> StoreResult<()>
where
    A: ActiveModelTrait,
{
    A::Entity::insert(row).exec_without_returning(tx).await.store().map(drop)
}

async fn coverage(tx: &DatabaseTransaction, change: &CoverageChange) -> StoreResult<()> {
    use contract_coverage::{ActiveModel, Entity};
    let key = |coverage: &domain::finance::contract::Coverage| (coverage.profile_id.uuid(), micros(coverage.from));
    match change {
        CoverageChange::Close { coverage, at } => {
            let ended = domain::finance::contract::Coverage { to: Some(*at), ..*coverage };
            ActiveModel::from(&ended).update(tx).await.store().map(drop)
        }
        CoverageChange::Remove(coverage) => Entity::delete_by_id(key(coverage)).exec(tx).await.store().map(drop),
        CoverageChange::Open(coverage) => insert(tx, ActiveModel::from(coverage)).await,
    }
}
