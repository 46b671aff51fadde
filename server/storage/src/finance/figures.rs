//! Snapshots, bills and billing periods, read.

use super::day_sums;
use super::used::number;
use crate::convert::{Row, instant};
use crate::database::Storage;
use crate::entity::{bill, bill_line_item, contract_billing_period, contract_usage_snapshot};
use crate::errors::IntoStore;
use async_trait::async_trait;
use domain::finance::bill::{Bill, BillingPeriod};
use domain::finance::evaluation::Snapshot;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, Statement};
use services::ports::{BillsOf, DaySum, DaySumsOf, FigureRepo, SnapshotsOf, StoreResult};
use std::collections::HashMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;
use vocab::{BillId, ContractId};

#[async_trait]
impl FigureRepo for Storage {
    async fn day_sums(&self, which: &DaySumsOf) -> StoreResult<Vec<DaySum>> {
        day_sums::day_sums(self.readers(), which).await
    }

    async fn measured_since(&self) -> StoreResult<Option<OffsetDateTime>> {
        let first = number(self.readers(), "SELECT COALESCE(MIN(\"at\"), -1) AS number FROM usage_record", vec![]).await?;
        Ok(if first < 0 { None } else { instant(first) })
    }

    async fn snapshots(&self, which: &SnapshotsOf) -> StoreResult<Vec<Snapshot>> {
        use contract_usage_snapshot::{Column, Entity};
        let found = Entity::find().filter(snapshots(which)).order_by_asc(Column::SnapshotDate).order_by_asc(Column::SubjectId);
        found.all(self.readers()).await.store()?.into_iter().map(Snapshot::try_from).collect()
    }

    async fn newest_days(&self) -> StoreResult<Vec<(ContractId, Option<Date>)>> {
        let database = self.readers();
        let statement = Statement::from_string(database.get_database_backend(), NEWEST_DAYS.to_owned());
        let rows = database.query_all_raw(statement).await.store()?;
        let day = |row: &QueryResult| {
            let contract: Uuid = row.try_get("", "contract_id").store()?;
            let newest: Option<String> = row.try_get("", "day").store()?;
            let place = Row::new("contract_usage_snapshot", &contract);
            Ok((ContractId::new(contract), place.date_some("snapshot_date", newest.as_deref())?))
        };
        rows.iter().map(day).collect()
    }

    async fn bills(&self, which: &BillsOf) -> StoreResult<Vec<Bill>> {
        use bill::{Column, Entity};
        use bill_line_item::{Column as LineColumn, Entity as Line};
        let found = Entity::find().filter(bills(which)).order_by_desc(Column::IssueDate).order_by_desc(Column::Number);
        let found = found.all(self.readers()).await.store()?;
        let of_these = LineColumn::BillId.is_in(found.iter().map(|bill| bill.id));
        let mut lines: HashMap<_, Vec<_>> = HashMap::new();
        for line in Line::find().filter(of_these).order_by_asc(LineColumn::SortOrder).all(self.readers()).await.store()? {
            lines.entry(line.bill_id).or_default().push(line);
        }
        let with_lines = |row: bill::Model| {
            let lines = lines.remove(&row.id).unwrap_or_default();
            bill::bill(&row, lines)
        };
        found.into_iter().map(with_lines).collect()
    }

    async fn bill_stamps(&self, contract: ContractId) -> StoreResult<HashMap<BillId, (OffsetDateTime, OffsetDateTime)>> {
        let found = bill::Entity::find().filter(bill::Column::ContractId.eq(contract.uuid())).all(self.readers()).await.store()?;
        let stamps = |bill: bill::Model| {
            let row = Row::new("bill", &bill.id);
            let stamps = (row.at("created_at", bill.created_at)?, row.at("updated_at", bill.updated_at)?);
            Ok((BillId::new(bill.id), stamps))
        };
        found.into_iter().map(stamps).collect()
    }

    async fn last_bill(&self) -> StoreResult<u64> {
        // `BILL-2026-000042`: one sequence for all years.
        let sql = "SELECT COALESCE(MAX(CAST(SUBSTR(number, 11) AS BIGINT)), 0) AS number FROM bill";
        let last = number(self.readers(), sql, vec![]).await?;
        Row::new("bill", &last).number("number", last)
    }

    async fn billing_periods(&self, contract: ContractId) -> StoreResult<Vec<BillingPeriod>> {
        use contract_billing_period::{Column, Entity};
        let found = Entity::find().filter(Column::ContractId.eq(contract.uuid()));
        let found = found.order_by_asc(Column::PeriodStart).order_by_asc(Column::Kind).order_by_asc(Column::Revision);
        found.all(self.readers()).await.store()?.into_iter().map(BillingPeriod::try_from).collect()
    }
}

/// One search in the index of subjects and days for each, however long the history is.
const NEWEST_DAYS: &str = "SELECT contract_id, \
     (SELECT MAX(s.snapshot_date) FROM contract_usage_snapshot s WHERE s.subject_id = a.id) AS day \
     FROM contract_allowance a UNION ALL SELECT id AS contract_id, \
     (SELECT MAX(s.snapshot_date) FROM contract_usage_snapshot s WHERE s.subject_id = c.id) AS day \
     FROM supplier_contract c WHERE contract_type = 'metered'";
/// The newest of a subject, and the newest that is final.
const NEWEST: &str = "snapshot_date = (SELECT MAX(s.snapshot_date) FROM contract_usage_snapshot s \
                      WHERE s.subject_id = contract_usage_snapshot.subject_id)";
const NEWEST_FINAL: &str = "snapshot_date = (SELECT MAX(s.snapshot_date) FROM contract_usage_snapshot s \
                            WHERE s.subject_id = contract_usage_snapshot.subject_id AND s.is_final)";

fn snapshots(which: &SnapshotsOf) -> Condition {
    use contract_usage_snapshot::Column;
    let of = |id: &ContractId| Column::ContractId.eq(id.uuid());
    match which {
        SnapshotsOf::Since(id, day) => Condition::all().add(of(id)).add(Column::SnapshotDate.gte(day.to_string())),
        SnapshotsOf::Newest(ids) => Condition::all().add(Column::ContractId.is_in(ids.iter().map(|id| id.uuid()))).add(Expr::cust(NEWEST)),
        SnapshotsOf::NewestFinal(id) => Condition::all().add(of(id)).add(Expr::cust(NEWEST_FINAL)),
        SnapshotsOf::Closed(id, day) => Condition::all()
            .add(of(id))
            .add(Column::IsFinal.eq(true))
            .add(Column::SnapshotDate.gte(day.to_string()))
            .add(Expr::cust("days_elapsed = days_in_period")),
    }
}

fn bills(which: &BillsOf) -> Condition {
    use bill::Column;
    let BillsOf { status, supplier, contract, ids } = which;
    Condition::all()
        .add_option(status.map(|status| Column::Status.eq(status.as_str())))
        .add_option(supplier.map(|id| Column::SupplierId.eq(id.uuid())))
        .add_option(contract.map(|id| Column::ContractId.eq(id.uuid())))
        .add_option((!ids.is_empty()).then(|| Column::Id.is_in(ids.iter().copied().map(BillId::uuid))))
}
