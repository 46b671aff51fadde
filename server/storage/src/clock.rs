//! The database's own clock and dice.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use services::ports::{StoreError, StoreResult};
use uuid::Uuid;

use crate::errors::{Fault, IntoStore};

/// SQL for the present instant in microseconds.
pub(crate) const fn now_sql(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
        _ => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
    }
}

/// The present instant in microseconds, as the database sees it.
pub(crate) async fn now<C: ConnectionTrait>(database: &C) -> StoreResult<i64> {
    let backend = database.get_database_backend();
    let statement = Statement::from_string(backend, format!("SELECT {} AS now", now_sql(backend)));
    let row = database.query_one_raw(statement).await.store()?.ok_or_else(no_answer)?;
    row.try_get("", "now").store()
}

/// The present instant and a version 7 uuid for it, for rows whose id the caller does not know.
pub(crate) async fn now_and_id<C: ConnectionTrait>(database: &C) -> StoreResult<(i64, Uuid)> {
    let backend = database.get_database_backend();
    let dice = match backend {
        DbBackend::Sqlite => "randomblob(16)",
        _ => "uuid_send(gen_random_uuid())",
    };
    let statement = Statement::from_string(backend, format!("SELECT {} AS now, {dice} AS dice", now_sql(backend)));
    let row = database.query_one_raw(statement).await.store()?.ok_or_else(no_answer)?;
    let now: i64 = row.try_get("", "now").store()?;
    let dice: Vec<u8> = row.try_get("", "dice").store()?;
    // Bytes 6 and 8 of a random uuid are partly fixed; these ten are not.
    let random: Vec<u8> = dice.iter().copied().take(6).chain(dice.iter().copied().skip(9).take(4)).collect();
    let random: [u8; 10] = random.try_into().map_err(|_| no_answer())?;
    let millis = u64::try_from(now / 1000).unwrap_or_default();
    Ok((now, uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()))
}

fn no_answer() -> StoreError {
    StoreError::Failed(Box::new(Fault::words("the database did not tell its time")))
}
