//! Lines of a bill.

use crate::finance::money::{Money, MoneyError, PERCENT_SCALE, QUANTITY_SCALE, UnitPrice, ratio, rounded};
use crate::finance::period::Period;
use rust_decimal::Decimal;
use time::Date;
use vocab::finance::BillLineKind;
use vocab::{AllowanceId, BillLineId};

/// A line as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillLine {
    /// Its id.
    pub id: BillLineId,
    /// Its content.
    pub content: LineContent,
}

/// What a line says. Amounts are in whole minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineContent {
    /// What it is for.
    pub kind: BillLineKind,
    /// That in words.
    pub description: String,
    /// Units at the unit price; six decimals are kept.
    pub quantity: Decimal,
    /// Price of one such unit, which may be a million tokens.
    pub unit_price: Decimal,
    /// Tax in percent.
    pub tax_rate: Decimal,
    /// Before tax.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// Expense account.
    pub account_code: Option<String>,
    /// Days of service it pays for.
    pub service: Option<Period>,
    /// The allowance it is for.
    pub allowance_id: Option<AllowanceId>,
}

impl LineContent {
    /// One unit of a fixed amount, not yet taxed.
    pub fn fixed(kind: BillLineKind, description: String, amount: Money, service: Period) -> Self {
        let net = amount.to_minor();
        Self { quantity: Decimal::ONE, unit_price: net.amount(), ..Self::untaxed(kind, description, net, service) }
    }

    /// A quantity at a price, rounded once, not yet taxed. The quantity is that of priced units: 600 000 tokens at a price
    /// for a million are 0.6.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn priced(
        kind: BillLineKind,
        description: String,
        quantity: Decimal,
        price: UnitPrice,
        service: Period,
    ) -> Result<Self, MoneyError> {
        let units = ratio(quantity, Decimal::ONE, price.per())?;
        let net = price.cost(quantity)?.to_minor();
        let line = Self::untaxed(kind, description, net, service);
        Ok(Self { quantity: rounded(units, QUANTITY_SCALE), unit_price: price.price(), ..line })
    }

    fn untaxed(kind: BillLineKind, description: String, net: Money, service: Period) -> Self {
        Self {
            kind,
            description,
            quantity: Decimal::ZERO,
            unit_price: Decimal::ZERO,
            tax_rate: Decimal::ZERO,
            net,
            tax: Money::zero(net.currency()).to_minor(),
            account_code: None,
            service: Some(service),
            allowance_id: None,
        }
    }

    /// With tax at `percent`, rounded for the line.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn taxed(self, percent: Decimal) -> Result<Self, MoneyError> {
        let tax = self.net.share(percent, Decimal::ONE_HUNDRED)?.to_minor();
        Ok(Self { tax_rate: rounded(percent, PERCENT_SCALE), tax, ..self })
    }

    /// Does it put an earlier period right, seen from a bill whose own period starts on `period_start`? Tax has no days of
    /// its own.
    pub fn corrects(&self, period_start: Date) -> bool {
        self.kind != BillLineKind::Tax && self.service.is_some_and(|service| service.end() <= period_start)
    }

    /// The line with its tax.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.net.plus(self.tax)
    }
}
