//! Scheduled jobs.

use super::words::{chip, instant, noted, text};
use crate::wire::{AppError, Cell, ErrorCode, Fact, JobView};
use services::finance::JobRow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use vocab::Tone;
use vocab::finance::FinanceJob;

/// Every job.
pub fn jobs(rows: Vec<JobRow>, may_run: bool) -> Vec<JobView> {
    rows.into_iter().map(|row| job(row, may_run)).collect()
}

fn job(row: JobRow, may_run: bool) -> JobView {
    let fact = |label: &str, value: Cell| Fact { label: label.to_owned(), value };
    let state = match (row.is_running, row.succeeded) {
        (true, _) => chip("Running", Tone::Info),
        (false, Some(true)) => chip("Succeeded", Tone::Ok),
        (false, Some(false)) => chip("Failed", Tone::Bad),
        (false, None) => chip("Has not run yet", Tone::Neutral),
    };
    JobView {
        name: row.job.as_str().to_owned(),
        title: row.job.label().to_owned(),
        about: about(row.job).to_owned(),
        facts: vec![
            fact("Result", noted(state, row.result.unwrap_or_default())),
            fact("Last run", text(row.last_run.map_or_else(|| "Never".to_owned(), instant))),
            fact("Next run", text(row.next_run.map_or_else(|| "At once".to_owned(), instant))),
        ],
        may_run,
    }
}

const fn about(job: FinanceJob) -> &'static str {
    match job {
        FinanceJob::HandOff => "Tells Finance of providers that were connected, and tries again what failed.",
        FinanceJob::Upkeep => "Ends contracts, watches renewals, opens and closes work items.",
        FinanceJob::Prices => "Takes over the price lists that come with Purser.",
        FinanceJob::Evaluation => "Compares each contract's last complete day with what it includes.",
        FinanceJob::DraftBills => "Drafts the bills of billing periods that are due.",
    }
}

/// Another present, for practice.
///
/// # Errors
/// When it is no instant.
pub fn as_of(text: &str) -> Result<Option<OffsetDateTime>, AppError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = OffsetDateTime::parse(text.trim(), &Rfc3339);
    read.map(Some).map_err(|_| AppError::new(ErrorCode::Invalid, "Write the time as 2026-11-23T10:00:00Z."))
}
