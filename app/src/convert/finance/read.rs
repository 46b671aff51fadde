//! Fields of a form as what they should be; everything that is wrong is named at once.

use crate::wire::{AppError, ErrorCode};
use domain::finance::period::Period;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use time::Date;
use time::macros::format_description;

/// Fields by name, as a browser sent them.
pub type Fields = BTreeMap<String, String>;

/// Under these names a form without JavaScript gets back what was entered, beside what is wrong with it.
const ENTERED: &str = "entered.";

/// Reads fields, and collects what is wrong.
pub struct Reader<'a> {
    fields: &'a Fields,
    errors: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    /// Reads these.
    pub fn new(fields: &'a Fields) -> Self {
        Self { fields, errors: BTreeMap::new() }
    }

    /// What was entered; blank is nothing.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// The same, owned.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// Was it ticked?
    pub fn tick(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// What a function makes of it.
    pub fn with<T, E: Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match read(self.text(name)?) {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(name, error.to_string());
                None
            }
        }
    }

    /// Anything that reads itself.
    pub fn word<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        self.with(name, str::parse)
    }

    /// An exact decimal. Thousands may be set apart, by commas only where they can be nothing else: `12,50` is no number.
    pub fn decimal(&mut self, name: &str) -> Option<Decimal> {
        let read = |text: &str| {
            let bare = text.replace([' ', '_'], "");
            let whole = bare.split('.').next().unwrap_or_default();
            let is_apart = whole.split(',').skip(1).all(|group| group.len() == 3) && whole.len() >= bare.rfind(',').unwrap_or_default();
            Decimal::from_str_exact(&bare.replace(',', "")).ok().filter(|_| is_apart).ok_or("write a number, for example 12.50")
        };
        self.with(name, read)
    }

    /// A calendar date.
    pub fn date(&mut self, name: &str) -> Option<Date> {
        let format = format_description!("[year]-[month]-[day]");
        self.with(name, |text| Date::parse(text, format).map_err(|_| "write a date as 2026-11-23"))
    }

    /// Days from `…_start` on, up to and not including `…_end`: both or none.
    pub fn period(&mut self, name: &str) -> Option<Period> {
        let names = [format!("{name}_start"), format!("{name}_end")];
        match [self.date(&names[0]), self.date(&names[1])] {
            [Some(start), Some(end)] => Period::new(start, end).map_err(|error| self.wrong(&names[1], error.to_string())).ok(),
            [None, None] => None,
            [start, _] => {
                self.needed::<Date>(&names[usize::from(start.is_some())], None);
                None
            }
        }
    }

    /// What must be there.
    pub fn needed<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.errors.contains_key(name) {
            self.wrong(name, "this is needed".to_owned());
        }
        value
    }

    /// Notes what is wrong.
    pub fn wrong(&mut self, name: &str, words: String) {
        self.errors.entry(name.to_owned()).or_insert(words);
    }

    /// The value, if nothing was wrong.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] with everything that was.
    pub fn done<T>(self, value: Option<T>) -> Result<T, AppError> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(AppError {
                field_errors: self.errors,
                ..AppError::new(ErrorCode::Invalid, "Some fields are not right yet. Nothing was saved.")
            }),
        }
    }
}

/// The error with what was entered, for a page that is rendered anew.
pub fn with_entered(mut error: AppError, fields: &Fields) -> AppError {
    error.field_errors.extend(fields.iter().map(|(name, value)| (format!("{ENTERED}{name}"), value.clone())));
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_parts_thousands_and_nothing_else() {
        let read = |text: &str| {
            let fields: Fields = [("amount".to_owned(), text.to_owned())].into();
            Reader::new(&fields).decimal("amount").map(|amount| amount.to_string())
        };
        for (given, number) in [("1,200.50", "1200.50"), ("-1,234,567", "-1234567"), ("12 000", "12000"), ("0.5", "0.5")] {
            assert_eq!(read(given).as_deref(), Some(number));
        }
        for wrong in ["12,50", "1,2", "1.234,5", "1,20,000", "0.1,234", "1,2345"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let fields: Fields = [("amount", " 1,200.50 "), ("price", "much"), ("day", "2026-02-30"), ("blank", " ")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .into();
        let mut reader = Reader::new(&fields);
        assert_eq!(reader.decimal("amount").map(|amount| amount.to_string()).as_deref(), Some("1200.50"));
        assert_eq!(reader.decimal("price"), None);
        assert_eq!(reader.date("day"), None);
        assert_eq!(reader.decimal("blank"), None);
        assert_eq!(reader.needed::<u8>("blank", None), None);
        let error = reader.done(Some(())).unwrap_err();
        assert_eq!(error.field_errors.keys().collect::<Vec<_>>(), ["blank", "day", "price"]);
        assert_eq!(with_entered(error, &fields).field("entered.price").as_deref(), Some("much"));
    }
}
