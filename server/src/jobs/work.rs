//! What the jobs do, each in a line or two.

use super::tick::Job;
use crate::http::provider_sign_in::listener;
use crate::out::causes;
use crate::state::AppState;
use domain::people::Caller;
use futures::FutureExt;
use services::ServiceResult;
use services::ports::LeaseOwner;
use std::future::{Ready, ready};
use std::time::Duration;
use vocab::Health;
use vocab::finance::FinanceJob;

/// Connections checked in one tick.
const CHECKS: u32 = 20;
/// Sign-ins refreshed in one tick.
const REFRESHES: u32 = 50;
/// How long events stay for pages that come back.
const EVENTS_KEPT: time::Duration = time::Duration::hours(1);
/// How long notifications stay after they were closed.
const NOTIFICATIONS_KEPT: time::Duration = time::Duration::days(90);
/// The lease of a day's model sync: as nobody renews it, it is the day.
const DAY: &str = "models-of-the-day";

/// Every job with a fixed pause.
pub const ALL: &[Job] = &[
    Job { name: "find-local-engines", every: Duration::from_secs(15), once: true, work: |state| find_local_engines(state).boxed() },
    Job { name: "check-what-is-due", every: Duration::from_secs(5), once: true, work: |state| check_what_is_due(state).boxed() },
    Job { name: "refresh-what-is-due", every: Duration::from_secs(5), once: true, work: |state| refresh_what_is_due(state).boxed() },
    Job { name: "sweep-sign-ins", every: Duration::from_secs(15), once: true, work: |state| sweep_sign_ins(state).boxed() },
    // Each sign-in keeps its own pace; this only looks whose turn it is, and every process may.
    Job { name: "poll-device-codes", every: Duration::from_millis(500), once: false, work: |state| poll_device_codes(state).boxed() },
    Job { name: "sweep-device-codes", every: Duration::from_secs(3), once: true, work: |state| sweep_device_codes(state).boxed() },
    Job { name: "end-expired-sessions", every: Duration::from_mins(10), once: true, work: |state| end_expired_sessions(state).boxed() },
    // Whose turn a build is, is decided with the row itself.
    Job { name: "take-builds", every: Duration::from_secs(1), once: false, work: |state| state.services.builds.take_turns().boxed() },
    Job { name: "prune-events", every: Duration::from_mins(5), once: true, work: |state| prune_events(state).boxed() },
    Job { name: "tell-operators", every: Duration::from_secs(3), once: true, work: |state| tell_operators(state).boxed() },
    // Whose turn a delivery is, is decided with the delivery itself: every process may look.
    Job { name: "deliver-notifications", every: Duration::from_secs(2), once: false, work: |state| deliver_notifications(state).boxed() },
    Job { name: "prune-notifications", every: Duration::from_hours(1), once: true, work: |state| prune_notifications(state).boxed() },
    // Each of Finance's jobs has its own times, lease and record: every process may look.
    Job { name: "finance", every: Duration::from_secs(20), once: false, work: |state| finance(state).boxed() },
    Job { name: "sync-models", every: Duration::from_hours(1), once: true, work: |state| sync_models(state).boxed() },
    Job { name: "note-token-uses", every: Duration::from_secs(10), once: false, work: |state| note_token_uses(state).boxed() },
    Job { name: "keep-listeners", every: Duration::from_secs(2), once: false, work: |state| listener::keep(state).boxed() },
    Job { name: "tidy-metrics", every: Duration::from_secs(5), once: false, work: |state| tidy_metrics(state).boxed() },
];

async fn find_local_engines(state: &AppState) -> ServiceResult<()> {
    state.services.connections.look_for_local_engines().await
}

async fn check_what_is_due(state: &AppState) -> ServiceResult<()> {
    let now = state.ports.installation.now().await?;
    state.services.connections.recheck_due(now, CHECKS).await.map(drop)
}

async fn refresh_what_is_due(state: &AppState) -> ServiceResult<()> {
    let now = state.ports.installation.now().await?;
    state.services.grants.refresh_due(now, REFRESHES).await.map(drop)
}

async fn poll_device_codes(state: &AppState) -> ServiceResult<()> {
    state.services.device_sign_in.poll_due().await
}

async fn sweep_device_codes(state: &AppState) -> ServiceResult<()> {
    state.services.device_sign_in.sweep().await
}

async fn sweep_sign_ins(state: &AppState) -> ServiceResult<()> {
    state.services.sign_in.sweep().await
}

async fn end_expired_sessions(state: &AppState) -> ServiceResult<()> {
    let ended = state.services.people.end_expired_sessions().await?;
    if ended > 0 {
        tracing::debug!(ended, "expired sessions ended");
    }
    Ok(())
}

/// In the order they build on one another; one that fails is in its record and does not stop the next.
async fn finance(state: &AppState) -> ServiceResult<()> {
    for job in FinanceJob::ALL {
        if let Err(error) = state.services.finance.run_due(*job).await {
            tracing::warn!(job = job.as_str(), error = causes(&error), "a finance job failed; it will be tried again");
        }
    }
    Ok(())
}

async fn prune_events(state: &AppState) -> ServiceResult<()> {
    let now = state.ports.installation.now().await?;
    state.ports.events.prune(now - EVENTS_KEPT).await?;
    Ok(())
}

async fn tell_operators(state: &AppState) -> ServiceResult<()> {
    state.services.notifications.reconcile().await.map(drop)
}

async fn deliver_notifications(state: &AppState) -> ServiceResult<()> {
    state.services.notifications.deliver_due().await.map(drop)
}

async fn prune_notifications(state: &AppState) -> ServiceResult<()> {
    let now = state.ports.installation.now().await?;
    state.services.notifications.prune(now - NOTIFICATIONS_KEPT).await.map(drop)
}

async fn note_token_uses(state: &AppState) -> ServiceResult<()> {
    state.services.access_tokens.flush_uses().await
}

fn tidy_metrics(state: &AppState) -> Ready<ServiceResult<()>> {
    state.metrics.run_upkeep();
    ready(Ok(()))
}

/// Once a day, and not again after a restart: a lease that a fresh owner takes and nobody gives back.
async fn sync_models(state: &AppState) -> ServiceResult<()> {
    let today = LeaseOwner(state.environment.uuid().to_string());
    let day = Duration::from_hours(24) - Duration::from_mins(10);
    if !state.ports.installation.take_lease(DAY, &today, day).await? {
        return Ok(());
    }
    let caller = Caller::system();
    for found in state.services.overview.list(&caller).await? {
        if found.connection.is_none() || found.health.health != Health::Connected {
            continue;
        }
        if let Err(error) = state.services.models.sync(&caller, &found.provider.id).await {
            tracing::info!(provider = %found.provider.id, error = causes(&error), "the daily model sync failed for this provider");
        }
    }
    Ok(())
}
