//! Prices for a quantity.

use super::{Currency, LIMIT, Money, MoneyError, PRICE_SCALE, QUANTITY_SCALE, ratio};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a quantity costs: a price for so many units, never divided to a price for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UnitPrice {
    price: Decimal,
    per: Decimal,
    currency: Currency,
}

/// A price that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a price is at least 0, for a quantity above 0, with at most {PRICE_SCALE} decimals")]
pub struct InvalidPrice;

impl UnitPrice {
    /// `price` for `per` units.
    ///
    /// # Errors
    /// [`InvalidPrice`] for a negative price, a quantity of nothing, or more decimals than the store keeps.
    pub fn new(price: Decimal, per: Decimal, currency: Currency) -> Result<Self, InvalidPrice> {
        let plausible = price >= Decimal::ZERO
            && price <= Decimal::from(LIMIT)
            && price.normalize().scale() <= PRICE_SCALE
            && per > Decimal::ZERO
            && per.normalize().scale() <= QUANTITY_SCALE;
        if plausible { Ok(Self { price, per, currency }) } else { Err(InvalidPrice) }
    }

    /// The price of [`UnitPrice::per`] units.
    pub const fn price(self) -> Decimal {
        self.price
    }

    /// How many units the price is for.
    pub const fn per(self) -> Decimal {
        self.per
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// What a quantity costs, unrounded.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn cost(self, quantity: Decimal) -> Result<Money, MoneyError> {
        Money::new(ratio(self.price, quantity, self.per)?, self.currency)
    }
}
