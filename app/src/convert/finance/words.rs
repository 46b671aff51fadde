//! Amounts, quantities, days and states as they are shown.

use crate::wire::{Cell, Grid, Used};
use domain::finance::Money;
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use time::{Date, OffsetDateTime};
use vocab::Tone;

/// Nothing is known: never 0.
pub const NO_DATA: &str = "No data";

/// An amount at the scale of its currency: `$1,234.50`, `€90.00`, `150.000 KWD`.
pub fn money(amount: Money) -> String {
    let rounded = amount.to_minor();
    let number = grouped(&padded(rounded.amount().abs(), rounded.currency().digits()));
    let sign = if rounded.is_negative() { "−" } else { "" };
    let symbol = match rounded.currency().code() {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        code => return format!("{sign}{number} {code}"),
    };
    format!("{sign}{symbol}{number}")
}

/// Several currencies, one after the other; `None` when there is nothing.
pub fn sums(amounts: impl IntoIterator<Item = Money>) -> Option<String> {
    let words: Vec<String> = amounts.into_iter().map(money).collect();
    (!words.is_empty()).then(|| words.join(" + "))
}

/// A quantity with its thousands apart, without needless zeros.
pub fn quantity(number: Decimal) -> String {
    grouped(&number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize().to_string())
}

/// `46.0 %`.
pub fn percent(number: Decimal) -> String {
    let mut rounded = number.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(1);
    format!("{rounded} %")
}

/// `23 Nov 2026`.
pub fn day(date: Date) -> String {
    let month = date.month().to_string();
    format!("{} {} {}", date.day(), month.get(..3).unwrap_or(&month), date.year())
}

/// `23 Nov`.
pub fn short_day(date: Date) -> String {
    let month = date.month().to_string();
    format!("{} {}", date.day(), month.get(..3).unwrap_or(&month))
}

/// `23 Nov 2026, 14:05 UTC`.
pub fn instant(at: OffsetDateTime) -> String {
    format!("{}, {:02}:{:02} UTC", day(at.date()), at.hour(), at.minute())
}

/// `1 item`, `2 items`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// Words alone.
pub fn text(words: impl Into<String>) -> Cell {
    Cell { text: words.into(), ..Cell::default() }
}

/// Words that lead somewhere.
pub fn link(words: impl Into<String>, href: String) -> Cell {
    Cell { text: words.into(), href, ..Cell::default() }
}

/// A state.
pub fn chip(words: &str, tone: Tone) -> Cell {
    Cell { text: words.to_owned(), tone: Some(tone), ..Cell::default() }
}

/// The same with smaller words below.
pub fn noted(cell: Cell, note: impl Into<String>) -> Cell {
    Cell { note: note.into(), ..cell }
}

/// A bar with the mark of an even pace.
pub fn used(utilised: Decimal, elapsed: u32, days: u32) -> Used {
    let percent = utilised.round().to_u32().unwrap_or(0).min(100);
    Used { percent, pace: Some(elapsed * 100 / days.max(1)) }
}

/// A bar without a pace: how much this is of the greatest of its kind. What is not nothing can be seen.
pub fn share(of: Decimal, greatest: Decimal) -> Used {
    let percent = if greatest.is_zero() { Decimal::ZERO } else { of * Decimal::ONE_HUNDRED / greatest };
    let percent = percent.round().to_u32().unwrap_or(0).min(100);
    Used { percent: if of > Decimal::ZERO { percent.max(1) } else { percent }, pace: None }
}

/// A table; `#` before a heading marks a column of figures.
pub fn grid(columns: &[&str], rows: Vec<Vec<Cell>>) -> Grid {
    let column = |words: &&str| (words.trim_start_matches('#').to_owned(), words.starts_with('#'));
    Grid { columns: columns.iter().map(column).collect(), rows }
}

fn padded(mut number: Decimal, digits: u32) -> String {
    number.rescale(digits);
    number.to_string()
}

fn grouped(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("−", rest));
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut words = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    if let Some(fraction) = fraction {
        words.push('.');
        words.push_str(fraction);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::finance::Currency;

    fn amount(text: &str, code: &str) -> Money {
        Money::new(text.parse().unwrap(), Currency::parse(code).unwrap()).unwrap()
    }

    #[test]
    fn amounts_keep_the_scale_of_their_currency() {
        for (number, code, words) in [
            ("1234.5", "USD", "$1,234.50"),
            ("0.005", "EUR", "€0.01"),
            ("15968", "JPY", "¥15,968"),
            ("48.387", "KWD", "48.387 KWD"),
            ("-3", "GBP", "−£3.00"),
        ] {
            assert_eq!(money(amount(number, code)), words);
        }
        assert_eq!(sums([]), None);
        assert_eq!(sums([amount("1", "EUR"), amount("2", "USD")]).as_deref(), Some("€1.00 + $2.00"));
    }

    #[test]
    fn quantities_and_shares_are_short() {
        assert_eq!(quantity("1000000.000000".parse().unwrap()), "1,000,000");
        assert_eq!(quantity("-12.345".parse().unwrap()), "−12.35");
        assert_eq!(percent("46".parse().unwrap()), "46.0 %");
        assert_eq!(percent("106.25".parse().unwrap()), "106.3 %");
        assert_eq!(used("140".parse().unwrap(), 23, 30), Used { percent: 100, pace: Some(76) });
    }
}
