//! Where an item stands and, once closed, why.

use time::OffsetDateTime;
use vocab::UserId;
use vocab::finance::{AutoResolution, WorkItemStatus};

/// What stands before the word of a resolution that no person gave.
const AUTO: &str = "auto:";

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// Nobody has begun.
    Open,
    /// Somebody has.
    InProgress,
    /// Done.
    Done {
        /// When.
        at: OffsetDateTime,
        /// How.
        how: Resolution,
    },
    /// Put aside.
    Dismissed {
        /// When.
        at: OffsetDateTime,
        /// How.
        how: Resolution,
    },
}

/// Why an item was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It closed by itself.
    Auto(AutoResolution),
    /// A person closed it.
    Person {
        /// Who.
        by: UserId,
        /// In their words.
        reason: String,
    },
}

/// An [`ItemState`] laid flat, for storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStateFacts {
    /// The status.
    pub status: WorkItemStatus,
    /// When it was closed.
    pub resolved_at: Option<OffsetDateTime>,
    /// `auto:` and a word, or a person's reason.
    pub resolution: Option<String>,
    /// The person, if it was one.
    pub resolved_by: Option<UserId>,
}

impl ItemState {
    /// The status alone.
    pub const fn status(&self) -> WorkItemStatus {
        match self {
            Self::Open => WorkItemStatus::Open,
            Self::InProgress => WorkItemStatus::InProgress,
            Self::Done { .. } => WorkItemStatus::Done,
            Self::Dismissed { .. } => WorkItemStatus::Dismissed,
        }
    }

    /// Does it count among the open items?
    pub const fn is_open(&self) -> bool {
        self.status().is_open()
    }

    /// Laid flat.
    pub fn facts(&self) -> ItemStateFacts {
        let status = self.status();
        let (Self::Done { at, how } | Self::Dismissed { at, how }) = self else {
            return ItemStateFacts { status, resolved_at: None, resolution: None, resolved_by: None };
        };
        let (resolution, resolved_by) = match how {
            Resolution::Auto(reason) => (format!("{AUTO}{reason}"), None),
            Resolution::Person { by, reason } => (reason.clone(), Some(*by)),
        };
        ItemStateFacts { status, resolved_at: Some(*at), resolution: Some(resolution), resolved_by }
    }

    /// Built up again; `None` when the facts contradict each other.
    pub fn from_facts(facts: ItemStateFacts) -> Option<Self> {
        let ItemStateFacts { status, resolved_at, resolution, resolved_by } = facts;
        let how = |text: String| match resolved_by {
            Some(by) => Some(Resolution::Person { by, reason: text }),
            None => text.strip_prefix(AUTO)?.parse().ok().map(Resolution::Auto),
        };
        Some(match status {
            WorkItemStatus::Open => Self::Open,
            WorkItemStatus::InProgress => Self::InProgress,
            WorkItemStatus::Done => Self::Done { at: resolved_at?, how: how(resolution?)? },
            WorkItemStatus::Dismissed => Self::Dismissed { at: resolved_at?, how: how(resolution?)? },
        })
    }
}
