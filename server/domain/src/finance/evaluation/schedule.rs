//! Which days are to be evaluated now: decided from the clock and from what exists, so that a missed run is made good by
//! the next one and a second run finds nothing to do.

use crate::finance::period::{Cycle, Period, Span};
use crate::finance::zone::Zone;
use std::collections::BTreeSet;
use time::macros::time;
use time::{Date, Duration, OffsetDateTime, Time};
use vocab::ContractId;

/// Local time from which the day before is evaluated.
const FROM: Time = time!(02:00);
/// Local time after which its absence is worth saying.
const OVERDUE: Time = time!(06:00);
/// How many of an open period's days are looked at again, for use that was reported late.
const LATE_DAYS: i64 = 3;

/// Why a day is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It never was.
    Missing,
    /// Its period is open and use may have come late.
    Late,
    /// Its period is over: once more, for good.
    Closing,
}

/// A day to evaluate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDay {
    /// The day.
    pub date: Date,
    /// Why.
    pub why: Why,
    /// Are items judged on it? Only on the newest day.
    pub judges_items: bool,
    /// Is its row final from now on?
    pub is_final: bool,
    /// Does it end its period, so that the period's items close?
    pub ends_period: bool,
}

/// What a schedule is made from, for one allowance or one metered contract.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The contract's zone.
    pub zone: &'a Zone,
    /// The subject's periods.
    pub cycle: Cycle,
    /// The days it is to be evaluated on: in force, and not before it was activated.
    pub span: Span,
    /// Last day of the newest closed period.
    pub final_through: Option<Date>,
    /// Days after that which have a row.
    pub existing: &'a BTreeSet<Date>,
}

/// The last day that is over in the zone.
pub fn last_complete_day(now: OffsetDateTime, zone: &Zone) -> Option<Date> {
    zone.date(now).previous_day()
}

/// Is it late enough in the zone for the day before to be evaluated?
pub fn is_time(now: OffsetDateTime, zone: &Zone) -> bool {
    zone.clock(now).time() >= FROM
}

impl Progress<'_> {
    /// The days to evaluate at `now`, in order. None before two o'clock local time, and none when yesterday is done.
    pub fn due(&self, now: OffsetDateTime) -> Vec<DueDay> {
        if is_time(now, self.zone) { self.pending(now).unwrap_or_default() } else { Vec::new() }
    }

    /// Is yesterday's evaluation late, so that figures on screen should say so?
    pub fn is_overdue(&self, now: OffsetDateTime) -> bool {
        self.zone.clock(now).time() >= OVERDUE && self.pending(now).is_some_and(|due| !due.is_empty())
    }

    fn pending(&self, now: OffsetDateTime) -> Option<Vec<DueDay>> {
        let yesterday = last_complete_day(now, self.zone)?;
        let last = self.span.until().and_then(Date::previous_day).map_or(yesterday, |end| end.min(yesterday));
        let first = self.final_through.and_then(Date::next_day).map_or(self.span.from(), |next| next.max(self.span.from()));
        let days = Period::new(first, last.next_day()?).ok()?;
        if days.iter().all(|day| self.existing.contains(&day)) && !self.has_ended_unfinal(last) {
            return None;
        }
        Some(days.iter().filter_map(|day| self.due_day(day, last)).collect())
    }

    /// Was the last day written while its period was still open? Then the end came since, by a termination.
    fn has_ended_unfinal(&self, last: Date) -> bool {
        self.active(last).is_some_and(|active| active.last_day() == last)
    }

    fn active(&self, day: Date) -> Option<Period> {
        self.span.clip(self.cycle.containing(day)?)
    }

    fn due_day(&self, date: Date, last: Date) -> Option<DueDay> {
        let active = self.active(date)?;
        let is_final = active.last_day() <= last;
        let is_recent = (last - date).whole_days() < LATE_DAYS;
        let why = match (self.existing.contains(&date), is_final, is_recent) {
            (false, ..) => Why::Missing,
            (true, true, _) => Why::Closing,
            (true, false, true) => Why::Late,
            (true, false, false) => return None,
        };
        Some(DueDay { date, why, judges_items: date == last && !is_final, is_final, ends_period: is_final && date == active.last_day() })
    }
}

/// The first day a contract is evaluated on: the one it was activated on, unless it starts later.
pub fn first_day(start: Date, activated_at: OffsetDateTime, zone: &Zone) -> Date {
    start.max(zone.date(activated_at))
}

/// Name of the lease that keeps two workers off one contract's day.
pub fn lease_name(contract: ContractId, date: Date) -> String {
    format!("finance-evaluation:{contract}:{date}")
}

/// How long such a lease lasts; a crash costs no more than this.
pub const LEASE: Duration = Duration::minutes(5);
