//! Slowing down password guessing, per account and per address, counted in the database.

use time::{Duration, OffsetDateTime};

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ThrottleKey {
    /// Failed sign-ins of one account, whoever tries.
    Account(String),
    /// Failed sign-ins from one address, whichever account.
    Address(String),
}

impl ThrottleKey {
    /// The key as stored.
    pub fn text(&self) -> String {
        match self {
            Self::Account(email) => format!("account:{email}"),
            Self::Address(address) => format!("address:{address}"),
        }
    }

    /// Failures that cost nothing before waiting begins. An address may be a whole office.
    pub const fn free_failures(&self) -> u32 {
        match self {
            Self::Account(_) => 5,
            Self::Address(_) => 20,
        }
    }
}

/// Failures in a row and the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many since the last success or the last quiet day.
    pub count: u32,
    /// When the last one was.
    pub last_at: OffsetDateTime,
}

/// A day without failures forgives.
pub const FORGET_AFTER: Duration = Duration::hours(24);
const LONGEST_WAIT: Duration = Duration::minutes(15);

impl Failures {
    /// When the next try is allowed, if it is not allowed at `now`: 2, 4, 8 … seconds after each failure beyond the
    /// free ones, at most fifteen minutes. A guesser is slowed to four tries an hour; nobody is locked out for good.
    pub fn blocked_until(self, key: &ThrottleKey, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let beyond = self.count.checked_sub(key.free_failures())?;
        if now - self.last_at >= FORGET_AFTER {
            return None;
        }
        let wait = Duration::seconds(1 << (beyond + 1).min(20)).min(LONGEST_WAIT);
        let until = self.last_at + wait;
        (until > now).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let now = datetime!(2026-11-23 10:00 UTC);
        let key = ThrottleKey::Account("a@b.c".into());
        let wait = |count| Failures { count, last_at: now }.blocked_until(&key, now).map(|until| until - now);
        assert_eq!(wait(4), None);
        assert_eq!(wait(5), Some(Duration::seconds(2)));
        assert_eq!(wait(7), Some(Duration::seconds(8)));
        assert_eq!(wait(60), Some(Duration::minutes(15)));
        let old = Failures { count: 60, last_at: now - FORGET_AFTER };
        assert_eq!(old.blocked_until(&key, now), None);
    }
}
