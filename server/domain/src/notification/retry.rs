//! How long, and how often, a delivery is tried.

use time::Duration;

/// A delivery that nobody has taken after this time is given up.
pub const GIVE_UP_AFTER: Duration = Duration::days(1);

const FIRST_WAIT: Duration = Duration::seconds(10);
const LONGEST_WAIT: Duration = Duration::hours(1);

/// When to try again after `attempts` that failed: 10 s, 20 s, 40 s … an hour. `None` when the delivery is so old that the
/// next try would come after [`GIVE_UP_AFTER`].
pub fn next_try_after(attempts: u32, age: Duration) -> Option<Duration> {
    let doubled = FIRST_WAIT * 2_i32.saturating_pow(attempts.saturating_sub(1).min(10));
    let wait = doubled.min(LONGEST_WAIT);
    (age + wait < GIVE_UP_AFTER).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_end_after_a_day() {
        let after = |attempts| next_try_after(attempts, Duration::ZERO);
        assert_eq!([after(0), after(1), after(2), after(4)], [10, 10, 20, 80].map(|s| Some(Duration::seconds(s))));
        assert_eq!(after(u32::MAX), Some(LONGEST_WAIT));
        assert_eq!(next_try_after(30, Duration::hours(22)), Some(LONGEST_WAIT));
        assert_eq!(next_try_after(30, Duration::hours(23)), None);
        assert_eq!(next_try_after(1, Duration::days(9)), None);
    }
}
