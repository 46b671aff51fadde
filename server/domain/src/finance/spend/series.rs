//! Series for charts: how an allowance melts, and what each day cost.

use crate::finance::evaluation::Evaluation;
use crate::finance::money::{Currency, Money, MoneyError, QUANTITY_SCALE, ratio, rounded};
use crate::finance::period::Period;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use time::Date;

/// An allowance at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurnPoint {
    /// The day.
    pub date: Date,
    /// What would be left if every day took the same.
    pub ideal: Decimal,
    /// What was left; `None` where no figure exists.
    pub actual: Option<Decimal>,
    /// What will be left if it goes on like this; from the newest figure on.
    pub projected: Option<Decimal>,
}

/// The days of one allowance period. `evaluations` are its rows, in any order; `None` when no quantity is disclosed or there
/// is no row at all, which is no data.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn burn_down(evaluations: &[Evaluation]) -> Result<Option<Vec<BurnPoint>>, MoneyError> {
    let Some(newest) = evaluations.iter().max_by_key(|row| row.date) else { return Ok(None) };
    let Some(included) = newest.included else { return Ok(None) };
    let period = newest.period;
    let days = Decimal::from(period.days());
    let rows: BTreeMap<Date, &Evaluation> = evaluations.iter().filter(|row| row.period == period).map(|row| (row.date, row)).collect();
    let mut points = Vec::new();
    for (date, over) in period.iter().zip(1_u32..) {
        let left = |used: Decimal| rounded(included - used, QUANTITY_SCALE);
        let projected =
            if date >= newest.date { Some(left(ratio(newest.consumed, over.into(), newest.days_elapsed.into())?)) } else { None };
        points.push(BurnPoint {
            date,
            ideal: left(ratio(included, over.into(), days)?),
            actual: rows.get(&date).map(|row| left(row.consumed)),
            projected,
        });
    }
    Ok(Some(points))
}

/// What one day cost in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySpend {
    /// The day.
    pub date: Date,
    /// The sum; `None` where nobody was measuring yet, or the day is not over.
    pub amount: Option<Money>,
    /// Were there requests without a known price, so that the sum is at least this?
    pub is_partial: bool,
}

/// A day's use as a database sums it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayTotal {
    /// The day, in the viewer's or the contract's zone.
    pub date: Date,
    /// One sum a currency.
    pub sums: Vec<Money>,
    /// Requests without a known price.
    pub unpriced: u64,
}

/// The cost of each day of `shown`, one series a currency. Days before `measured_since` and after `last_complete` have no
/// figure; a day between without use cost nothing. No currency at all means that nothing is known.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn by_day(
    shown: Period,
    totals: &[DayTotal],
    measured_since: Option<Date>,
    last_complete: Date,
) -> Result<BTreeMap<Currency, Vec<DaySpend>>, MoneyError> {
    let mut sums: BTreeMap<Currency, BTreeMap<Date, Money>> = BTreeMap::new();
    for total in totals.iter().filter(|total| shown.contains(total.date)) {
        for amount in &total.sums {
            let day = sums.entry(amount.currency()).or_default().entry(total.date).or_insert(Money::zero(amount.currency()));
            *day = day.plus(*amount)?;
        }
    }
    let is_known = |date: Date| measured_since.is_some_and(|since| since <= date) && date <= last_complete;
    let is_partial = |date: Date| totals.iter().any(|total| total.date == date && total.unpriced > 0);
    let series = sums.into_iter().map(|(currency, days)| {
        let point = |date: Date| {
            let amount = is_known(date).then(|| days.get(&date).copied().unwrap_or(Money::zero(currency)));
            DaySpend { date, amount, is_partial: amount.is_some() && is_partial(date) }
        };
        (currency, shown.iter().map(point).collect())
    });
    Ok(series.collect())
}
