//! From the services' types to the wire. The one place that decides what a browser sees.

mod access;
mod audit;
mod builds;
mod device;
mod error;
pub mod finance;
mod notifications;
mod people;
mod providers;
mod sign_in;
mod try_it;
mod usage;

pub use access::{access_token, new_access_token};
pub use audit::{audit_filter, audit_page, audit_view};
pub use builds::{build_page, builds, log_part, read_place, whole_log};
pub use error::app_error;
pub use notifications::{channel, notification_list, test_outcome};
pub use people::{person, session, viewer};
pub use providers::{key_guess, outcome, paid_test, provider_detail, provider_list, provider_row};
pub use try_it::try_stream;
pub use usage::{days, usage};

use crate::wire::Moment;
use rust_decimal::Decimal;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// An instant, to the second.
pub fn moment(at: OffsetDateTime) -> Moment {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    Moment { unix: whole.unix_timestamp(), iso: whole.format(&Rfc3339).unwrap_or_default() }
}

/// US dollars without needless zeros, with at least two decimals: `12.40`, `0.0004`.
pub fn dollars(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_keeps_every_digit_and_two_at_least() {
        assert_eq!(dollars(Decimal::new(124, 1)), "12.40");
        assert_eq!(dollars(Decimal::new(40, 5)), "0.0004");
        assert_eq!(dollars(Decimal::ZERO), "0.00");
    }
}
