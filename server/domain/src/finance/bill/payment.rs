//! When a bill is to be paid.

use time::{Date, Duration};

/// Days to pay, where terms say nothing that is understood.
const USUAL_DAYS: u32 = 30;
/// More days than any terms give; a larger number is a typing error.
const MOST_DAYS: u32 = 365;

/// The day a bill of `issue_date` is to be paid by: `Net 14` gives 14 days, "due on receipt" none, words that are not
/// understood 30.
pub fn due_date(issue_date: Date, terms: Option<&str>) -> Date {
    let days = terms.and_then(days_of).unwrap_or(USUAL_DAYS);
    issue_date.checked_add(Duration::days(days.into())).unwrap_or(issue_date)
}

fn days_of(terms: &str) -> Option<u32> {
    let terms = terms.trim().to_lowercase();
    if matches!(terms.as_str(), "due on receipt" | "immediate" | "immediately") {
        return Some(0);
    }
    let number = terms.strip_prefix("net").or_else(|| terms.strip_suffix("days"))?;
    number.trim().trim_end_matches("days").trim().parse().ok().filter(|days| *days <= MOST_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn terms_as_people_write_them() {
        let issued = date!(2026 - 11 - 01);
        for (terms, due) in [
            (Some("Net 30"), date!(2026 - 12 - 01)),
            (Some("net14"), date!(2026 - 11 - 15)),
            (Some(" NET 45 days "), date!(2026 - 12 - 16)),
            (Some("14 days"), date!(2026 - 11 - 15)),
            (Some("Due on receipt"), issued),
            (Some("Net 0"), issued),
            (Some("2/10 net 30"), date!(2026 - 12 - 01)),
            (Some("whenever"), date!(2026 - 12 - 01)),
            (Some("Net 99999"), date!(2026 - 12 - 01)),
            (Some("Net -5"), date!(2026 - 12 - 01)),
            (None, date!(2026 - 12 - 01)),
        ] {
            assert_eq!(due_date(issued, terms), due, "{terms:?}");
        }
        assert_eq!(due_date(Date::MAX, None), Date::MAX);
    }
}
