//! The life of a device-code sign-in.

use super::authorization::DeviceAuthorization;
use super::place::Shown;
use super::poll::Poll;
use super::reason::FailureReason;
use super::schedule::Schedule;
use secrecy::SecretString;
use time::{Duration, OffsetDateTime};
use vocab::DevicePhase;

/// Where a sign-in stands. Transitions consume it and fail where they make no sense.
#[derive(Debug, Clone)]
pub enum DeviceState {
    /// A code is being asked for, or the provider's program is being started.
    Starting {
        /// Since when.
        since: OffsetDateTime,
    },
    /// The person has to approve.
    Waiting(Box<Waiting>),
    /// Approved: the credential is being fetched, checked and sealed.
    Finishing {
        /// Since when.
        since: OffsetDateTime,
    },
    /// Done.
    Connected {
        /// When.
        at: OffsetDateTime,
    },
    /// Nobody approved in time.
    Expired {
        /// When.
        at: OffsetDateTime,
    },
    /// The person said no.
    Denied {
        /// When.
        at: OffsetDateTime,
    },
    /// It did not work.
    Failed {
        /// When.
        at: OffsetDateTime,
        /// Why.
        reason: FailureReason,
    },
    /// Somebody at Purser called it off.
    Cancelled {
        /// When.
        at: OffsetDateTime,
    },
}

/// Waiting for a person.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// What the person sees.
    pub shown: Shown,
    /// When the code stops being valid.
    pub expires_at: OffsetDateTime,
    /// How we ask, when we ask ourselves; `None` while the provider's program does.
    pub asking: Option<Asking>,
}

/// What asking the token endpoint needs.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The device code; stored sealed.
    pub device_code: SecretString,
    /// The pace.
    pub schedule: Schedule,
}

/// A transition that makes no sense from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sign-in that is {from} cannot become {to}")]
pub struct WrongPhase {
    /// Where it stands.
    pub from: DevicePhase,
    /// Where it was to go.
    pub to: DevicePhase,
}

impl DeviceState {
    /// The program's own limit is not known: its codes are waited for this long.
    pub const PROGRAM_LIFETIME: Duration = Duration::minutes(15);

    /// A new one.
    pub const fn start(now: OffsetDateTime) -> Self {
        Self::Starting { since: now }
    }

    /// The phase, without what belongs to it.
    pub const fn phase(&self) -> DevicePhase {
        match self {
            Self::Starting { .. } => DevicePhase::Starting,
            Self::Waiting(_) => DevicePhase::Waiting,
            Self::Finishing { .. } => DevicePhase::Finishing,
            Self::Connected { .. } => DevicePhase::Connected,
            Self::Expired { .. } => DevicePhase::Expired,
            Self::Denied { .. } => DevicePhase::Denied,
            Self::Failed { .. } => DevicePhase::Failed,
            Self::Cancelled { .. } => DevicePhase::Cancelled,
        }
    }

    /// Is something still going on?
    pub const fn is_open(&self) -> bool {
        self.phase().is_open()
    }

    /// We asked for a code, and it came.
    ///
    /// # Errors
    /// Unless it is starting.
    pub fn authorized(self, answer: DeviceAuthorization, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        let DeviceAuthorization { device_code, shown, interval, lifetime } = answer;
        let expires_at = now + lifetime;
        let asking = Some(Asking { device_code, schedule: Schedule::begin(interval, now, expires_at) });
        self.waiting(Waiting { shown, expires_at, asking })
    }

    /// The provider's program shows a code.
    ///
    /// # Errors
    /// Unless it is starting.
    pub fn shown_by_program(self, shown: Shown, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        self.waiting(Waiting { shown, expires_at: now + Self::PROGRAM_LIFETIME, asking: None })
    }

    fn waiting(self, waiting: Waiting) -> Result<Self, WrongPhase> {
        match self {
            Self::Starting { .. } => Ok(Self::Waiting(Box::new(waiting))),
            other => Err(other.wrong(DevicePhase::Waiting)),
        }
    }

    /// One answer of the token endpoint: waiting goes on, or ends.
    ///
    /// # Errors
    /// Unless it is waiting and we ask ourselves.
    pub fn polled(self, answer: &Poll, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        let waiting = match self {
            Self::Waiting(waiting) => *waiting,
            other => return Err(other.wrong(DevicePhase::Waiting)),
        };
        let Waiting { shown, expires_at, asking: Some(Asking { device_code, schedule }) } = waiting else {
            return Err(WrongPhase { from: DevicePhase::Waiting, to: DevicePhase::Waiting });
        };
        let next = match answer {
            Poll::Granted | Poll::Code { .. } => return Ok(Self::Finishing { since: now }),
            Poll::Denied => return Ok(Self::Denied { at: now }),
            Poll::Expired => return Ok(Self::Expired { at: now }),
            Poll::Refused { message, .. } => return Ok(Self::Failed { at: now, reason: FailureReason::Refused(message.clone()) }),
            Poll::Pending => schedule.pending(now, expires_at),
            Poll::SlowDown { interval } => schedule.slow_down(*interval, now, expires_at),
            Poll::Nothing => schedule.failed(now, expires_at),
        };
        Ok(match next {
            Some(schedule) => Self::Waiting(Box::new(Waiting { shown, expires_at, asking: Some(Asking { device_code, schedule }) })),
            None => Self::Expired { at: now },
        })
    }

    /// The provider's program has signed in.
    ///
    /// # Errors
    /// Unless it is waiting, or still starting: a program that is signed in already shows no code.
    pub fn approved(self, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        match self {
            Self::Starting { .. } | Self::Waiting(_) => Ok(Self::Finishing { since: now }),
            other => Err(other.wrong(DevicePhase::Finishing)),
        }
    }

    /// The credential is sealed and the connection active.
    ///
    /// # Errors
    /// Unless it is finishing.
    pub fn connected(self, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        match self {
            Self::Finishing { .. } => Ok(Self::Connected { at: now }),
            other => Err(other.wrong(DevicePhase::Connected)),
        }
    }

    /// The provider's program let its time pass, or was told that the person said no.
    ///
    /// # Errors
    /// Unless it is waiting.
    pub fn expired(self, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        match self {
            Self::Waiting(_) => Ok(Self::Expired { at: now }),
            other => Err(other.wrong(DevicePhase::Expired)),
        }
    }

    /// The person said no, as the provider's program tells.
    ///
    /// # Errors
    /// Unless it is waiting.
    pub fn denied(self, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        match self {
            Self::Waiting(_) => Ok(Self::Denied { at: now }),
            other => Err(other.wrong(DevicePhase::Denied)),
        }
    }

    /// It did not work.
    ///
    /// # Errors
    /// When it is over already.
    pub fn failed(self, reason: FailureReason, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        if self.is_open() { Ok(Self::Failed { at: now, reason }) } else { Err(self.wrong(DevicePhase::Failed)) }
    }

    /// Somebody calls it off.
    ///
    /// # Errors
    /// When it is over already.
    pub fn cancelled(self, now: OffsetDateTime) -> Result<Self, WrongPhase> {
        if self.is_open() { Ok(Self::Cancelled { at: now }) } else { Err(self.wrong(DevicePhase::Cancelled)) }
    }

    /// The server comes up and finds this. Asking goes on; what lived in a process is lost: the program, a code that had
    /// not come yet, and a grant that was just being fetched (its device code is spent).
    #[must_use]
    pub fn resumed(self, now: OffsetDateTime) -> Self {
        match self {
            Self::Waiting(ref waiting) if waiting.asking.is_some() => self,
            open if open.is_open() => Self::Failed { at: now, reason: FailureReason::Interrupted },
            over => over,
        }
    }

    const fn wrong(&self, to: DevicePhase) -> WrongPhase {
        WrongPhase { from: self.phase(), to }
    }
}
