//! Use as Finance sees it: how much of an allowance it is, and what our own machine costs. What a request was paid with is
//! in its usage row, which the gateway writes once.

mod sum;

pub use sum::{UsageSum, measure};

use super::money::{Currency, Money, MoneyError, UnitPrice, ratio};
use rust_decimal::Decimal;

/// What our own machine draws and what that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Watts while it works.
    pub watts: Decimal,
    /// Price of energy, for so many kilowatt-hours.
    pub energy: UnitPrice,
}

/// Milliseconds in an hour times watts in a kilowatt.
const MS_WATTS_PER_KWH: Decimal = Decimal::from_parts(3_600_000_000, 0, 0, false, 0);

impl Machine {
    /// 150 W at 0.12 US dollars a kilowatt-hour, until somebody knows better.
    pub fn assumed() -> Option<Self> {
        let energy = UnitPrice::new(Decimal::new(12, 2), Decimal::ONE, Currency::USD).ok()?;
        Some(Self { watts: Decimal::from(150), energy })
    }

    /// What so many milliseconds of work cost, unrounded.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn cost(&self, milliseconds: u64) -> Result<Money, MoneyError> {
        self.energy.cost(ratio(Decimal::from(milliseconds), self.watts, MS_WATTS_PER_KWH)?)
    }
}

#[cfg(test)]
mod tests;
