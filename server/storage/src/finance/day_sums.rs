//! Sums of use by day and model. Only the rows of the asked time are read, by the index on provider and instant.

use crate::convert::{Row, micros};
use crate::errors::IntoStore;
use domain::inference::TokenCounts;
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use services::ports::{DaySum, DaySumsOf, StoreResult};
use uuid::Uuid;
use vocab::AccessTokenId;

/// Instants are microseconds, so a day from a given start is a division.
const SUMS: &str = "(\"at\" - $4) / 86400000000 AS day, model_id, COUNT(*) AS requests, \
     CAST(SUM(CASE WHEN input_tokens IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS uncounted, \
     CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input, \
     CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output, \
     CAST(COALESCE(SUM(cache_read_tokens), 0) AS BIGINT) AS cache_read, \
     CAST(COALESCE(SUM(cache_write_tokens), 0) AS BIGINT) AS cache_write, \
     CAST(COALESCE(SUM(reasoning_tokens), 0) AS BIGINT) AS reasoning, \
     CAST(COALESCE(SUM(latency_ms), 0) AS BIGINT) AS milliseconds";

pub(super) async fn day_sums<C: ConnectionTrait>(database: &C, which: &DaySumsOf) -> StoreResult<Vec<DaySum>> {
    let (agent, keys) = if which.by_agent { (", token_id", "day, model_id, token_id") } else { ("", "day, model_id") };
    let sql = format!("SELECT {SUMS}{agent} FROM usage_record WHERE provider_id = $1 AND \"at\" >= $2 AND \"at\" < $3 GROUP BY {keys}");
    let values = [which.provider_id.as_str().into(), micros(which.from).into(), micros(which.to).into(), micros(which.origin).into()];
    let rows = database.query_all_raw(Statement::from_sql_and_values(database.get_database_backend(), sql, values)).await.store()?;
    rows.iter().map(|row| sum(row, which)).collect()
}

fn sum(row: &QueryResult, which: &DaySumsOf) -> StoreResult<DaySum> {
    let place = Row::new("usage_record", &which.provider_id);
    let count = |column: &'static str| place.number::<u64>(column, row.try_get::<i64>("", column).store()?);
    let token: Option<Uuid> = if which.by_agent { row.try_get("", "token_id").store()? } else { None };
    Ok(DaySum {
        day: place.number("at", row.try_get::<i64>("", "day").store()?)?,
        provider_id: which.provider_id.clone(),
        model_id: row.try_get("", "model_id").store()?,
        token_id: token.map(AccessTokenId::new),
        requests: count("requests")?,
        uncounted: count("uncounted")?,
        tokens: TokenCounts {
            input: count("input")?,
            output: count("output")?,
            cache_read: count("cache_read")?,
            cache_write: count("cache_write")?,
            reasoning: count("reasoning")?,
        },
        milliseconds: count("milliseconds")?,
    })
}
