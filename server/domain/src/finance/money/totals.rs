//! Sums over several currencies.

use super::{Currency, Money, MoneyError};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Sums that keep currencies apart. No currency at all means that nothing is known, which is not zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals(BTreeMap<Currency, Decimal>);

impl Totals {
    /// Adds an amount to its currency's sum.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn add(&mut self, money: Money) -> Result<(), MoneyError> {
        let sum = self.0.entry(money.currency).or_default();
        *sum = Money::new(*sum + money.amount, money.currency)?.amount;
        Ok(())
    }

    /// One sum a currency, by code.
    pub fn sums(&self) -> impl Iterator<Item = Money> + '_ {
        self.0.iter().map(|(currency, amount)| Money { amount: *amount, currency: *currency })
    }

    /// The sum in one currency, if anything was added in it.
    pub fn of(&self, currency: Currency) -> Option<Money> {
        self.0.get(&currency).map(|amount| Money { amount: *amount, currency })
    }

    /// Was nothing added?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
