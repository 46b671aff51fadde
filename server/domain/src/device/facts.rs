//! A [`DeviceState`] laid flat, for storage.

use super::place::{Shown, UserCode};
use super::reason::FailureReason;
use super::schedule::Schedule;
use super::state::{Asking, DeviceState, Waiting};
use secrecy::SecretString;
use time::{Duration, OffsetDateTime};
use url::Url;
use vocab::DevicePhase;

/// One row's worth. Only [`device_code`](Self::device_code) is a secret and has to be sealed.
#[derive(Debug, Clone)]
pub struct DeviceFacts {
    /// The phase.
    pub phase: DevicePhase,
    /// Since when; while waiting, when the code stops being valid.
    pub at: OffsetDateTime,
    /// What the person sees, while waiting.
    pub user_code: Option<String>,
    /// Where the code is typed in, while waiting.
    pub verification_uri: Option<Url>,
    /// The same with the code in it.
    pub verification_uri_complete: Option<Url>,
    /// While we ask ourselves.
    pub device_code: Option<SecretString>,
    /// Shortest pause in whole milliseconds, while we ask ourselves.
    pub interval_ms: Option<i64>,
    /// How often we were told to slow down.
    pub slow_downs: u32,
    /// Questions in a row without a usable answer.
    pub failures: u32,
    /// When the next question is due: a job looks for rows by it.
    pub next_poll_at: Option<OffsetDateTime>,
    /// Is the next question the last?
    pub last_poll: bool,
    /// Code of the reason, when it failed.
    pub reason: Option<String>,
    /// What goes with the reason.
    pub detail: String,
}

impl DeviceFacts {
    fn bare(phase: DevicePhase, at: OffsetDateTime) -> Self {
        Self {
            phase,
            at,
            user_code: None,
            verification_uri: None,
            verification_uri_complete: None,
            device_code: None,
            interval_ms: None,
            slow_downs: 0,
            failures: 0,
            next_poll_at: None,
            last_poll: false,
            reason: None,
            detail: String::new(),
        }
    }
}

impl DeviceState {
    /// Laid flat.
    pub fn facts(&self) -> DeviceFacts {
        let at = match self {
            Self::Starting { since } | Self::Finishing { since } => *since,
            Self::Waiting(waiting) => waiting.expires_at,
            Self::Connected { at } | Self::Expired { at } | Self::Denied { at } | Self::Failed { at, .. } | Self::Cancelled { at } => *at,
        };
        let mut facts = DeviceFacts::bare(self.phase(), at);
        if let Self::Failed { reason, .. } = self {
            facts.reason = Some(reason.code().to_owned());
            reason.detail().clone_into(&mut facts.detail);
        }
        if let Self::Waiting(waiting) = self {
            let Waiting { shown, asking, .. } = &**waiting;
            facts.user_code = Some(shown.user_code.as_str().to_owned());
            facts.verification_uri = Some(shown.verification_uri.clone());
            facts.verification_uri_complete.clone_from(&shown.verification_uri_complete);
            if let Some(Asking { device_code, schedule }) = asking {
                facts.device_code = Some(device_code.clone());
                facts.interval_ms = i64::try_from(schedule.interval.whole_milliseconds()).ok();
                facts.slow_downs = schedule.slow_downs;
                facts.failures = schedule.failures;
                facts.next_poll_at = Some(schedule.next_poll_at);
                facts.last_poll = schedule.last;
            }
        }
        facts
    }

    /// Built up again; `None` when the facts contradict each other.
    pub fn from_facts(facts: DeviceFacts) -> Option<Self> {
        let at = facts.at;
        Some(match facts.phase {
            DevicePhase::Starting => Self::Starting { since: at },
            DevicePhase::Waiting => Self::Waiting(Box::new(waiting(facts)?)),
            DevicePhase::Finishing => Self::Finishing { since: at },
            DevicePhase::Connected => Self::Connected { at },
            DevicePhase::Expired => Self::Expired { at },
            DevicePhase::Denied => Self::Denied { at },
            DevicePhase::Failed => Self::Failed { at, reason: FailureReason::from_facts(&facts.reason?, facts.detail)? },
            DevicePhase::Cancelled => Self::Cancelled { at },
        })
    }
}

fn waiting(facts: DeviceFacts) -> Option<Waiting> {
    let DeviceFacts { at, user_code, verification_uri, verification_uri_complete, device_code, interval_ms, next_poll_at, .. } = facts;
    // It was judged when it came; the rule of then need not be the rule of today.
    let shown = Shown { user_code: UserCode::read(&user_code?)?, verification_uri: verification_uri?, verification_uri_complete };
    let asking = match (device_code, interval_ms, next_poll_at) {
        (None, None, None) => None,
        (Some(device_code), Some(interval), Some(next_poll_at)) => {
            let interval = Duration::milliseconds(interval);
            let schedule =
                Schedule { interval, slow_downs: facts.slow_downs, failures: facts.failures, next_poll_at, last: facts.last_poll };
            Some(Asking { device_code, schedule })
        }
        _ => return None,
    };
    Some(Waiting { shown, expires_at: at, asking })
}
