//! What hangs on contracts and suppliers.

use crate::convert::Row;
use crate::errors::{Fault, IntoStore};
use domain::finance::contract::History;
use domain::finance::supplier::SupplierUse;
use sea_orm::{ConnectionTrait, Statement, Value};
use services::ports::{StoreError, StoreResult};
use vocab::{ContractId, SupplierId};

/// The one number, called `number`, that a statement gives.
pub(super) async fn number<C: ConnectionTrait>(database: &C, sql: &str, values: Vec<Value>) -> StoreResult<i64> {
    let statement = Statement::from_sql_and_values(database.get_database_backend(), sql, values);
    let row = database.query_one_raw(statement).await.store()?;
    row.ok_or_else(|| StoreError::Failed(Box::new(Fault::words("a number was not told"))))?.try_get("", "number").store()
}

async fn counted<C: ConnectionTrait>(database: &C, table: &'static str, column: &'static str, id: uuid::Uuid) -> StoreResult<u64> {
    let sql = format!("SELECT COUNT(*) AS number FROM {table} WHERE {column} = $1");
    let counted = number(database, &sql, vec![id.into()]).await?;
    Row::new(table, &id).number(column, counted)
}

pub(super) async fn of_supplier<C: ConnectionTrait>(database: &C, id: SupplierId) -> StoreResult<SupplierUse> {
    Ok(SupplierUse {
        profiles: counted(database, "ai_provider_finance_profile", "supplier_id", id.uuid()).await?,
        contracts: counted(database, "supplier_contract", "supplier_id", id.uuid()).await?,
        bills: counted(database, "bill", "supplier_id", id.uuid()).await?,
    })
}

pub(super) async fn history<C: ConnectionTrait>(database: &C, id: ContractId) -> StoreResult<History> {
    Ok(History {
        bills: counted(database, "bill", "contract_id", id.uuid()).await?,
        snapshots: counted(database, "contract_usage_snapshot", "contract_id", id.uuid()).await?,
    })
}

/// Requests while it covered their provider, a day's figures, or a bill.
pub(super) async fn is_used<C: ConnectionTrait>(database: &C, id: ContractId) -> StoreResult<bool> {
    let sql = "SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM contract_coverage c \
               JOIN ai_provider_finance_profile p ON p.id = c.profile_id \
               JOIN usage_record u ON u.provider_id = p.provider_id AND u.\"at\" >= c.effective_from \
               AND (c.effective_to IS NULL OR u.\"at\" < c.effective_to) WHERE c.contract_id = $1) \
               OR EXISTS (SELECT 1 FROM contract_usage_snapshot WHERE contract_id = $1) \
               OR EXISTS (SELECT 1 FROM bill WHERE contract_id = $1) THEN 1 ELSE 0 END AS BIGINT) AS number";
    Ok(number(database, sql, vec![id.uuid().into()]).await? > 0)
}
