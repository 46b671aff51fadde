//! Numbers in words. What is not known is said, never written as 0.

use crate::wire::UsageBucketView;

/// "12,345".
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// "950", "12.3 k", "4.5 M": for tiles.
pub fn short_count(number: u64) -> String {
    let (unit, name) = match number {
        0..10_000 => return count(number),
        10_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "G"),
    };
    format!("{}.{} {name}", number / unit, number % unit * 10 / unit)
}

/// "request" or "requests" with their number.
pub fn requests(number: u64) -> String {
    if number == 1 { "1 request".to_owned() } else { format!("{} requests", count(number)) }
}

/// "$1,234.50" from exact decimal text; below a dollar four places, and never a rounded 0 for something.
pub fn dollars(exact: &str) -> String {
    let (whole, fraction) = exact.split_once('.').unwrap_or((exact, ""));
    let whole: u64 = whole.parse().unwrap_or(0);
    let places = if whole > 0 { 2 } else { 4 };
    let (whole, rounded) = round(whole, fraction, places);
    match (whole, rounded) {
        (0, 0) if fraction.bytes().any(|digit| digit != b'0') => "under $0.0001".to_owned(),
        (0, 0) => "$0.00".to_owned(),
        (0, _) if rounded % 100 == 0 => format!("$0.{:02}", rounded / 100),
        (0, _) => format!("$0.{rounded:04}"),
        (_, _) if places == 4 => format!("${}.00", count(whole)),
        (_, _) => format!("${}.{rounded:02}", count(whole)),
    }
}

/// Rounds half up to `places` digits; carries into the whole.
fn round(whole: u64, fraction: &str, places: usize) -> (u64, u64) {
    let digit = |index: usize| fraction.as_bytes().get(index).map_or(0, |byte| u64::from(byte.saturating_sub(b'0')));
    let kept = (0..places).fold(0, |sum, index| sum * 10 + digit(index));
    let limit = (0..places).fold(1, |limit, _| limit * 10);
    let rounded = kept + u64::from(digit(places) >= 5);
    if rounded == limit { (whole + 1, 0) } else { (whole, rounded) }
}

/// The cost of a sum in words.
pub fn cost(bucket: &UsageBucketView) -> String {
    match &bucket.cost {
        Some(exact) if bucket.unpriced > 0 => format!("{} or more", dollars(exact)),
        Some(exact) => dollars(exact),
        None if bucket.requests == 0 => "No data".to_owned(),
        None => "unknown".to_owned(),
    }
}

/// Did any provider report tokens? Answers without them sum up to 0, which they were not.
pub const fn has_tokens(bucket: &UsageBucketView) -> bool {
    bucket.input_tokens > 0 || bucket.output_tokens > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits() {
        for (number, words) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), words);
        }
        for (number, words) in [(9_999, "9,999"), (12_345, "12.3 k"), (999_999, "999.9 k"), (4_560_000, "4.5 M"), (7_000_000_000, "7.0 G")]
        {
            assert_eq!(short_count(number), words);
        }
    }

    #[test]
    fn money_is_never_rounded_away() {
        let cases = [
            ("0", "$0.00"),
            ("0.000", "$0.00"),
            ("0.00001", "under $0.0001"),
            ("0.00005", "$0.0001"),
            ("0.0137", "$0.0137"),
            ("0.2000", "$0.20"),
            ("0.99996", "$1.00"),
            ("12.4", "$12.40"),
            ("12.345", "$12.35"),
            ("1.999", "$2.00"),
            ("1234567.891", "$1,234,567.89"),
        ];
        for (exact, words) in cases {
            assert_eq!(dollars(exact), words, "{exact}");
        }
    }
}
