//! Texts of a body read as what they should be; everything that is wrong is named at once.

use domain::finance::period::Period;
use rust_decimal::Decimal;
use services::{FieldErrors, ServiceError};
use std::fmt::Display;
use std::str::FromStr;
use time::macros::format_description;
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};

/// Collects what is wrong.
#[derive(Default)]
pub struct Fields(FieldErrors);

impl Fields {
    /// A decimal, as exact text.
    pub fn decimal(&mut self, field: &str, text: Option<&str>) -> Option<Decimal> {
        self.read(field, text, |text| Decimal::from_str_exact(text).map_err(|_| "write a decimal number, for example 12.50"))
    }

    /// A date.
    pub fn date(&mut self, field: &str, text: Option<&str>) -> Option<Date> {
        let format = format_description!("[year]-[month]-[day]");
        self.read(field, text, |text| Date::parse(text, format).map_err(|_| "write a date as 2026-11-23"))
    }

    /// Days from `…_start` on, up to and not including `…_end`: both or none.
    pub fn period(&mut self, field: &str, start: Option<&str>, end: Option<&str>) -> Option<Period> {
        let names = [format!("{field}_start"), format!("{field}_end")];
        let days = [self.date(&names[0], start), self.date(&names[1], end)];
        match days {
            [Some(start), Some(end)] => Period::new(start, end).map_err(|error| self.0.add(&names[1], error.to_string())).ok(),
            [None, None] => None,
            [start, _] => {
                self.needed::<Date>(&names[usize::from(start.is_some())], None);
                None
            }
        }
    }

    /// An instant.
    pub fn instant(&mut self, field: &str, text: Option<&str>) -> Option<OffsetDateTime> {
        self.read(field, text, |text| OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "write a time as 2026-11-23T10:00:00Z"))
    }

    /// Anything that reads itself.
    pub fn word<T: FromStr<Err: Display>>(&mut self, field: &str, text: Option<&str>) -> Option<T> {
        self.read(field, text, str::parse)
    }

    /// What a function makes of a text; blank is nothing.
    pub fn read<T, E: Display>(&mut self, field: &str, text: Option<&str>, read: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        match read(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.add(field, error.to_string());
                None
            }
        }
    }

    /// Something must be there.
    pub fn needed<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.0.0.contains_key(field) {
            self.0.add(field, "this is needed");
        }
        value
    }

    /// The value, if nothing was wrong.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with everything that was.
    pub fn done<T>(self, value: Option<T>) -> Result<T, ServiceError> {
        self.0.check()?;
        value.ok_or_else(|| ServiceError::field("body", "something is missing"))
    }
}

/// Text without spaces around it; nothing for a blank one.
pub fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_named_at_once() {
        let mut fields = Fields::default();
        assert_eq!(fields.decimal("amount", Some(" 12.500 ")).map(|amount| amount.to_string()).as_deref(), Some("12.500"));
        assert_eq!(fields.decimal("blank", Some("  ")), None);
        assert_eq!(fields.decimal("huge", Some("1e400")), None);
        assert_eq!(fields.date("day", Some("2026-02-30")), None);
        assert_eq!(fields.instant("at", Some("tomorrow")), None);
        assert_eq!(fields.needed::<u8>("price", None), None);
        assert!(
            fields.period("stay", Some("2026-11-01"), Some("2026-11-02")).is_some() && fields.period("none", None, Some(" ")).is_none()
        );
        assert_eq!(fields.period("back", Some("2026-11-02"), Some("2026-11-01")), None);
        assert_eq!(fields.period("half", Some("2026-11-02"), None), None);
        let Err(ServiceError::Invalid(errors)) = fields.done(Some(())) else { panic!("wrong fields") };
        assert_eq!(errors.0.into_keys().collect::<Vec<_>>(), ["at", "back_end", "day", "half_end", "huge", "price"]);
    }
}
