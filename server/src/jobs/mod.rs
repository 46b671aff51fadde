//! Loops, and nothing but loops: what is due and what follows from it is decided elsewhere.
//!
//! A job that must run once an installation holds a lease, judged on the database's clock; another replica takes over
//! when its holder is gone. A tick that fails is logged and the next one comes all the same.

mod events;
mod tick;
mod work;

pub use events::follow_log;

use crate::state::AppState;
use std::time::Duration;
use tokio::task::JoinSet;

/// How long jobs may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// The jobs that run.
pub struct Jobs(JoinSet<()>);

/// Starts every job; they end when the state says so.
pub fn start(state: &AppState) -> Jobs {
    let mut jobs = JoinSet::new();
    jobs.spawn(follow_log(state.clone()));
    for job in work::ALL {
        jobs.spawn(tick::repeat(state.clone(), job));
    }
    Jobs(jobs)
}

impl Jobs {
    /// Waits for them, not for ever.
    pub async fn end(mut self) {
        let all = async { while self.0.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::warn!("ending jobs that did not end by themselves");
            self.0.shutdown().await;
        }
    }
}
