//! Every sealed value, wherever it lies.

use crate::database::Storage;
use crate::errors::IntoStore;
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use services::ports::places::{DEVICE_CODE, FLOW_SECRETS, GRANT_CREDENTIAL, SealedPlace};
use services::ports::{SealedRepo, SealedValue, StoreResult};
use uuid::Uuid;

/// Where one kind of sealed value is stored. Its table has a uuid `id`.
struct Kept {
    place: SealedPlace,
    column: &'static str,
}

/// All of them, in order of table and field. A new one is one line.
const KEPT: &[Kept] = &[
    Kept { place: DEVICE_CODE, column: "sealed" },
    Kept { place: GRANT_CREDENTIAL, column: "sealed" },
    Kept { place: FLOW_SECRETS, column: "sealed" },
];

#[async_trait]
impl SealedRepo for Storage {
    async fn count(&self) -> StoreResult<u64> {
        let mut all = 0;
        for Kept { place, column } in KEPT {
            let sql = format!("SELECT COUNT({column}) AS sealed FROM {}", place.table);
            let row = self.readers().query_one_raw(Statement::from_string(self.backend(), sql)).await.store()?;
            let sealed: i64 = row.map_or(Ok(0), |row| row.try_get("", "sealed")).store()?;
            all += u64::try_from(sealed).unwrap_or_default();
        }
        Ok(all)
    }

    async fn page(&self, after: Option<&str>, limit: u32) -> StoreResult<Vec<SealedValue>> {
        let after = after.and_then(cursor);
        let mut page = Vec::new();
        for kept in KEPT {
            let place = (kept.place.table, kept.place.field);
            let from = match &after {
                Some((table, field, _)) if (*table, *field) > place => continue,
                Some((table, field, row)) if (*table, *field) == place => *row,
                _ => Uuid::nil(),
            };
            let room = i64::from(limit).saturating_sub(i64::try_from(page.len()).unwrap_or(i64::MAX));
            if room > 0 {
                page.extend(self.sealed_after(kept, from, room).await?);
            }
        }
        Ok(page)
    }

    async fn replace(&self, old: &SealedValue, new: Vec<u8>) -> StoreResult<bool> {
        let here = |kept: &&Kept| kept.place == SealedPlace { table: old.table, field: old.field };
        let (Some(Kept { place, column }), Ok(id)) = (KEPT.iter().find(here), old.row.parse::<Uuid>()) else { return Ok(false) };
        let sql = format!("UPDATE {} SET {column} = $1 WHERE id = $2 AND {column} = $3", place.table);
        let values: [Value; 3] = [new.into(), id.into(), old.sealed.clone().into()];
        let done = self.writer().execute_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store()?;
        Ok(done.rows_affected() > 0)
    }
}

impl Storage {
    async fn sealed_after(&self, kept: &Kept, after: Uuid, limit: i64) -> StoreResult<Vec<SealedValue>> {
        let Kept { place, column } = kept;
        let sql = format!("SELECT id, {column} AS sealed FROM {} WHERE id > $1 AND {column} IS NOT NULL ORDER BY id LIMIT $2", place.table);
        let values: [Value; 2] = [after.into(), limit.into()];
        let rows = self.readers().query_all_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store()?;
        rows.iter().map(|row| read(place, row)).collect()
    }
}

fn read(place: &SealedPlace, row: &QueryResult) -> StoreResult<SealedValue> {
    let id: Uuid = row.try_get("", "id").store()?;
    Ok(SealedValue { table: place.table, row: id.to_string(), field: place.field, sealed: row.try_get("", "sealed").store()? })
}

/// `table/row/field`, as [`SealedRepo::page`] takes it.
fn cursor(text: &str) -> Option<(&str, &str, Uuid)> {
    let mut parts = text.split('/');
    let (table, row, field) = (parts.next()?, parts.next()?, parts.next()?);
    Some((table, field, row.parse().ok()?))
}
