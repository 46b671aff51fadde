//! The result of one verification call, and when to make the next.

use super::Standing;
use time::{Duration, OffsetDateTime};
use vocab::Verdict;

/// What one verification call told us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The classification.
    pub verdict: Verdict,
    /// The provider's own message, trimmed to 300 characters and free of control characters; empty when all is well.
    pub message: String,
    /// The provider's `Retry-After`, if it sent one.
    pub retry_after: Option<Duration>,
    /// Account name, e-mail or organisation, where the provider tells.
    pub account: Option<String>,
}

impl Check {
    /// All is well.
    pub const fn ok() -> Self {
        Self { verdict: Verdict::Ok, message: String::new(), retry_after: None, account: None }
    }

    /// Not well, with the provider's or the network's words.
    pub fn failed(verdict: Verdict, message: impl Into<String>) -> Self {
        Self { verdict, message: message.into(), retry_after: None, account: None }
    }
}

const FIRST_WAIT: Duration = Duration::seconds(15);
const LONGEST_WAIT: Duration = Duration::minutes(15);
const FUNDS_WAIT: Duration = Duration::minutes(30);

/// When to ask again after `attempts` checks in a row without a decision: 15 s, 30 s, 1 min … 15 min, or the
/// provider's own `Retry-After` if that is later (at most an hour).
pub fn next_check_after(attempts: u32, retry_after: Option<Duration>) -> Duration {
    let doubled = FIRST_WAIT * 2_i32.saturating_pow(attempts.saturating_sub(1).min(8));
    doubled.min(LONGEST_WAIT).max(retry_after.unwrap_or_default().min(Duration::hours(1)))
}

impl Standing {
    /// The standing after one more check.
    pub fn after(before: Option<&Self>, check: &Check, now: OffsetDateTime) -> Self {
        let message = check.message.clone();
        match check.verdict {
            Verdict::Ok => Self::Good { checked_at: now },
            why if why.heals_by_itself() => {
                let (attempts, was_good) = match before {
                    Some(Self::Waiting { attempts, was_good, .. }) => (attempts + 1, *was_good),
                    Some(Self::Good { .. }) => (1, true),
                    Some(Self::Refused { .. }) | None => (1, false),
                };
                let next_check_at = now + next_check_after(attempts, check.retry_after);
                Self::Waiting { why, message, checked_at: now, attempts, next_check_at, was_good }
            }
            why => {
                let next_check_at = (why == Verdict::NoFunds).then(|| now + FUNDS_WAIT);
                Self::Refused { why, message, checked_at: now, next_check_at }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn waits_double_and_honour_retry_after() {
        assert_eq!(next_check_after(1, None), Duration::seconds(15));
        assert_eq!(next_check_after(3, None), Duration::seconds(60));
        assert_eq!(next_check_after(40, None), Duration::minutes(15));
        assert_eq!(next_check_after(1, Some(Duration::minutes(5))), Duration::minutes(5));
        assert_eq!(next_check_after(1, Some(Duration::hours(30))), Duration::hours(1));
    }

    #[test]
    fn an_outage_remembers_that_it_was_good() {
        let now = datetime!(2026-11-23 10:00 UTC);
        let good = Standing::after(None, &Check::ok(), now);
        let down = Standing::after(Some(&good), &Check::failed(Verdict::ProviderDown, "503"), now);
        let still = Standing::after(Some(&down), &Check::failed(Verdict::Unreachable, "dns"), now);
        assert!(matches!(still, Standing::Waiting { attempts: 2, was_good: true, .. }));
        assert_eq!(Standing::after(Some(&still), &Check::ok(), now), Standing::Good { checked_at: now });
    }
}
