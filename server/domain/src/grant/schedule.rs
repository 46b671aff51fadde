//! When a grant is refreshed, how long its access token is used, and how long to wait after a failure.

use super::{Life, Refresh, TokenError, TokenErrorKind};
use time::{Duration, OffsetDateTime};

/// Assumed where the provider does not say (RFC 6749 §5.1 makes `expires_in` optional).
pub const ASSUMED_LIFETIME: Duration = Duration::hours(1);
/// The longest lead, for tokens of hours and days.
const LONGEST_LEAD: Duration = Duration::minutes(10);
/// Tokens are not used in their last moments: the request would arrive too late, and clocks differ.
const LONGEST_SKEW: Duration = Duration::seconds(30);
/// Grants nobody uses are refreshed at least this often, or some providers forget them.
const KEEP_ALIVE: Duration = Duration::hours(24);
const FIRST_WAIT: Duration = Duration::seconds(5);
const LONGEST_WAIT: Duration = Duration::minutes(5);
/// A known end this close is shown as expiring soon.
pub const WARNING: Duration = Duration::days(3);

/// How long before its end a token of this lifetime is refreshed: a tenth, at most ten minutes.
pub fn lead(lifetime: Duration) -> Duration {
    LONGEST_LEAD.min(lifetime / 10)
}

/// How long before its end a token of this lifetime is no longer sent: a twentieth, at most thirty seconds.
pub fn skew(lifetime: Duration) -> Duration {
    LONGEST_SKEW.min(lifetime / 20)
}

/// When a token issued at `issued_at` for `lifetime` is refreshed. `dice` (0 to 255) spreads grants made together over one
/// more half of the lead.
pub fn refresh_at(issued_at: OffsetDateTime, lifetime: Duration, dice: u8) -> OffsetDateTime {
    let lead = lead(lifetime);
    let jitter: Duration = lead * i32::from(dice) / (2 * i32::from(u8::MAX));
    issued_at + KEEP_ALIVE.min(lifetime - lead - jitter)
}

impl Life {
    /// The life of tokens that have just been issued.
    pub fn begin(now: OffsetDateTime, expires_in: Option<Duration>, refreshable: bool, ends_at: Option<OffsetDateTime>, dice: u8) -> Self {
        let lifetime = expires_in.unwrap_or(ASSUMED_LIFETIME);
        let refresh = if refreshable { Refresh::Due { at: refresh_at(now, lifetime, dice) } } else { Refresh::Never };
        let access_expires_at = now + lifetime;
        Self { issued_at: now, access_expires_at, ends_at: ends_at.or((!refreshable).then_some(access_expires_at)), refresh }
    }

    /// May the access token be sent at `now`?
    pub fn usable(&self, now: OffsetDateTime) -> bool {
        now < self.usable_until()
    }

    /// Until when the access token is sent.
    pub fn usable_until(&self) -> OffsetDateTime {
        self.access_expires_at - skew(self.lifetime())
    }

    /// Shall it be refreshed now, ahead of time?
    pub fn due(&self, now: OffsetDateTime) -> bool {
        self.refresh_at().is_some_and(|at| at <= now)
    }

    /// May a refresh be sent at all? After a failure only once its wait is over, unless a person insists.
    pub fn may_refresh(&self, now: OffsetDateTime) -> bool {
        match &self.refresh {
            Refresh::Due { .. } => true,
            Refresh::Retrying { at, .. } => *at <= now,
            Refresh::Never | Refresh::Ended { .. } => false,
        }
    }

    /// The life after a failed refresh. A code that ends the sign-in ends it; anything else is waited out.
    #[must_use]
    pub fn after_failure(self, error: &TokenError, now: OffsetDateTime) -> Self {
        let refresh = match error.kind {
            TokenErrorKind::Ended => Refresh::Ended { at: now, code: error.code.clone(), message: error.message.clone() },
            TokenErrorKind::Transient | TokenErrorKind::Unanswered => {
                let failures = match &self.refresh {
                    Refresh::Retrying { failures, .. } => failures.saturating_add(1),
                    _ => 1,
                };
                Refresh::Retrying { failures, at: self.retry_at(error, failures, now), message: error.message.clone() }
            }
        };
        Self { refresh, ..self }
    }

    /// A request that was sent and not answered may have spent the refresh token. Asking again could make the provider revoke
    /// everything, so the access token is used up first.
    fn retry_at(&self, error: &TokenError, failures: u32, now: OffsetDateTime) -> OffsetDateTime {
        let wait = wait_after(failures, error.retry_after);
        match error.kind {
            TokenErrorKind::Unanswered => (now + wait).max(self.usable_until().min(now + KEEP_ALIVE)),
            _ => now + wait,
        }
    }

    /// Will it end soon, unless somebody does something? An end that moves on with every refresh is close only when refreshes
    /// have failed for long.
    pub fn ends_soon(&self, now: OffsetDateTime) -> bool {
        let notice = |end: OffsetDateTime| match self.refresh {
            Refresh::Never => self.lifetime().max(Duration::hours(1)) * 2,
            _ => (end - self.issued_at) / 4,
        };
        self.ends_at.is_some_and(|end| end - now <= WARNING.min(notice(end)))
    }
}

/// 5 s, 10 s, 20 s … 5 min, or the provider's own `Retry-After`, held between five seconds and five minutes.
pub fn wait_after(failures: u32, retry_after: Option<Duration>) -> Duration {
    let doubled = (FIRST_WAIT * 2_i32.saturating_pow(failures.saturating_sub(1).min(8))).min(LONGEST_WAIT);
    retry_after.map_or(doubled, |asked| asked.clamp(FIRST_WAIT, LONGEST_WAIT))
}
