//! Values as text.

use rust_decimal::Decimal;
use time::{OffsetDateTime, UtcOffset};

/// A number with a point, so that no reader takes the column for whole numbers: `500.0`.
pub fn decimal(value: Decimal) -> String {
    let mut value = value.normalize();
    if value.scale() == 0 {
        value.rescale(1);
    }
    value.to_string()
}

/// An instant in UTC to the second.
pub fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (year, month, day) = at.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}T{:02}:{:02}:{:02}Z", u8::from(month), at.hour(), at.minute(), at.second())
}

/// Text that no spreadsheet takes for a formula: what starts like one gets an apostrophe in front.
pub fn text(value: &str) -> String {
    let value = value.trim();
    if starts_like_a_formula(value) { format!("'{value}") } else { value.to_owned() }
}

/// Would a spreadsheet compute it?
pub fn starts_like_a_formula(value: &str) -> bool {
    value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// A unit as the standard spells them: every word with a capital, `tokens` → `Tokens`.
pub fn unit(value: &str) -> String {
    let words = value.split_whitespace().map(|word| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::fixtures::dec;
    use time::macros::datetime;

    #[test]
    fn numbers_have_a_point_and_no_exponent() {
        for (value, shown) in [
            ("500", "500.0"),
            ("-0.50", "-0.5"),
            ("0", "0.0"),
            ("0.000000000001", "0.000000000001"),
            ("1000000000000000", "1000000000000000.0"),
            ("-0", "0.0"),
        ] {
            assert_eq!(decimal(dec(value)), shown);
        }
    }

    #[test]
    fn instants_are_in_utc() {
        assert_eq!(instant(datetime!(2026-04-01 00:00 +02:00)), "2026-03-31T22:00:00Z");
    }

    #[test]
    fn formulas_lose_their_power() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"] {
            assert!(!starts_like_a_formula(&text(bad)), "{bad:?}");
            assert!(text(bad).starts_with('\'') || text(bad).starts_with(char::is_alphanumeric), "{bad:?}");
        }
        assert_eq!(text("Acme, Inc."), "Acme, Inc.");
    }

    #[test]
    fn units_have_capitals() {
        for (given, shown) in [("tokens", "Tokens"), ("USD", "USD"), ("  api calls ", "Api Calls"), ("1000000 Tokens", "1000000 Tokens")] {
            assert_eq!(unit(given), shown);
        }
    }
}
