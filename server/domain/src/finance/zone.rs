//! Local days: which date an instant falls on in a contract's zone, and which instants a date spans.

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::LazyLock;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// Only the data compiled into the program, so that no replica counts different days because of its machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone of the IANA database, for example `Europe/Berlin`. As text it is its name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

/// A name that is in no zone list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone; use a name such as Europe/Berlin or UTC")]
pub struct UnknownZone(pub String);

impl UnknownZone {
    /// Stable code of the error.
    pub const fn code(&self) -> &'static str {
        "unknown_time_zone"
    }
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of that name; letter case does not matter.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let found = ZONES.get(name).ok().filter(|zone| zone.iana_name().is_some());
        found.map(Self).ok_or_else(|| UnknownZone(name.to_owned()))
    }

    /// The zone's name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What clocks in the zone show at `at`.
    pub fn clock(&self, at: OffsetDateTime) -> PrimitiveDateTime {
        self.try_clock(at).unwrap_or_else(|| {
            let utc = at.to_offset(time::UtcOffset::UTC);
            PrimitiveDateTime::new(utc.date(), utc.time())
        })
    }

    /// The date in the zone at `at`.
    pub fn date(&self, at: OffsetDateTime) -> Date {
        self.clock(at).date()
    }

    /// The first instant of `date`, in UTC. Where clocks skip midnight it is the instant they skip it; where midnight
    /// comes twice it is the first. On the very edge of the calendar (years ±9999) days are read as UTC.
    pub fn start_of(&self, date: Date) -> OffsetDateTime {
        self.instant(date, Time::MIDNIGHT)
    }

    /// The instant at which clocks in the zone show `time` on `date`, in UTC; see [`start_of`](Self::start_of).
    pub fn instant(&self, date: Date, time: Time) -> OffsetDateTime {
        self.try_instant(date, time).unwrap_or_else(|| PrimitiveDateTime::new(date, time).assume_utc())
    }

    /// The instants from the start of `from` up to, and not including, the start of `until`.
    pub fn instants(&self, from: Date, until: Date) -> Range<OffsetDateTime> {
        self.start_of(from)..self.start_of(until)
    }

    fn try_clock(&self, at: OffsetDateTime) -> Option<PrimitiveDateTime> {
        let shown = self.0.to_datetime(Timestamp::from_nanosecond(at.unix_timestamp_nanos()).ok()?);
        let month = Month::try_from(u8::try_from(shown.month()).ok()?).ok()?;
        let date = Date::from_calendar_date(shown.year().into(), month, u8::try_from(shown.day()).ok()?).ok()?;
        let part = |value: i8| u8::try_from(value).ok();
        let nanosecond = u32::try_from(shown.subsec_nanosecond()).ok()?;
        let time = Time::from_hms_nano(part(shown.hour())?, part(shown.minute())?, part(shown.second())?, nanosecond).ok()?;
        Some(PrimitiveDateTime::new(date, time))
    }

    fn try_instant(&self, date: Date, time: Time) -> Option<OffsetDateTime> {
        let part = |value: u8| i8::try_from(value).ok();
        let day = civil::Date::new(i16::try_from(date.year()).ok()?, part(date.month().into())?, part(date.day())?).ok()?;
        let nanosecond = i32::try_from(time.nanosecond()).ok()?;
        let shown = civil::Time::new(part(time.hour())?, part(time.minute())?, part(time.second())?, nanosecond).ok()?;
        let at = self.0.to_timestamp(day.to_datetime(shown)).ok()?;
        OffsetDateTime::from_unix_timestamp_nanos(at.as_nanosecond()).ok()
    }
}

impl std::fmt::Debug for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        Self::named(name)
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Self, UnknownZone> {
        Self::named(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::{date, datetime};

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    #[test]
    fn one_instant_is_two_dates() {
        let at = datetime!(2026-03-31 22:30 UTC);
        for (name, expected) in [
            ("Europe/Berlin", date!(2026 - 04 - 01)),
            ("Asia/Tokyo", date!(2026 - 04 - 01)),
            ("America/Los_Angeles", date!(2026 - 03 - 31)),
            ("UTC", date!(2026 - 03 - 31)),
        ] {
            assert_eq!(zone(name).date(at), expected, "{name}");
        }
    }

    #[test]
    fn march_in_berlin_is_31_days_and_743_hours() {
        let march = zone("Europe/Berlin").instants(date!(2026 - 03 - 01), date!(2026 - 04 - 01));
        assert_eq!(march, datetime!(2026-02-28 23:00 UTC)..datetime!(2026-03-31 22:00 UTC));
        assert_eq!(march.end - march.start, Duration::hours(743));
    }

    #[test]
    fn days_are_23_24_or_25_hours() {
        let hours = |name: &str, day: Date| {
            let span = zone(name).instants(day, day.next_day().unwrap());
            (span.end - span.start).whole_hours()
        };
        assert_eq!(hours("Europe/Berlin", date!(2026 - 03 - 29)), 23);
        assert_eq!(hours("Europe/Berlin", date!(2026 - 10 - 25)), 25);
        assert_eq!(hours("America/New_York", date!(2026 - 03 - 08)), 23);
        assert_eq!(hours("UTC", date!(2026 - 03 - 29)), 24);
        // Clocks in Cairo go from 23:59 to 01:00; in Havana midnight comes twice.
        assert_eq!(hours("Africa/Cairo", date!(2026 - 04 - 24)), 23);
        assert_eq!(hours("America/Havana", date!(2024 - 11 - 03)), 25);
        // Samoa left out a whole date.
        assert_eq!(hours("Pacific/Apia", date!(2011 - 12 - 30)), 0);
    }

    #[test]
    fn a_day_starts_with_its_own_date() {
        for name in ["Africa/Cairo", "America/Havana", "Asia/Beirut", "Asia/Kathmandu", "Pacific/Auckland"] {
            let mut day = date!(2024 - 01 - 01);
            while day < date!(2027 - 01 - 01) {
                let start = zone(name).start_of(day);
                assert_eq!(zone(name).date(start), day, "{name}");
                assert_eq!(zone(name).date(start - Duration::SECOND), day.previous_day().unwrap(), "{name}");
                day = day.next_day().unwrap();
            }
        }
    }

    #[test]
    fn names_are_checked_and_survive_text() {
        for bad in ["", "Mars/Olympus", "+02:00", "../etc/passwd", "Europe/Berlin\0"] {
            assert_eq!(Zone::named(bad), Err(UnknownZone(bad.to_owned())));
        }
        let text = serde_json::to_string(&zone("europe/berlin")).unwrap();
        assert_eq!(text, "\"Europe/Berlin\"");
        assert_eq!(serde_json::from_str::<Zone>(&text).unwrap(), zone("Europe/Berlin"));
        assert!(serde_json::from_str::<Zone>("\"Nowhere\"").is_err());
    }

    #[test]
    fn the_edge_of_the_calendar_is_no_trap() {
        for day in [Date::MIN, Date::MAX] {
            let _ = zone("Pacific/Auckland").date(zone("Pacific/Auckland").start_of(day));
        }
    }
}
