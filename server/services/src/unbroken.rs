//! Work that nobody may cut short: a provider has been asked for something that it gives once, and what it answers is lost unless it
//! is stored. Whoever stops this process waits for it.

use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// What is under way in this process. Clones share it.
#[derive(Clone, Default)]
pub struct Unbroken {
    held: TaskTracker,
    stopping: CancellationToken,
}

/// Held by a piece of work until it is done.
#[derive(Debug)]
pub struct Hold {
    _held: TaskTrackerToken,
}

impl Unbroken {
    /// Begins something; `None` when this process is about to stop, so that it must not be begun.
    pub fn begin(&self) -> Option<Hold> {
        // Held first: whoever stops has either said so by now, or waits for this.
        let hold = self.go_on();
        (!self.stopping.is_cancelled()).then_some(hold)
    }

    /// For what follows from something that has been begun, and is finished in any case.
    pub fn go_on(&self) -> Hold {
        Hold { _held: self.held.token() }
    }

    /// Lets nothing begin any more and waits for what is under way, not for ever; `false` when something is left.
    pub async fn stop(&self, patience: Duration) -> bool {
        self.stopping.cancel();
        self.held.close();
        if !self.held.is_empty() {
            tracing::info!(under_way = self.held.len(), "waiting until what providers answer is stored");
        }
        timeout(patience, self.held.wait()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_begun_is_waited_for_and_nothing_new_begins() {
        let unbroken = Unbroken::default();
        let hold = unbroken.begin().expect("nobody stops yet");
        let (work, stopping) = (unbroken.clone(), unbroken.clone());
        let stopped = tokio::spawn(async move { stopping.stop(Duration::from_mins(1)).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(work.begin().is_none() && !stopped.is_finished());
        let rest = work.go_on();
        drop(hold);
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!stopped.is_finished(), "what follows is waited for, too");
        drop(rest);
        assert!(stopped.await.expect("no panic"));
        let left = work.go_on();
        assert!(!work.stop(Duration::from_millis(20)).await, "not for ever");
        drop(left);
    }
}
