//! One total of several currencies, for whoever keeps rates. Without a rate there is none.

use crate::finance::money::{Currency, Money, MoneyError, Totals};
use rust_decimal::Decimal;
use time::Date;

/// A rate that somebody entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// One unit of this …
    pub from: Currency,
    /// … is so many …
    pub rate: Decimal,
    /// … of this,
    pub to: Currency,
    /// on this day.
    pub on: Date,
}

/// A converted total. It is an indication, and says how old it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Converted {
    /// The total, in minor units.
    pub total: Money,
    /// The day of the oldest rate in it; `None` when nothing had to be converted.
    pub rate_date: Option<Date>,
}

/// Converts totals to one currency, each with the newest rate up to `today`. `None` when there is nothing to convert, or a
/// currency has no rate: a total that leaves something out would be wrong.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn converted(totals: &Totals, to: Currency, rates: &[Rate], today: Date) -> Result<Option<Converted>, MoneyError> {
    if totals.is_empty() {
        return Ok(None);
    }
    let mut sum = Converted { total: Money::zero(to), rate_date: None };
    for amount in totals.sums() {
        if amount.currency() == to {
            sum.total = sum.total.plus(amount)?;
            continue;
        }
        let usable = rates.iter().filter(|rate| rate.from == amount.currency() && rate.to == to && rate.on <= today);
        let Some(rate) = usable.filter(|rate| rate.rate > Decimal::ZERO).max_by_key(|rate| rate.on) else { return Ok(None) };
        sum.total = sum.total.plus(Money::new(amount.times(rate.rate)?.amount(), to)?)?;
        sum.rate_date = Some(sum.rate_date.map_or(rate.on, |oldest| oldest.min(rate.on)));
    }
    Ok(Some(Converted { total: sum.total.to_minor(), ..sum }))
}
