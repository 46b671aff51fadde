//! Stretches of whole days, and the regular ones that an anchor date makes.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month};

/// Whole days from `start` up to, and not including, `end`. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(Date, Date)", into = "(Date, Date)")]
pub struct Period {
    start: Date,
    end: Date,
}

/// The end of a period is not after its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period must end after it starts; {end} is not after {start}")]
pub struct EndBeforeStart {
    /// First day given.
    pub start: Date,
    /// Day after the last, as given.
    pub end: Date,
}

impl EndBeforeStart {
    /// Stable code of the error.
    pub const fn code(&self) -> &'static str {
        "end_before_start"
    }
}

impl Period {
    /// The days from `start` up to, and not including, `end`.
    ///
    /// # Errors
    /// [`EndBeforeStart`], also when both are the same day.
    pub fn new(start: Date, end: Date) -> Result<Self, EndBeforeStart> {
        if start < end { Ok(Self { start, end }) } else { Err(EndBeforeStart { start, end }) }
    }

    /// First day.
    pub const fn start(self) -> Date {
        self.start
    }

    /// Day after the last.
    pub const fn end(self) -> Date {
        self.end
    }

    /// Last day.
    pub fn last_day(self) -> Date {
        self.end.previous_day().unwrap_or(self.start)
    }

    /// How many days it has; at least 1.
    pub fn days(self) -> u32 {
        u32::try_from((self.end - self.start).whole_days()).unwrap_or(u32::MAX)
    }

    /// Is `day` one of its days?
    pub fn contains(self, day: Date) -> bool {
        self.start <= day && day < self.end
    }

    /// How many of its days are over when `day` is: 0 before it starts, all of them after it ends.
    pub fn days_through(self, day: Date) -> u32 {
        let elapsed = (day - self.start).whole_days().saturating_add(1).max(0);
        u32::try_from(elapsed).unwrap_or(u32::MAX).min(self.days())
    }

    /// The days that both have.
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }

    /// Its days, in order.
    pub fn iter(self) -> impl Iterator<Item = Date> {
        (0..self.days()).filter_map(move |n| self.start.checked_add(Duration::days(n.into())))
    }
}

impl TryFrom<(Date, Date)> for Period {
    type Error = EndBeforeStart;

    fn try_from((start, end): (Date, Date)) -> Result<Self, EndBeforeStart> {
        Self::new(start, end)
    }
}

impl From<Period> for (Date, Date) {
    fn from(period: Period) -> Self {
        (period.start, period.end)
    }
}

/// From a day on, perhaps until another: when something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(Date, Option<Date>)", into = "(Date, Option<Date>)")]
pub struct Span {
    from: Date,
    until: Option<Date>,
}

impl Span {
    /// From `from` on, up to and not including `until`.
    ///
    /// # Errors
    /// [`EndBeforeStart`], also when both are the same day.
    pub fn new(from: Date, until: Option<Date>) -> Result<Self, EndBeforeStart> {
        match until {
            Some(end) if end <= from => Err(EndBeforeStart { start: from, end }),
            until => Ok(Self { from, until }),
        }
    }

    /// From `from` on, without an end.
    pub const fn open(from: Date) -> Self {
        Self { from, until: None }
    }

    /// First day.
    pub const fn from(self) -> Date {
        self.from
    }

    /// Day after the last, if there is one.
    pub const fn until(self) -> Option<Date> {
        self.until
    }

    /// Does it hold on `day`?
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// When both hold.
    pub fn and(self, other: Self) -> Option<Self> {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self::new(self.from.max(other.from), until).ok()
    }

    /// The days of `period` on which it holds.
    pub fn clip(self, period: Period) -> Option<Period> {
        Period::new(period.start.max(self.from), self.until.map_or(period.end, |until| period.end.min(until))).ok()
    }
}

impl TryFrom<(Date, Option<Date>)> for Span {
    type Error = EndBeforeStart;

    fn try_from((from, until): (Date, Option<Date>)) -> Result<Self, EndBeforeStart> {
        Self::new(from, until)
    }
}

impl From<Span> for (Date, Option<Date>) {
    fn from(span: Span) -> Self {
        (span.from, span.until)
    }
}

/// Periods of whole months counted from an anchor date, in both directions.
///
/// Each start is computed from the anchor and clamped to its month's length, never from the period before it; so an
/// anchor on the 31st comes back to the 31st wherever a month has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    anchor: Date,
    months: u32,
}

impl Cycle {
    /// Periods of `months` months (at least one) from `anchor`.
    pub const fn new(anchor: Date, months: u32) -> Self {
        Self { anchor, months: if months == 0 { 1 } else { months } }
    }

    /// Months in one period.
    pub const fn months(self) -> u32 {
        self.months
    }

    /// The first day of period `index`; period 0 starts on the anchor. `None` outside the calendar (years ±9999).
    pub fn start(self, index: i32) -> Option<Date> {
        let month = month_number(self.anchor).checked_add(i64::from(index).checked_mul(i64::from(self.months))?)?;
        let year = i32::try_from(month.div_euclid(12)).ok()?;
        let of_year = Month::try_from(u8::try_from(month.rem_euclid(12) + 1).ok()?).ok()?;
        Date::from_calendar_date(year, of_year, self.anchor.day().min(of_year.length(year))).ok()
    }

    /// Period `index`.
    pub fn period(self, index: i32) -> Option<Period> {
        Period::new(self.start(index)?, self.start(index.checked_add(1)?)?).ok()
    }

    /// The index of the period that `day` is in.
    pub fn index_of(self, day: Date) -> Option<i32> {
        let months = month_number(day) - month_number(self.anchor);
        let index = i32::try_from(months.div_euclid(i64::from(self.months))).ok()?;
        if self.start(index)? <= day { Some(index) } else { index.checked_sub(1) }
    }

    /// The period that `day` is in.
    pub fn containing(self, day: Date) -> Option<Period> {
        self.period(self.index_of(day)?)
    }

    /// The periods that share a day with `span`, in order.
    pub fn touching(self, span: Period) -> impl Iterator<Item = Period> {
        let first = self.index_of(span.start);
        let last = self.index_of(span.last_day());
        let indices = first.zip(last).into_iter().flat_map(|(first, last)| first..=last);
        indices.filter_map(move |index| self.period(index))
    }
}

fn month_number(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(u8::from(day.month())) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn starts(anchor: Date, months: u32, count: i32) -> Vec<Date> {
        (0..count).map(|index| Cycle::new(anchor, months).start(index).unwrap()).collect()
    }

    #[test]
    fn an_anchor_on_the_31st_comes_back_to_the_31st() {
        let expected = [
            date!(2027 - 10 - 31),
            date!(2027 - 11 - 30),
            date!(2027 - 12 - 31),
            date!(2028 - 01 - 31),
            date!(2028 - 02 - 29),
            date!(2028 - 03 - 31),
            date!(2028 - 04 - 30),
        ];
        assert_eq!(starts(date!(2027 - 10 - 31), 1, 7), expected);
    }

    #[test]
    fn a_leap_day_anchor_waits_for_the_next_leap_year() {
        let expected = [date!(2028 - 02 - 29), date!(2029 - 02 - 28), date!(2030 - 02 - 28), date!(2031 - 02 - 28), date!(2032 - 02 - 29)];
        assert_eq!(starts(date!(2028 - 02 - 29), 12, 5), expected);
    }

    #[test]
    fn anchors_on_the_29th_and_30th_clamp_in_february() {
        assert_eq!(starts(date!(2027 - 01 - 29), 1, 3), [date!(2027 - 01 - 29), date!(2027 - 02 - 28), date!(2027 - 03 - 29)]);
        assert_eq!(starts(date!(2027 - 11 - 30), 3, 3), [date!(2027 - 11 - 30), date!(2028 - 02 - 29), date!(2028 - 05 - 30)]);
    }

    #[test]
    fn periods_run_before_the_anchor_too() {
        let cycle = Cycle::new(date!(2026 - 10 - 01), 3);
        assert_eq!(cycle.containing(date!(2026 - 04 - 16)), Period::new(date!(2026 - 04 - 01), date!(2026 - 07 - 01)).ok());
        assert_eq!(cycle.index_of(date!(2026 - 09 - 30)), Some(-1));
        assert_eq!(cycle.index_of(date!(2026 - 10 - 01)), Some(0));
    }

    #[test]
    fn a_period_counts_its_days() {
        let april = Period::new(date!(2026 - 04 - 16), date!(2026 - 05 - 01)).unwrap();
        assert_eq!(april.days(), 15);
        assert_eq!(april.days_through(date!(2026 - 04 - 25)), 10);
        assert_eq!(april.days_through(date!(2026 - 04 - 15)), 0);
        assert_eq!(april.days_through(date!(2026 - 06 - 15)), 15);
        assert_eq!(april.last_day(), date!(2026 - 04 - 30));
        assert_eq!(april.iter().count(), 15);
        assert!(april.contains(april.last_day()) && !april.contains(april.end()));
    }

    #[test]
    fn an_end_before_or_on_the_start_is_refused() {
        let day = date!(2026 - 04 - 16);
        assert_eq!(Period::new(day, day).unwrap_err().code(), "end_before_start");
        assert!(Period::new(day, date!(2026 - 04 - 15)).is_err());
        assert!(serde_json::from_str::<Period>(&serde_json::to_string(&(day, day)).unwrap()).is_err());
    }

    #[test]
    fn clipping_leaves_what_is_inside() {
        let quarter = Period::new(date!(2026 - 04 - 01), date!(2026 - 07 - 01)).unwrap();
        let span = |from, until| Span::new(from, until).unwrap();
        assert_eq!(span(date!(2026 - 04 - 15), None).clip(quarter).map(Period::days), Some(77));
        assert_eq!(span(date!(2026 - 03 - 01), Some(date!(2026 - 04 - 02))).clip(quarter).map(Period::days), Some(1));
        assert_eq!(Span::open(date!(2026 - 07 - 01)).clip(quarter), None);
        let both = span(date!(2026 - 03 - 01), Some(date!(2026 - 04 - 02))).and(Span::open(date!(2026 - 04 - 01)));
        assert_eq!(both.map(Span::until), Some(Some(date!(2026 - 04 - 02))));
        assert_eq!(Span::open(date!(2026 - 05 - 01)).and(span(date!(2026 - 03 - 01), Some(date!(2026 - 05 - 01)))), None);
        assert!(Span::new(date!(2026 - 05 - 01), Some(date!(2026 - 05 - 01))).is_err());
        assert_eq!(quarter.days(), 91);
    }

    #[test]
    fn the_end_of_the_calendar_is_no_trap() {
        let cycle = Cycle::new(Date::MAX, 12);
        assert_eq!(cycle.start(1), None);
        assert_eq!(cycle.containing(Date::MAX), None);
        assert_eq!(Cycle::new(Date::MIN, 1).start(-1), None);
        assert_eq!(cycle.start(i32::MAX), None);
    }

    fn any_day() -> impl Strategy<Value = Date> {
        (2_440_000_i32..2_490_000).prop_map(|day| Date::from_julian_day(day).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn every_day_is_in_exactly_one_period(anchor in any_day(), day in any_day(), months in prop::sample::select(vec![1_u32, 3, 12])) {
            let cycle = Cycle::new(anchor, months);
            let index = cycle.index_of(day).unwrap();
            let period = cycle.period(index).unwrap();
            prop_assert!(period.contains(day));
            prop_assert_eq!(cycle.period(index + 1).unwrap().start(), period.end());
            prop_assert!(!cycle.period(index - 1).unwrap().contains(day));
        }

        #[test]
        fn long_periods_are_made_of_short_ones(anchor in any_day(), index in -40_i32..40) {
            let year = Cycle::new(anchor, 12).period(index).unwrap();
            let months: Vec<Period> = Cycle::new(anchor, 1).touching(year).collect();
            prop_assert_eq!(months.len(), 12);
            prop_assert_eq!(months.iter().map(|month| month.days()).sum::<u32>(), year.days());
        }
    }
}
