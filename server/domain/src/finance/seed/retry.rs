//! When to try a hand-off again that did not succeed.

use time::Duration;
use vocab::finance::SeedStatus;

/// What becomes of a hand-off after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Pending, or failed: then somebody is told. It is tried once a day all the same.
    pub status: SeedStatus,
    /// How long to wait.
    pub wait: Duration,
}

/// After the `failures`-th failure in a row: 1 and 5 minutes, half an hour, 2 hours, then daily.
pub const fn after_failure(failures: u32) -> Retry {
    let (status, wait) = match failures {
        0 | 1 => (SeedStatus::Pending, Duration::minutes(1)),
        2 => (SeedStatus::Pending, Duration::minutes(5)),
        3 => (SeedStatus::Pending, Duration::minutes(30)),
        4 => (SeedStatus::Pending, Duration::hours(2)),
        _ => (SeedStatus::Failed, Duration::DAY),
    };
    Retry { status, wait }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_is_reported_and_still_tried_daily() {
        let waits: Vec<i64> = (1..=6).map(|failures| after_failure(failures).wait.whole_minutes()).collect();
        assert_eq!(waits, [1, 5, 30, 120, 1_440, 1_440]);
        let failed: Vec<bool> = (1..=6).map(|failures| after_failure(failures).status == SeedStatus::Failed).collect();
        assert_eq!(failed, [false, false, false, false, true, true]);
    }
}
