//! One item, and what people do with it.

use super::finding::Links;
use super::key::DedupeKey;
use super::state::{ItemState, Resolution};
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use vocab::finance::{Severity, WorkItemStatus, WorkItemType};
use vocab::{UserId, WorkItemId};

const LONGEST_REASON: usize = 1_000;
/// A snooze is no way to forget.
const LONGEST_SNOOZE: Duration = Duration::days(90);

/// Something Finance has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkItem {
    /// Its id.
    pub id: WorkItemId,
    /// What people call it by: `FWI-…`.
    pub number: String,
    /// What has to be done.
    pub kind: WorkItemType,
    /// What it is about; every one that is known.
    pub links: Links,
    /// Who should do it; nobody means the finance queue.
    pub owner: Option<UserId>,
    /// Where it stands.
    pub state: ItemState,
    /// How much is at stake.
    pub severity: Severity,
    /// What to do, for which provider or contract.
    pub title: String,
    /// The figures at the last detection, in words.
    pub description: Option<String>,
    /// The same for machines, for example `missing_fields`.
    pub metadata: Map<String, Value>,
    /// When it is the same item.
    pub key: DedupeKey,
    /// When it should be done.
    pub due_at: Option<OffsetDateTime>,
    /// Kept out of sight until then; it still counts as open.
    pub snoozed_until: Option<OffsetDateTime>,
    /// First detection.
    pub first_seen_at: OffsetDateTime,
    /// Last detection.
    pub last_seen_at: OffsetDateTime,
    /// How often it was detected.
    pub occurrences: u32,
    /// When the row last changed.
    pub updated_at: OffsetDateTime,
}

/// Why an item was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ItemRefused {
    /// The step does not lead on from where it stands.
    #[error("this item is already {}", .0.as_str())]
    WrongStatus(WorkItemStatus),
    /// No reason.
    #[error("say why")]
    ReasonMissing,
    /// An essay.
    #[error("at most {LONGEST_REASON} characters of reason")]
    ReasonTooLong,
    /// Not a day to wait for.
    #[error("choose a time within the next 90 days")]
    BadSnooze,
}

impl ItemRefused {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongStatus(_) => "wrong_status",
            Self::ReasonMissing => "reason_missing",
            Self::ReasonTooLong => "reason_too_long",
            Self::BadSnooze => "bad_snooze",
        }
    }
}

impl WorkItem {
    /// May the person work on it: anybody who manages finance, or its owner?
    pub fn workable_by(&self, user: UserId, manages_finance: bool) -> bool {
        manages_finance || self.owner == Some(user)
    }

    /// Is it past due?
    pub fn is_overdue(&self, now: OffsetDateTime) -> bool {
        self.state.is_open() && self.due_at.is_some_and(|due| due < now)
    }

    /// Is it out of sight for now?
    pub fn is_snoozed(&self, now: OffsetDateTime) -> bool {
        self.state.is_open() && self.snoozed_until.is_some_and(|until| now < until)
    }

    /// Open → in progress.
    ///
    /// # Errors
    /// [`ItemRefused::WrongStatus`].
    pub fn start(self, now: OffsetDateTime) -> Result<Self, ItemRefused> {
        if self.state != ItemState::Open {
            return Err(ItemRefused::WrongStatus(self.state.status()));
        }
        Ok(Self { state: ItemState::InProgress, snoozed_until: None, updated_at: now, ..self })
    }

    /// Open or in progress → done. Should it be detected again, a new item opens.
    ///
    /// # Errors
    /// [`ItemRefused::WrongStatus`], or a reason that is missing or too long.
    pub fn finish(self, by: UserId, reason: &str, now: OffsetDateTime) -> Result<Self, ItemRefused> {
        let how = self.reason(by, reason)?;
        Ok(Self { state: ItemState::Done { at: now, how }, snoozed_until: None, updated_at: now, ..self })
    }

    /// Open or in progress → dismissed. The same is not raised again unless it becomes more severe, or for another period.
    ///
    /// # Errors
    /// [`ItemRefused::WrongStatus`], or a reason that is missing or too long.
    pub fn dismiss(self, by: UserId, reason: &str, now: OffsetDateTime) -> Result<Self, ItemRefused> {
        let how = self.reason(by, reason)?;
        Ok(Self { state: ItemState::Dismissed { at: now, how }, snoozed_until: None, updated_at: now, ..self })
    }

    /// Done or dismissed → open.
    ///
    /// # Errors
    /// [`ItemRefused::WrongStatus`].
    pub fn reopen(self, now: OffsetDateTime) -> Result<Self, ItemRefused> {
        if self.state.is_open() {
            return Err(ItemRefused::WrongStatus(self.state.status()));
        }
        Ok(Self { state: ItemState::Open, updated_at: now, ..self })
    }

    /// To another person, or back to the queue.
    ///
    /// # Errors
    /// [`ItemRefused::WrongStatus`] once it is closed.
    pub fn assign(self, owner: Option<UserId>, now: OffsetDateTime) -> Result<Self, ItemRefused> {
        self.still_open()?;
        Ok(Self { owner, updated_at: now, ..self })
    }

    /// Due at another time, or at none.
    ///
    /// # Errors
    /// [`ItemRefused::WrongStatus`] once it is closed.
    pub fn set_due(self, due_at: Option<OffsetDateTime>, now: OffsetDateTime) -> Result<Self, ItemRefused> {
        self.still_open()?;
        Ok(Self { due_at, updated_at: now, ..self })
    }

    /// Out of sight until a later time. It comes back by itself, and at once when it becomes more severe.
    ///
    /// # Errors
    /// [`ItemRefused::WrongStatus`] once it is closed, [`ItemRefused::BadSnooze`] for a time that is past or beyond 90 days.
    pub fn snooze(self, until: OffsetDateTime, now: OffsetDateTime) -> Result<Self, ItemRefused> {
        self.still_open()?;
        if until <= now || until - now > LONGEST_SNOOZE {
            return Err(ItemRefused::BadSnooze);
        }
        Ok(Self { snoozed_until: Some(until), updated_at: now, ..self })
    }

    fn still_open(&self) -> Result<(), ItemRefused> {
        if self.state.is_open() { Ok(()) } else { Err(ItemRefused::WrongStatus(self.state.status())) }
    }

    fn reason(&self, by: UserId, text: &str) -> Result<Resolution, ItemRefused> {
        self.still_open()?;
        let reason = text.trim();
        match reason.chars().count() {
            0 => Err(ItemRefused::ReasonMissing),
            length if length > LONGEST_REASON => Err(ItemRefused::ReasonTooLong),
            _ => Ok(Resolution::Person { by, reason: reason.to_owned() }),
        }
    }
}
