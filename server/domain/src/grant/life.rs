//! How a signed-in grant lives.

use time::{Duration, OffsetDateTime};

/// A signed-in grant's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// When the access token was issued: at sign-in, or by the last refresh.
    pub issued_at: OffsetDateTime,
    /// When it stops working.
    pub access_expires_at: OffsetDateTime,
    /// When the whole grant is known to end whatever we do, for example a token that cannot be refreshed.
    pub ends_at: Option<OffsetDateTime>,
    /// Whether and when it is refreshed.
    pub refresh: Refresh,
}

/// Whether and when a grant is refreshed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// There is no refresh token: it ends with its access token.
    Never,
    /// All is well; the next refresh is due then.
    Due {
        /// When.
        at: OffsetDateTime,
    },
    /// The last attempts brought no decision.
    Retrying {
        /// Attempts in a row.
        failures: u32,
        /// The next one.
        at: OffsetDateTime,
        /// The provider's or the network's own words.
        message: String,
    },
    /// The provider ended it: a person has to sign in again.
    Ended {
        /// When.
        at: OffsetDateTime,
        /// The provider's error code.
        code: String,
        /// Its own words.
        message: String,
    },
}

/// A [`Life`] laid flat, for storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeFacts {
    /// [`Life::issued_at`].
    pub issued_at: OffsetDateTime,
    /// [`Life::access_expires_at`].
    pub access_expires_at: OffsetDateTime,
    /// [`Life::ends_at`].
    pub ends_at: Option<OffsetDateTime>,
    /// `never`, `due`, `retrying` or `ended`.
    pub refresh: &'static str,
    /// When the refresh is due, tried again, or ended.
    pub refresh_at: Option<OffsetDateTime>,
    /// Attempts in a row that brought no decision.
    pub failures: u32,
    /// The provider's error code; empty unless ended.
    pub code: String,
    /// Words of the last failure; may be empty.
    pub message: String,
}

impl Life {
    /// How long the access token was meant to live.
    pub fn lifetime(&self) -> Duration {
        (self.access_expires_at - self.issued_at).max(Duration::ZERO)
    }

    /// When the next refresh is due by itself.
    pub const fn refresh_at(&self) -> Option<OffsetDateTime> {
        match &self.refresh {
            Refresh::Due { at } | Refresh::Retrying { at, .. } => Some(*at),
            Refresh::Never | Refresh::Ended { .. } => None,
        }
    }

    /// Laid flat.
    pub fn facts(&self) -> LifeFacts {
        let (refresh, refresh_at, failures, code, message) = match self.refresh.clone() {
            Refresh::Never => ("never", None, 0, String::new(), String::new()),
            Refresh::Due { at } => ("due", Some(at), 0, String::new(), String::new()),
            Refresh::Retrying { failures, at, message } => ("retrying", Some(at), failures, String::new(), message),
            Refresh::Ended { at, code, message } => ("ended", Some(at), 0, code, message),
        };
        let Self { issued_at, access_expires_at, ends_at, .. } = *self;
        LifeFacts { issued_at, access_expires_at, ends_at, refresh, refresh_at, failures, code, message }
    }

    /// Built up again from [`LifeFacts`]' columns; `None` when they contradict each other.
    pub fn from_columns(
        refresh: &str,
        refresh_at: Option<OffsetDateTime>,
        failures: u32,
        words: (String, String),
        times: (OffsetDateTime, OffsetDateTime, Option<OffsetDateTime>),
    ) -> Option<Self> {
        let (code, message) = words;
        let refresh = match refresh {
            "never" => Refresh::Never,
            "due" => Refresh::Due { at: refresh_at? },
            "retrying" => Refresh::Retrying { failures, at: refresh_at?, message },
            "ended" => Refresh::Ended { at: refresh_at?, code, message },
            _ => return None,
        };
        let (issued_at, access_expires_at, ends_at) = times;
        Some(Self { issued_at, access_expires_at, ends_at, refresh })
    }
}
