//! Builds: runs of a provider's program.

use crate::text_enum::text_enum;

text_enum! {
    /// Where a build stands.
    pub enum BuildPhase {
        /// It waits for its turn.
        Queued = "queued",
        /// Its sandbox and credential are being made ready.
        Preparing = "preparing",
        /// The program runs.
        Running = "running",
        /// The program ended with exit code 0.
        Succeeded = "succeeded",
        /// It did not.
        Failed = "failed",
        /// Somebody called it off.
        Cancelled = "cancelled",
        /// Purser stopped or was restarted while it ran.
        Lost = "lost",
    }
}

impl BuildPhase {
    /// Is something still going on?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Preparing | Self::Running)
    }

    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Preparing => "Preparing",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Lost => "Lost",
        }
    }
}

text_enum! {
    /// Why a build failed.
    pub enum BuildFailure {
        /// The program ended with another exit code than 0.
        Exited = "exited",
        /// A signal ended it.
        Crashed = "crashed",
        /// It wanted more memory than a build may have.
        OutOfMemory = "out_of_memory",
        /// It ran too long.
        TimedOut = "timed_out",
        /// It printed too much.
        TooMuchOutput = "too_much_output",
        /// There was no credential to be had for it.
        NoCredential = "no_credential",
        /// The sandbox or the program did not start.
        NotStarted = "not_started",
    }
}

text_enum! {
    /// How a run borrows the credential.
    #[derive(Default)]
    pub enum Lending {
        /// A file with the access token alone; Purser refreshes.
        #[default]
        Lend = "lend",
        /// The program asks a helper for an access token whenever it needs one.
        Broker = "broker",
        /// The whole credential, for one run at a time; it is read back afterwards.
        HandOver = "hand_over",
    }
}

impl Lending {
    /// What it means, in a sentence.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Lend => "Lend: an access token, and nothing that could fetch another",
            Self::Broker => "Broker: the program asks Purser for a token whenever it needs one; for long runs",
            Self::HandOver => "Hand over: the whole sign-in, one run at a time",
        }
    }
}

text_enum! {
    /// What a build works on.
    pub enum WorkspaceKind {
        /// A new, empty folder.
        Empty = "empty",
        /// A new folder with what an uploaded archive holds.
        Archive = "archive",
        /// A folder of this machine, below one that Purser's settings name.
        Folder = "folder",
    }
}
