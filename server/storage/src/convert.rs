//! Between columns and the domain's types.

use services::ports::{StoreError, StoreResult};
use std::fmt::Display;
use std::str::FromStr;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// Microseconds since 1970-01-01 UTC: how every instant is stored.
pub(crate) fn micros(at: OffsetDateTime) -> i64 {
    // `OffsetDateTime` ends in the year 9999, so this never saturates.
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX)
}

/// The instant of [`micros`].
pub(crate) fn instant(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()
}

/// Text from outside, without the one character PostgreSQL cannot store.
pub(crate) fn text(from_outside: &str) -> String {
    from_outside.replace('\0', "")
}

/// The same, where there may be none.
pub(crate) fn text_some(from_outside: Option<&String>) -> Option<String> {
    from_outside.map(|words| text(words))
}

/// How a value writes itself, where there is one.
pub(crate) fn shown<T: Display>(value: Option<&T>) -> Option<String> {
    value.map(T::to_string)
}

/// A JSON list of words.
pub(crate) fn list<T: Display>(items: &[T]) -> String {
    let words: Vec<String> = items.iter().map(T::to_string).collect();
    serde_json::Value::from(words).to_string()
}

/// A number for a column; what does not fit is as large as can be.
pub(crate) fn count<T: TryInto<i64>>(number: T) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Rows for one statement each, in a few fixed sizes: every size is a statement of its own to prepare and to keep, and
/// the largest stays well below the 32,766 values that SQLite takes.
pub(crate) fn batches<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    const SIZES: [usize; 5] = [256, 64, 16, 4, 1];
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (batch, rest) = rows.split_at(size);
        rows = rest;
        Some(batch)
    })
}

/// A row being read: knows what to say when a column makes no sense.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    table: &'static str,
    id: &'a dyn Display,
}

impl<'a> Row<'a> {
    pub(crate) fn new(table: &'static str, id: &'a dyn Display) -> Self {
        Self { table, id }
    }

    pub(crate) fn bad(&self, column: &'static str) -> StoreError {
        StoreError::Inconsistent { table: self.table, column, row: self.id.to_string() }
    }

    pub(crate) fn at(&self, column: &'static str, micros: i64) -> StoreResult<OffsetDateTime> {
        instant(micros).ok_or_else(|| self.bad(column))
    }

    pub(crate) fn at_some(&self, column: &'static str, micros: Option<i64>) -> StoreResult<Option<OffsetDateTime>> {
        micros.map(|micros| self.at(column, micros)).transpose()
    }

    pub(crate) fn word<T: FromStr>(&self, column: &'static str, word: &str) -> StoreResult<T> {
        word.parse().map_err(|_| self.bad(column))
    }

    pub(crate) fn word_some<T: FromStr>(&self, column: &'static str, word: Option<&str>) -> StoreResult<Option<T>> {
        word.map(|word| self.word(column, word)).transpose()
    }

    /// `2026-11-23`, as dates write themselves.
    pub(crate) fn date(&self, column: &'static str, text: &str) -> StoreResult<Date> {
        Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| self.bad(column))
    }

    pub(crate) fn date_some(&self, column: &'static str, text: Option<&str>) -> StoreResult<Option<Date>> {
        text.map(|text| self.date(column, text)).transpose()
    }

    pub(crate) fn list<T: FromStr>(&self, column: &'static str, json: &str) -> StoreResult<Vec<T>> {
        let words: Vec<String> = serde_json::from_str(json).map_err(|_| self.bad(column))?;
        words.iter().map(|word| self.word(column, word)).collect()
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &'static str, number: impl Into<i64>) -> StoreResult<T> {
        T::try_from(number.into()).map_err(|_| self.bad(column))
    }

    pub(crate) fn hash(&self, column: &'static str, bytes: &[u8]) -> StoreResult<[u8; 32]> {
        bytes.try_into().map_err(|_| self.bad(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn instants_are_exact_to_the_microsecond() {
        for at in [datetime!(2026-11-23 10:00:00.123456 UTC), datetime!(1969-12-31 23:59:59.999999 UTC), datetime!(9999-12-31 23:59 UTC)] {
            assert_eq!(instant(micros(at)), Some(at));
        }
        assert_eq!(micros(datetime!(2026-11-23 12:00 +2)), micros(datetime!(2026-11-23 10:00 UTC)));
    }

    #[test]
    fn batches_have_few_sizes_and_lose_nothing() {
        let rows: Vec<usize> = (0..599).collect();
        let sizes: Vec<usize> = batches(&rows).map(<[usize]>::len).collect();
        assert_eq!(sizes, [256, 256, 64, 16, 4, 1, 1, 1]);
        assert_eq!(batches(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(batches::<u8>(&[]).count(), 0);
    }

    #[test]
    fn dates_are_written_and_read_alike() {
        let row = Row::new("supplier_contract", &1);
        for day in [date!(2026 - 11 - 23), date!(0999 - 01 - 02), date!(9999 - 12 - 31)] {
            assert_eq!(row.date("start_date", &day.to_string()).ok(), Some(day));
        }
        assert!(row.date("start_date", "23.11.2026").is_err() && row.date("start_date", "").is_err());
    }

    #[test]
    fn what_cannot_be_read_names_its_place() {
        let error = Row::new("session", &7).word::<u8>("count", "many").map_err(|error| error.to_string());
        assert_eq!(error, Err("inconsistent row 7 in session.count".to_owned()));
    }
}
