//! An instant on the page: the server's UTC text first, the browser's own time once it has taken over.

use super::use_now;
use crate::wire;
use leptos::prelude::*;

/// How an instant is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentForm {
    /// `14:05`, or with the day when it is another one.
    Clock,
    /// `23 Nov 2026`.
    Day,
    /// `2 min ago`, `in 5 min`.
    Ago,
    /// `23 Nov 2026, 14:05`.
    Full,
}

/// A `<time>` element that follows the browser's clock and time zone.
#[component]
pub fn Moment(
    /// Which instant.
    at: wire::Moment,
    /// How to write it.
    form: MomentForm,
) -> impl IntoView {
    let now = use_now();
    let wire::Moment { unix, iso } = at;
    let text = move || now.get().map_or_else(|| utc_text(unix, form), |now| local_text(unix, offset_seconds(unix), now, form));
    let title = move || {
        now.get().map_or_else(|| utc_text(unix, MomentForm::Full), |now| local_text(unix, offset_seconds(unix), now, MomentForm::Full))
    };
    view! {
        <time datetime=iso title=title>
            {text}
        </time>
    }
}

/// What the browser adds to UTC at that instant, in seconds.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "seconds of a calendar date, far below 2^53")]
fn offset_seconds(unix: i64) -> i64 {
    let date = js_sys::Date::new(&((unix as f64) * 1000.0).into());
    -(date.get_timezone_offset() as i64) * 60
}

fn utc_text(unix: i64, form: MomentForm) -> String {
    match form {
        MomentForm::Clock => format!("{} UTC", clock(unix)),
        MomentForm::Day => day(unix),
        MomentForm::Ago | MomentForm::Full => format!("{}, {} UTC", day(unix), clock(unix)),
    }
}

fn local_text(unix: i64, offset: i64, now: i64, form: MomentForm) -> String {
    let local = unix + offset;
    match form {
        MomentForm::Clock if local.div_euclid(DAY) == (now + offset).div_euclid(DAY) => clock(local),
        MomentForm::Day => day(local),
        MomentForm::Ago => ago(unix, now),
        MomentForm::Clock | MomentForm::Full => format!("{}, {}", day(local), clock(local)),
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

fn ago(unix: i64, now: i64) -> String {
    let (distance, ahead) = ((now - unix).abs(), unix > now);
    let words = match distance {
        // The clock here ticks every half minute, so what just happened may seem to lie ahead.
        0..50 => return "just now".to_owned(),
        50..3000 => format!("{} min", (distance + 30) / MINUTE),
        3000..79_200 => format!("{} h", (distance + HOUR / 2) / HOUR),
        _ => match (distance + DAY / 2) / DAY {
            0 | 1 => "1 day".to_owned(),
            days => format!("{days} days"),
        },
    };
    if ahead { format!("in {words}") } else { format!("{words} ago") }
}

fn clock(unix: i64) -> String {
    let second = unix.rem_euclid(DAY);
    format!("{:02}:{:02}", second / HOUR, second % HOUR / MINUTE)
}

fn day(unix: i64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = civil(unix.div_euclid(DAY));
    let month = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"");
    format!("{day} {month} {year}")
}

/// Days since 1970-01-01 → year, month (1 to 12), day, proleptic Gregorian. Counts in 400-year eras that begin in March, so
/// that the leap day is the last of its year.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let in_era = days.rem_euclid(146_097);
    let year_of_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
    let day_of_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + (month <= 2) as i64, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T14:05:00Z.
    const AT: i64 = 1_795_442_700;

    #[test]
    fn writes_utc_for_the_server() {
        assert_eq!(utc_text(AT, MomentForm::Clock), "14:05 UTC");
        assert_eq!(utc_text(AT, MomentForm::Day), "23 Nov 2026");
        assert_eq!(utc_text(AT, MomentForm::Ago), "23 Nov 2026, 14:05 UTC");
        assert_eq!(utc_text(951_782_400, MomentForm::Day), "29 Feb 2000");
        assert_eq!(utc_text(-1, MomentForm::Full), "31 Dec 1969, 23:59 UTC");
    }

    #[test]
    fn writes_local_time_for_the_browser() {
        assert_eq!(local_text(AT, 2 * HOUR, AT, MomentForm::Clock), "16:05");
        assert_eq!(local_text(AT, 12 * HOUR, AT - DAY, MomentForm::Clock), "24 Nov 2026, 02:05");
        assert_eq!(local_text(AT, -15 * HOUR, AT, MomentForm::Day), "22 Nov 2026");
    }

    #[test]
    fn says_how_long_ago() {
        for (distance, words) in
            [(0, "just now"), (70, "1 min ago"), (120, "2 min ago"), (3600, "1 h ago"), (86_400, "1 day ago"), (200_000, "2 days ago")]
        {
            assert_eq!(local_text(AT, 0, AT + distance, MomentForm::Ago), words);
        }
        assert_eq!(ago(AT + 300, AT), "in 5 min");
        assert_eq!(ago(AT + 20, AT), "just now");
    }
}
