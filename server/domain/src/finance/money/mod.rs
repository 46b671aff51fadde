//! Money: an exact amount that never leaves its currency.
//!
//! There is no `+` between amounts: adding is [`Money::plus`], which refuses two currencies, or a [`Totals`], which keeps
//! them apart. Fractions of a minor unit are kept until a figure is billed or stored; rounding is always half away from
//! zero, as invoices round.

mod currency;
mod totals;
mod unit_price;

pub use currency::{Currency, UnknownCurrency};
pub use totals::Totals;
pub use unit_price::{InvalidPrice, UnitPrice};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::cmp::{Ordering, Reverse};

/// Decimals kept of a stored quantity.
pub const QUANTITY_SCALE: u32 = 6;
/// Decimals kept of a stored percentage (in percent, not as a fraction).
pub const PERCENT_SCALE: u32 = 4;
/// Decimals kept of a stored amount that is not billed.
pub const MONEY_SCALE: u32 = 4;
/// Decimals kept of a stored price.
pub const PRICE_SCALE: u32 = 12;

/// The largest amount, of either sign: fifteen digits before the point, as the store keeps them.
const LIMIT: i64 = 999_999_999_999_999;

/// Rounds half away from zero.
pub fn rounded(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// An amount in a currency; may be negative (a credit) and may have fractions of the minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

#[derive(Serialize, Deserialize)]
struct Parts {
    amount: Decimal,
    currency: Currency,
}

impl TryFrom<Parts> for Money {
    type Error = MoneyError;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        Self::new(parts.amount, parts.currency)
    }
}

impl From<Money> for Parts {
    fn from(money: Money) -> Self {
        Self { amount: money.amount, currency: money.currency }
    }
}

/// Why an amount could not be made or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met.
    #[error("amounts in {0} and {1} cannot be combined")]
    Mixed(Currency, Currency),
    /// More than fifteen digits before the point.
    #[error("the amount is too large")]
    TooLarge,
    /// More decimals than the currency has.
    #[error("amounts in {0} have at most {digits} decimals", digits = .0.digits())]
    TooPrecise(Currency),
    /// Division by zero, or weights that add up to nothing.
    #[error("the amount cannot be divided that way")]
    NotDivisible,
}

impl MoneyError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Mixed(..) => "mixed_currencies",
            Self::TooLarge => "amount_too_large",
            Self::TooPrecise(_) => "amount_too_precise",
            Self::NotDivisible => "amount_not_divisible",
        }
    }
}

impl Money {
    /// An amount with as many decimals as it has.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] beyond fifteen digits before the point.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        if amount.abs() > Decimal::from(LIMIT) { Err(MoneyError::TooLarge) } else { Ok(Self { amount, currency }) }
    }

    /// An amount as people and invoices write it: at most the decimals of the currency.
    ///
    /// # Errors
    /// [`MoneyError::TooPrecise`] for more decimals, [`MoneyError::TooLarge`] as in [`Money::new`].
    pub fn exact(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        if amount.normalize().scale() > currency.digits() {
            return Err(MoneyError::TooPrecise(currency));
        }
        Self::new(amount, currency)
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// The amount, in major units.
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Is it nothing?
    pub fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    /// Is it more than nothing?
    pub fn is_positive(self) -> bool {
        self.amount > Decimal::ZERO
    }

    /// Is it less than nothing?
    pub fn is_negative(self) -> bool {
        self.amount < Decimal::ZERO
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::Mixed`], [`MoneyError::TooLarge`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::new(self.amount + other.amount, self.currency)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::Mixed`], [`MoneyError::TooLarge`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated())
    }

    /// The same amount with the other sign.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { amount: -self.amount, currency: self.currency }
    }

    /// Which is more.
    ///
    /// # Errors
    /// [`MoneyError::Mixed`].
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.amount.cmp(&other.amount))
    }

    /// The amount times a number, unrounded.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn times(self, factor: Decimal) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(factor).ok_or(MoneyError::TooLarge)?;
        Self::new(amount, self.currency)
    }

    /// `part` of `whole` of the amount, unrounded: multiplied before it is divided, so that nothing is lost on the way.
    ///
    /// # Errors
    /// [`MoneyError::NotDivisible`] when `whole` is zero, [`MoneyError::TooLarge`].
    pub fn share(self, part: Decimal, whole: Decimal) -> Result<Self, MoneyError> {
        Self::new(ratio(self.amount, part, whole)?, self.currency)
    }

    /// Rounded to the currency's minor unit, half away from zero: once, when it is billed.
    #[must_use]
    pub fn to_minor(self) -> Self {
        Self { amount: padded(rounded(self.amount, self.currency.digits()), self.currency.digits()), currency: self.currency }
    }

    /// Rounded to the four decimals of a stored, unbilled amount.
    #[must_use]
    pub fn to_stored(self) -> Self {
        Self { amount: rounded(self.amount, MONEY_SCALE), currency: self.currency }
    }

    /// Divides into equal amounts of whole minor units; what is left over goes to the first ones, a unit each. The
    /// parts add up to [`Money::to_minor`] of the amount.
    ///
    /// # Errors
    /// [`MoneyError::NotDivisible`] for no parts at all.
    pub fn split(self, parts: u32) -> Result<Vec<Self>, MoneyError> {
        let weights = vec![Decimal::ONE; usize::try_from(parts).map_err(|_| MoneyError::TooLarge)?];
        self.allocate(&weights)
    }

    /// Divides by weights into amounts of whole minor units; what is left over goes, a unit each, to the parts that
    /// rounding cut most, the earlier one first. The parts add up to [`Money::to_minor`] of the amount.
    ///
    /// # Errors
    /// [`MoneyError::NotDivisible`] when a weight is negative or all are zero, [`MoneyError::TooLarge`].
    pub fn allocate(self, weights: &[Decimal]) -> Result<Vec<Self>, MoneyError> {
        let whole = weights.iter().try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(*weight)).ok_or(MoneyError::TooLarge)?;
        if weights.iter().any(|weight| weight.is_sign_negative() && !weight.is_zero()) || whole.is_zero() {
            return Err(MoneyError::NotDivisible);
        }
        let (total, digits) = (self.to_minor().amount, self.currency.digits());
        let exact = weights.iter().map(|weight| ratio(total, *weight, whole)).collect::<Result<Vec<_>, _>>()?;
        let mut parts: Vec<Decimal> = exact.iter().map(|share| share.trunc_with_scale(digits)).collect();
        let mut by_loss: Vec<usize> = (0..parts.len()).filter(|at| !weights[*at].is_zero()).collect();
        by_loss.sort_by_key(|at| Reverse((exact[*at] - parts[*at]).abs()));
        let mut left = total - parts.iter().sum::<Decimal>();
        let unit = Decimal::new(if left.is_sign_negative() { -1 } else { 1 }, digits);
        for at in by_loss.into_iter().cycle() {
            if left.is_zero() {
                break;
            }
            parts[at] += unit;
            left -= unit;
        }
        Ok(parts.into_iter().map(|amount| Self { amount: padded(amount, digits), currency: self.currency }).collect())
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::Mixed(self.currency, other.currency)) }
    }
}

/// With the currency's decimals, and with more where the amount has them: `500.00 USD`, `15968 JPY`.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", padded(self.amount.normalize(), self.currency.digits()), self.currency)
    }
}

/// `value × part ÷ whole`. The product first, as division is what rounds; when it is too long for 96 bits, the division.
///
/// # Errors
/// [`MoneyError::NotDivisible`] for a whole of nothing, [`MoneyError::TooLarge`].
pub fn ratio(value: Decimal, part: Decimal, whole: Decimal) -> Result<Decimal, MoneyError> {
    if whole.is_zero() {
        return Err(MoneyError::NotDivisible);
    }
    let product_first = value.checked_mul(part).and_then(|product| product.checked_div(whole));
    let quotient_first = || part.checked_div(whole).and_then(|quotient| value.checked_mul(quotient));
    product_first.or_else(quotient_first).ok_or(MoneyError::TooLarge)
}

/// With at least so many decimals; never fewer than it has.
fn padded(mut amount: Decimal, decimals: u32) -> Decimal {
    if amount.scale() < decimals {
        amount.rescale(decimals);
    }
    amount
}

#[cfg(test)]
mod tests;
