//! Where a build stands, and where it may go from there.

use time::OffsetDateTime;
use vocab::{BuildFailure, BuildPhase};

/// Where a build stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildState {
    /// It waits for its turn.
    Queued,
    /// A process has taken it, and makes sandbox and credential ready.
    Preparing {
        /// Since when.
        since: OffsetDateTime,
    },
    /// Its program runs.
    Running {
        /// Since when.
        since: OffsetDateTime,
    },
    /// It is over.
    Ended {
        /// Since when its program ran; `None` when it never did.
        ran_since: Option<OffsetDateTime>,
        /// Since when it is over.
        at: OffsetDateTime,
        /// How it ended.
        end: BuildEnd,
    },
}

/// How a build ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildEnd {
    /// The program ended with exit code 0.
    Succeeded,
    /// It did not.
    Failed {
        /// Why.
        failure: BuildFailure,
        /// The exit code, where there is one.
        code: Option<i32>,
        /// In words, for people; may be empty.
        message: String,
    },
    /// Somebody called it off.
    Cancelled,
    /// Purser stopped or was restarted meanwhile.
    Lost,
}

/// A step that is not possible from where the build stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a build that is {from} cannot become {to}")]
pub struct WrongState {
    /// Where it stands.
    pub from: BuildPhase,
    /// Where it should have gone.
    pub to: BuildPhase,
}

impl BuildState {
    /// Which phase it is.
    pub const fn phase(&self) -> BuildPhase {
        match self {
            Self::Queued => BuildPhase::Queued,
            Self::Preparing { .. } => BuildPhase::Preparing,
            Self::Running { .. } => BuildPhase::Running,
            Self::Ended { end, .. } => end.phase(),
        }
    }

    /// Taken from the queue.
    ///
    /// # Errors
    /// [`WrongState`] unless it is queued.
    pub fn taken(self, now: OffsetDateTime) -> Result<Self, WrongState> {
        match self {
            Self::Queued => Ok(Self::Preparing { since: now }),
            other => Err(WrongState { from: other.phase(), to: BuildPhase::Preparing }),
        }
    }

    /// Its program has begun.
    ///
    /// # Errors
    /// [`WrongState`] unless it is being prepared.
    pub fn begun(self, now: OffsetDateTime) -> Result<Self, WrongState> {
        match self {
            Self::Preparing { .. } => Ok(Self::Running { since: now }),
            other => Err(WrongState { from: other.phase(), to: BuildPhase::Running }),
        }
    }

    /// It is over. A queued build can only be cancelled or fail; one whose program never ran cannot succeed.
    ///
    /// # Errors
    /// [`WrongState`] when it is over already, or cannot end like this.
    pub fn ended(self, end: BuildEnd, now: OffsetDateTime) -> Result<Self, WrongState> {
        let wrong = |from: &Self| Err(WrongState { from: from.phase(), to: end.phase() });
        let ran_since = match &self {
            Self::Queued if matches!(end, BuildEnd::Cancelled | BuildEnd::Failed { .. }) => None,
            Self::Preparing { .. } if end != BuildEnd::Succeeded => None,
            Self::Running { since } => Some(*since),
            other => return wrong(other),
        };
        Ok(Self::Ended { ran_since, at: now, end })
    }
}

impl BuildEnd {
    /// Which phase it is.
    pub const fn phase(&self) -> BuildPhase {
        match self {
            Self::Succeeded => BuildPhase::Succeeded,
            Self::Failed { .. } => BuildPhase::Failed,
            Self::Cancelled => BuildPhase::Cancelled,
            Self::Lost => BuildPhase::Lost,
        }
    }

    /// A failure without an exit code.
    pub fn failed(failure: BuildFailure, message: impl Into<String>) -> Self {
        Self::Failed { failure, code: None, message: message.into() }
    }

    /// The exit code of the program, where there is one.
    pub const fn code(&self) -> Option<i32> {
        match self {
            Self::Succeeded => Some(0),
            Self::Failed { code, .. } => *code,
            Self::Cancelled | Self::Lost => None,
        }
    }

    /// What happened, in a sentence for people.
    pub fn words(&self) -> String {
        match self {
            Self::Succeeded => "The program ended with exit code 0.".to_owned(),
            Self::Cancelled => "Somebody cancelled it; all its processes were ended.".to_owned(),
            Self::Lost => "Purser was restarted while it ran. Nothing of it is left running; start it again.".to_owned(),
            Self::Failed { failure, code, message } => {
                let what = match (failure, code) {
                    (BuildFailure::Exited, Some(code)) => format!("The program ended with exit code {code}."),
                    (BuildFailure::Exited, None) => "The program ended with an error.".to_owned(),
                    (BuildFailure::Crashed, _) => "A signal ended the program.".to_owned(),
                    (BuildFailure::OutOfMemory, _) => "It wanted more memory than a build may have.".to_owned(),
                    (BuildFailure::TimedOut, _) => "It ran longer than a build may.".to_owned(),
                    (BuildFailure::TooMuchOutput, _) => "It printed more than a build may.".to_owned(),
                    (BuildFailure::NoCredential, _) => "There was no credential for it.".to_owned(),
                    (BuildFailure::NotStarted, _) => "It did not start.".to_owned(),
                };
                if message.is_empty() { what } else { format!("{what} {message}") }
            }
        }
    }
}
