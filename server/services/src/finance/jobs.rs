//! Finance's scheduled jobs: what is due runs once in the whole installation, under a lease judged on the database's
//! clock, and leaves a record of what it did. A page only reads that record.

use super::Finance;
use crate::error::ServiceResult;
use crate::ports::{JobRecord, LeaseOwner};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::people::Caller;
use std::time::Duration;
use time::OffsetDateTime;
use vocab::Permission;
use vocab::finance::FinanceJob;

/// Nobody else runs a job that long; a crash costs no more than this.
const LEASE: Duration = Duration::from_mins(15);
/// When a job that failed is tried again.
const AFTER_FAILURE: Duration = Duration::from_mins(5);

/// A job and what it did last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Which.
    pub job: FinanceJob,
    /// When its last run ended.
    pub last_run: Option<OffsetDateTime>,
    /// Did it do what it should?
    pub succeeded: Option<bool>,
    /// What it did, or why it failed.
    pub result: Option<String>,
    /// When it is due; `None` before its first run, which is at once.
    pub next_run: Option<OffsetDateTime>,
    /// Is it running now?
    pub is_running: bool,
}

impl Finance {
    /// Every job, in the order they build on one another.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_finance`.
    pub async fn jobs(&self, caller: &Caller) -> ServiceResult<Vec<JobRow>> {
        caller.require(Permission::ViewFinance)?;
        let (records, now) = (self.jobs.jobs().await?, self.installation.now().await?);
        let row = |job: &FinanceJob| row(*job, records.iter().find(|record| record.job == *job), now);
        Ok(FinanceJob::ALL.iter().map(row).collect())
    }

    /// Runs a job now. `as_of` is another present for simulated days; only practice mode gives one.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `manage_finance`, [`crate::ServiceError::Refused`] while it runs elsewhere.
    pub async fn run_job(&self, caller: &Caller, job: FinanceJob, as_of: Option<OffsetDateTime>) -> ServiceResult<JobRow> {
        caller.require(Permission::ManageFinance)?;
        let owner = LeaseOwner(self.environment.uuid().to_string());
        if !self.installation.take_lease(&lease(job), &owner, LEASE).await? {
            return Err(crate::ServiceError::Refused(format!("{} is running already; look again in a moment.", job.label())));
        }
        let trail = TrailBuilder::new(&self.environment, caller).done(Action::FINANCE_JOB, Object::Finance, job.label());
        self.audit.append(trail.build().audit).await?;
        self.work(job, &owner, as_of).await?;
        let (records, now) = (self.jobs.jobs().await?, self.installation.now().await?);
        Ok(row(job, records.iter().find(|record| record.job == job), now))
    }

    /// Runs a job if its time is come and nobody else is at it. A loop calls it.
    ///
    /// # Errors
    /// When the database does not answer; what the job itself says is in its record.
    pub async fn run_due(&self, job: FinanceJob) -> ServiceResult<()> {
        if !self.jobs.is_due(job).await? {
            return Ok(());
        }
        let owner = LeaseOwner(self.environment.uuid().to_string());
        if !self.installation.take_lease(&lease(job), &owner, LEASE).await? {
            return Ok(());
        }
        // Somebody may just have done it.
        if self.jobs.is_due(job).await? {
            return self.work(job, &owner, None).await;
        }
        Ok(self.installation.release_lease(&lease(job), &owner).await?)
    }

    async fn work(&self, job: FinanceJob, owner: &LeaseOwner, as_of: Option<OffsetDateTime>) -> ServiceResult<()> {
        self.jobs.began(job).await?;
        let done = self.done(job, as_of).await;
        let (succeeded, words) = match &done {
            Ok((succeeded, words)) => (*succeeded, words.clone()),
            Err(error) => (false, error.to_string()),
        };
        let wait = if succeeded { Duration::from_secs(u64::from(job.minutes()) * 60) } else { AFTER_FAILURE };
        self.jobs.ended(job, succeeded, &words, wait).await?;
        self.installation.release_lease(&lease(job), owner).await?;
        done.map(drop)
    }

    /// Did everything succeed, and what was done in words?
    async fn done(&self, job: FinanceJob, as_of: Option<OffsetDateTime>) -> ServiceResult<(bool, String)> {
        let now = match as_of {
            Some(now) => now,
            None => self.installation.now().await?,
        };
        Ok(match job {
            FinanceJob::HandOff => (true, counted(self.seeding.handle_due().await?, "provider handed over", "providers handed over")),
            FinanceJob::Prices => (true, counted(self.renew_prices(now).await?, "price taken over", "prices taken over")),
            FinanceJob::Upkeep => {
                let run = self.upkeep(now).await?;
                let words = counted(run.contracts, "contract brought up to date", "contracts brought up to date");
                with_failures(words, &run.failed)
            }
            FinanceJob::Evaluation => {
                let run = self.evaluate_due(now).await?;
                let words = format!("{}, {}", counted(run.contracts, "contract", "contracts"), counted(run.days, "day", "days"));
                with_failures(words, &run.failed)
            }
            FinanceJob::DraftBills => {
                let run = self.draft_due_bills(now).await?;
                let words = format!(
                    "{}, {}",
                    counted(run.drafted, "bill drafted", "bills drafted"),
                    counted(run.skipped, "period passed over", "periods passed over")
                );
                with_failures(words, &run.failed)
            }
        })
    }
}

fn lease(job: FinanceJob) -> String {
    format!("finance-job:{job}")
}

fn counted(count: u32, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn with_failures(words: String, failed: &[(String, String)]) -> (bool, String) {
    match failed.first() {
        None => (true, words),
        Some((number, why)) => (false, format!("{words}; {} failed, first {number}: {why}", failed.len())),
    }
}

fn row(job: FinanceJob, record: Option<&JobRecord>, now: OffsetDateTime) -> JobRow {
    let is_running = |record: &JobRecord| {
        record.started_at.is_some_and(|started| record.ended_at.is_none_or(|ended| ended < started) && now - started < LEASE)
    };
    JobRow {
        job,
        last_run: record.and_then(|record| record.ended_at),
        succeeded: record.and_then(|record| record.succeeded),
        result: record.and_then(|record| record.result.clone()),
        next_run: record.map(|record| record.next_run_at),
        is_running: record.is_some_and(is_running),
    }
}
