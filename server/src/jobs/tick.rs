//! One job: again and again, with a pause, under a lease where it needs one.

use crate::out::causes;
use crate::state::AppState;
use futures::FutureExt;
use futures::future::BoxFuture;
use services::ServiceResult;
use services::ports::LeaseOwner;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// What a job does in one tick.
pub type Work = for<'a> fn(&'a AppState) -> BoxFuture<'a, ServiceResult<()>>;

/// A job.
#[derive(Clone, Copy)]
pub struct Job {
    /// For the log and the lease.
    pub name: &'static str,
    /// Pause between two ticks; every tenth of it, more or less, is left to chance.
    pub every: Duration,
    /// Once in the whole installation, or once in every process?
    pub once: bool,
    /// Its work.
    pub work: Work,
}

/// How much longer than its pause a lease lasts: a tick may take a while.
const GRACE: Duration = Duration::from_mins(1);

/// Ticks until the server stops. The first tick comes at once.
pub async fn repeat(state: AppState, job: &'static Job) {
    let owner = LeaseOwner(state.environment.uuid().to_string());
    loop {
        tokio::select! {
            () = state.stopping.cancelled() => break,
            () = tick(&state, job, &owner) => {}
        }
        tokio::select! {
            () = state.stopping.cancelled() => break,
            () = tokio::time::sleep(with_jitter(&state, job.every)) => {}
        }
    }
    if job.once {
        drop(state.ports.installation.release_lease(job.name, &owner).await);
    }
}

async fn tick(state: &AppState, job: &Job, owner: &LeaseOwner) {
    let outcome = AssertUnwindSafe(guarded(state, job, owner)).catch_unwind().await;
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(job = job.name, error = causes(&error), "a job failed; it will be tried again"),
        Err(_) => tracing::error!(job = job.name, "a bug: a job panicked; it will be tried again"),
    }
}

async fn guarded(state: &AppState, job: &Job, owner: &LeaseOwner) -> ServiceResult<()> {
    if job.once && !state.ports.installation.take_lease(job.name, owner, job.every + GRACE).await? {
        return Ok(());
    }
    (job.work)(state).await
}

/// So that replicas started together do not knock together.
fn with_jitter(state: &AppState, every: Duration) -> Duration {
    let [dice] = state.environment.entropy().bytes::<1>();
    every * (950 + u32::from(dice) * 100 / 255) / 1000
}
