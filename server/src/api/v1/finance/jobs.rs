//! `GET /api/v1/finance/jobs`, `POST /api/v1/finance/jobs/{job}/run`

use super::fields::Fields;
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use app::convert::moment;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use services::ServiceError;
use services::finance::JobRow;
use time::OffsetDateTime;
use utoipa::ToSchema;
use vocab::finance::FinanceJob;

/// Finance's jobs.
#[derive(Serialize, ToSchema)]
pub struct JobList {
    /// In the order they build on one another.
    jobs: Vec<JobView>,
}

/// A job and what it did last.
#[derive(Serialize, ToSchema)]
pub struct JobView {
    #[schema(value_type = words::FinanceJob)]
    job: FinanceJob,
    /// The job in words.
    label: &'static str,
    #[schema(format = DateTime)]
    last_run: Option<String>,
    /// Did it do what it should?
    succeeded: Option<bool>,
    /// What it did, or why it failed.
    result: Option<String>,
    #[schema(format = DateTime)]
    next_run: Option<String>,
    running: bool,
}

/// How to run a job.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobRun {
    /// Another present, for simulated days; in practice mode only.
    #[schema(format = DateTime)]
    #[serde(default)]
    as_of: Option<String>,
}

impl From<JobRow> for JobView {
    fn from(row: JobRow) -> Self {
        let at = |at: Option<OffsetDateTime>| at.map(|at| moment(at).iso);
        Self {
            job: row.job,
            label: row.job.label(),
            last_run: at(row.last_run),
            succeeded: row.succeeded,
            result: row.result,
            next_run: at(row.next_run),
            running: row.is_running,
        }
    }
}

/// Finance's jobs
#[utoipa::path(
    get,
    path = "/api/v1/finance/jobs",
    operation_id = "list_finance_jobs",
    tag = "finance",
    responses((status = 200, description = "Every job.", body = JobList), Refusals)
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<JobList>, Problem> {
    let rows = state.services.finance.jobs(&caller).await?;
    Ok(Json(JobList { jobs: rows.into_iter().map(JobView::from).collect() }))
}

/// Run a job now
#[utoipa::path(
    post,
    path = "/api/v1/finance/jobs/{job}/run",
    operation_id = "run_finance_job",
    tag = "finance",
    params(("job" = words::FinanceJob, Path, description = "Which job.")),
    request_body = JobRun,
    responses(
        (status = 200, description = "What it did.", body = JobView),
        (status = 404, description = "No such job.", body = ErrorBody),
        (status = 409, description = "It is running already.", body = ErrorBody),
        (status = 422, description = "Another present is for practice only.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn run(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(job): Id<FinanceJob>,
    Body(body): Body<JobRun>,
) -> Result<Json<JobView>, Problem> {
    caller.require(vocab::Permission::ManageFinance).map_err(ServiceError::from)?;
    let mut fields = Fields::default();
    let as_of = fields.instant("as_of", body.as_of.as_deref());
    let as_of = fields.done(Some(as_of))?;
    if as_of.is_some() && !state.settings.practice {
        return Err(ServiceError::field("as_of", "only a practice installation can play another day").into());
    }
    Ok(Json(state.services.finance.run_job(&caller, job, as_of).await?.into()))
}
