//! Signed-in browsers.

use time::{Duration, OffsetDateTime};
use vocab::{SessionId, UserId};

/// A signed-in browser. The cookie's value is 32 random bytes; only its SHA-256 is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The row's id, safe to show.
    pub id: SessionId,
    /// Whose browser.
    pub user_id: UserId,
    /// SHA-256 of the cookie's value.
    pub secret_hash: [u8; 32],
    /// When they signed in.
    pub created_at: OffsetDateTime,
    /// When a request was last seen (to the minute; not every request writes).
    pub seen_at: OffsetDateTime,
    /// Where they signed in from.
    pub address: String,
    /// What the browser calls itself, at most 200 characters.
    pub user_agent: String,
}

/// When a session ends by itself.
#[derive(Debug, Clone, Copy)]
pub struct SessionRules {
    /// Longest pause between two requests.
    pub idle: Duration,
    /// Longest life whatever happens.
    pub absolute: Duration,
}

impl Default for SessionRules {
    fn default() -> Self {
        Self { idle: Duration::hours(24), absolute: Duration::days(14) }
    }
}

/// How far `seen_at` may lag behind: below it a request does not write.
pub const SEEN_STEP: Duration = Duration::minutes(1);

impl Session {
    /// Is the session over at `now`?
    pub fn is_expired(&self, now: OffsetDateTime, rules: &SessionRules) -> bool {
        now - self.seen_at >= rules.idle || now - self.created_at >= rules.absolute
    }

    /// Should `seen_at` be written?
    pub fn wants_touch(&self, now: OffsetDateTime) -> bool {
        now - self.seen_at >= SEEN_STEP
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn ends_by_idleness_and_by_age() {
        let start = datetime!(2026-11-23 10:00 UTC);
        let session = Session {
            id: SessionId::new(uuid::Uuid::nil()),
            user_id: UserId::new(uuid::Uuid::nil()),
            secret_hash: [0; 32],
            created_at: start,
            seen_at: start,
            address: String::new(),
            user_agent: String::new(),
        };
        let rules = SessionRules::default();
        assert!(!session.is_expired(start + Duration::hours(23), &rules));
        assert!(session.is_expired(start + Duration::hours(24), &rules));
        let busy = Session { seen_at: start + Duration::days(14), ..session };
        assert!(busy.is_expired(start + Duration::days(14), &rules));
    }
}
