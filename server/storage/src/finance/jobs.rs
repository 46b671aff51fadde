//! What Finance's jobs did, on the database's clock.

use crate::clock::now_sql;
use crate::convert::{Row, text};
use crate::database::Storage;
use crate::errors::IntoStore;
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use services::ports::{JobRecord, JobRepo, StoreResult};
use std::time::Duration;
use vocab::finance::FinanceJob;

#[async_trait]
impl JobRepo for Storage {
    async fn jobs(&self) -> StoreResult<Vec<JobRecord>> {
        let sql = "SELECT name, started_at, ended_at, succeeded, result, next_run_at FROM finance_job ORDER BY name";
        let rows = self.readers().query_all_raw(Statement::from_string(self.backend(), sql)).await.store()?;
        rows.iter().map(record).collect()
    }

    async fn is_due(&self, job: FinanceJob) -> StoreResult<bool> {
        let sql = format!("SELECT name FROM finance_job WHERE name = $1 AND next_run_at > {}", now_sql(self.backend()));
        let statement = Statement::from_sql_and_values(self.backend(), sql, [job.as_str().into()]);
        Ok(self.readers().query_one_raw(statement).await.store()?.is_none())
    }

    async fn began(&self, job: FinanceJob) -> StoreResult<()> {
        let now = now_sql(self.backend());
        let sql = format!(
            "INSERT INTO finance_job (name, started_at, next_run_at) VALUES ($1, {now}, {now}) \
             ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at"
        );
        self.run(sql, vec![job.as_str().into()]).await
    }

    async fn ended(&self, job: FinanceJob, succeeded: bool, result: &str, wait: Duration) -> StoreResult<()> {
        let now = now_sql(self.backend());
        let sql = format!("UPDATE finance_job SET ended_at = {now}, succeeded = $1, result = $2, next_run_at = {now} + $3 WHERE name = $4");
        let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX / 4);
        self.run(sql, vec![succeeded.into(), text(result).into(), wait.into(), job.as_str().into()]).await
    }
}

impl Storage {
    async fn run(&self, sql: String, values: Vec<Value>) -> StoreResult<()> {
        self.writer().execute_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await.store().map(drop)
    }
}

fn record(row: &QueryResult) -> StoreResult<JobRecord> {
    let name: String = row.try_get("", "name").store()?;
    let place = Row::new("finance_job", &name);
    Ok(JobRecord {
        job: place.word("name", &name)?,
        started_at: place.at_some("started_at", row.try_get("", "started_at").store()?)?,
        ended_at: place.at_some("ended_at", row.try_get("", "ended_at").store()?)?,
        succeeded: row.try_get("", "succeeded").store()?,
        result: row.try_get("", "result").store()?,
        next_run_at: place.at("next_run_at", row.try_get("", "next_run_at").store()?)?,
    })
}
