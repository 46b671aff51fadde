//! One total of several currencies, by rates that the operator wrote down. Without a rate there is none.

use crate::finance::money::{Currency, Money, MoneyError, Totals};
use rust_decimal::Decimal;
use std::str::FromStr;
use time::Date;
use time::macros::format_description;

/// Rates to one currency. As text: that currency, then what one unit of others is worth, and since when:
/// `USD EUR=1.08@2026-11-01 GBP=1.27@2026-11-01`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRates {
    to: Currency,
    rates: Vec<Rate>,
}

/// A text that says no rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a currency, then rates with their days: USD EUR=1.08@2026-11-01")]
pub struct NoRates;

impl FromStr for ExchangeRates {
    type Err = NoRates;

    fn from_str(text: &str) -> Result<Self, NoRates> {
        let mut words = text.split_whitespace();
        let to = words.next().and_then(|code| Currency::parse(code).ok()).ok_or(NoRates)?;
        let rates = words.map(|word| Rate::read(word, to).ok_or(NoRates)).collect::<Result<Vec<_>, _>>()?;
        if rates.is_empty() { Err(NoRates) } else { Ok(Self { to, rates }) }
    }
}

impl ExchangeRates {
    /// One total of sums in several currencies. `None` where there is nothing to add up, or a rate lacks.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn total(&self, totals: &Totals, today: Date) -> Result<Option<Converted>, MoneyError> {
        if totals.sums().nth(1).is_none() { Ok(None) } else { converted(totals, self.to, &self.rates, today) }
    }
}

/// What one currency is worth in another.
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

impl Rate {
    /// `EUR=1.08@2026-11-01`
    fn read(text: &str, to: Currency) -> Option<Self> {
        let (code, rest) = text.split_once('=')?;
        let (rate, on) = rest.split_once('@')?;
        let rate = Decimal::from_str_exact(rate).ok().filter(|rate| *rate > Decimal::ZERO)?;
        let on = Date::parse(on, format_description!("[year]-[month]-[day]")).ok()?;
        let from = Currency::parse(code).ok().filter(|from| *from != to)?;
        Some(Self { from, rate, to, on })
    }
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
