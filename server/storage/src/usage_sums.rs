//! Sums of usage, made by the database, exact to the last decimal.

use crate::convert::{Row, micros};
use crate::entity::usage_record::join;
use crate::errors::IntoStore;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use services::ports::{StoreResult, UsageBucket, UsageFilter, UsageGroup};
use std::cmp::Reverse;
use time::{Date, Duration, macros::date};
use uuid::Uuid;

/// What is summed. A cost is summed in three integers, so that it stays exact and no number of rows overflows.
const SUMS: &str = "COUNT(*) AS requests, \
     CAST(SUM(CASE WHEN outcome = 'completed' THEN 0 ELSE 1 END) AS BIGINT) AS failed, \
     CAST(COALESCE(SUM(input_tokens + cache_read_tokens + cache_write_tokens), 0) AS BIGINT) AS input_tokens, \
     CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens, \
     CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS cost_micros, \
     CAST(COALESCE(SUM(cost_rest / 1000000), 0) AS BIGINT) AS cost_rest_high, \
     CAST(COALESCE(SUM(cost_rest % 1000000), 0) AS BIGINT) AS cost_rest_low, \
     CAST(SUM(CASE WHEN input_tokens IS NULL OR (cost IS NULL AND cost_basis NOT IN ('included', 'compute')) \
     THEN 1 ELSE 0 END) AS BIGINT) AS unpriced";

/// Sums in order of key for days and of cost otherwise.
pub(crate) async fn sums<C: ConnectionTrait>(database: &C, filter: &UsageFilter, group: UsageGroup) -> StoreResult<Vec<UsageBucket>> {
    let rows = database.query_all_raw(statement(database.get_database_backend(), filter, group)).await.store()?;
    let mut buckets = rows.iter().map(|row| bucket(row, group)).collect::<StoreResult<Vec<_>>>()?;
    match group {
        UsageGroup::Day => buckets.sort_by(|a, b| a.key.cmp(&b.key)),
        UsageGroup::Provider | UsageGroup::Model | UsageGroup::Token => {
            buckets.sort_by(|a, b| (Reverse(a.cost), &a.key).cmp(&(Reverse(b.cost), &b.key)));
        }
    }
    Ok(buckets)
}

fn statement(backend: DbBackend, filter: &UsageFilter, group: UsageGroup) -> Statement {
    let keys = match group {
        // Instants are microseconds, so a day of UTC is a division.
        UsageGroup::Day => "\"at\" / 86400000000",
        UsageGroup::Provider => "provider_id",
        UsageGroup::Model => "provider_id, model_id",
        UsageGroup::Token => "token_id",
    };
    let named = if group == UsageGroup::Day { format!("{keys} AS day") } else { keys.to_owned() };
    let mut values: Vec<Value> = vec![micros(filter.from).into(), micros(filter.to).into()];
    let mut only = String::new();
    if let Some(provider) = &filter.provider_id {
        values.push(provider.as_str().into());
        only = format!("{only} AND provider_id = ${}", values.len());
    }
    if let Some(token) = filter.token_id {
        values.push(token.uuid().into());
        only = format!("{only} AND token_id = ${}", values.len());
    }
    let sql = format!("SELECT {named}, {SUMS} FROM usage_record WHERE \"at\" >= $1 AND \"at\" < $2{only} GROUP BY {keys}");
    Statement::from_sql_and_values(backend, sql, values)
}

fn bucket(row: &QueryResult, group: UsageGroup) -> StoreResult<UsageBucket> {
    let key = key(row, group)?;
    let place = Row::new("usage_record", &key);
    let number = |column: &'static str| row.try_get::<i64>("", column).store();
    let count = |column: &'static str| number(column).and_then(|sum| place.number::<u64>(column, sum));
    let rest = i128::from(number("cost_rest_high")?) * 1_000_000 + i128::from(number("cost_rest_low")?);
    Ok(UsageBucket {
        requests: count("requests")?,
        failed: count("failed")?,
        input_tokens: count("input_tokens")?,
        output_tokens: count("output_tokens")?,
        cost: join(number("cost_micros")?, rest).ok_or_else(|| place.bad("cost_micros"))?,
        unpriced: count("unpriced")?,
        key: key.clone(),
    })
}

fn key(row: &QueryResult, group: UsageGroup) -> StoreResult<String> {
    let word = |column| row.try_get::<String>("", column).store();
    Ok(match group {
        UsageGroup::Day => day(row.try_get("", "day").store()?)?.to_string(),
        UsageGroup::Provider => word("provider_id")?,
        UsageGroup::Model => format!("{}/{}", word("provider_id")?, word("model_id")?),
        UsageGroup::Token => row.try_get::<Option<Uuid>>("", "token_id").store()?.map(|id| id.to_string()).unwrap_or_default(),
    })
}

/// The day a number of days after 1970-01-01.
fn day(number: i64) -> StoreResult<Date> {
    let day = date!(1970 - 01 - 01).checked_add(Duration::days(number));
    day.ok_or_else(|| Row::new("usage_record", &number).bad("at"))
}
