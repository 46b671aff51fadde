//! Rows of prepaid credits, a currency of the vendor's own: they are bought with money and spent on use.

use super::product::{product, unit_of};
use super::{DayUse, SCALE};
use crate::finance::focus::charge::{
    Account, Charge, ChargeKind, Costs, Detail, Invoice, Pricing, PricingCategory, PricingCurrency, Quantity, Sku,
};
use crate::finance::money::{Money, MoneyError, ratio, rounded};
use crate::finance::period::Period;
use crate::finance::zone::Zone;
use rust_decimal::Decimal;

/// What credits are called.
const CREDITS: &str = "Credits";

/// Credits of an account.
#[derive(Debug, Clone, Copy)]
pub struct Credits<'a> {
    /// The account.
    pub account: &'a Account,
    /// The contract's zone.
    pub zone: &'a Zone,
}

/// Credits that were bought.
#[derive(Debug, Clone, Copy)]
pub struct CreditPurchase<'a> {
    /// The bill.
    pub invoice: &'a Invoice,
    /// The days the credits are for. Credits bought after running out are for the days they cover.
    pub service: Period,
    /// How many.
    pub credits: Decimal,
    /// For how much.
    pub price: Money,
}

/// Use that was paid with credits.
#[derive(Debug, Clone, Copy)]
pub struct CreditUse<'a, 'b> {
    /// The bill of the credits.
    pub invoice: &'a Invoice,
    /// The use.
    pub used: &'b DayUse,
    /// Credits it took.
    pub credits: Decimal,
}

impl<'a> Credits<'a> {
    /// Credits bought: billed now, and effective when they are spent.
    ///
    /// # Errors
    /// [`MoneyError`], for no credits or amounts beyond what is kept.
    pub fn purchase(&self, bought: &CreditPurchase<'a>) -> Result<Charge<'a>, MoneyError> {
        if bought.credits <= Decimal::ZERO {
            return Err(MoneyError::NotDivisible);
        }
        // Sold as one package, so that the price is exact: 25 for 300 is no price for one.
        let price = bought.price.amount();
        let quantity = Quantity { value: Decimal::ONE, unit: format!("{} {CREDITS}", bought.credits.normalize()) };
        let list = product(price, &quantity)?;
        let span = self.zone.instants(bought.service.start(), bought.service.end());
        let id = format!("{}/credits", self.account.vendor);
        Ok(Charge {
            account: self.account,
            invoice: bought.invoice,
            kind: ChargeKind::OneTimePurchase,
            is_correction: false,
            starts: span.start,
            ends: span.end,
            description: "Prepaid credits".to_owned(),
            costs: Costs { billed: price, effective: Decimal::ZERO, list, contracted: list },
            consumed: None,
            pricing: Some(Pricing { quantity, list: price, contracted: price, category: PricingCategory::Standard }),
            pricing_currency: self.account.own_currency(Some((price, price)), Decimal::ZERO),
            commitment: None,
            sku: Some(Sku { price_id: format!("{id}:unit"), id, meter: CREDITS.to_owned(), details: None }),
            resource: None,
            publisher: self.account.provider.clone(),
            detail: Detail::default(),
        })
    }

    /// Use paid with credits: nothing is billed, and its cost is what its credits were bought for.
    ///
    /// # Errors
    /// [`MoneyError`], for no credits or amounts beyond what is kept.
    pub fn used(&self, spent: &CreditUse<'a, '_>, bought: &CreditPurchase<'_>) -> Result<Charge<'a>, MoneyError> {
        let used = spent.used;
        let quantity = used.priced_quantity(used.quantity)?;
        let in_credits =
            if quantity.value.is_zero() { Decimal::ZERO } else { rounded(ratio(spent.credits, Decimal::ONE, quantity.value)?, SCALE) };
        let price = rounded(ratio(in_credits, bought.price.amount(), bought.credits)?, SCALE);
        let effective = rounded(ratio(bought.price.amount(), spent.credits, bought.credits)?, SCALE);
        let list = product(price, &quantity)?;
        let (starts, ends) = used.instants(self.zone);
        let credits = PricingCurrency { name: CREDITS.to_owned(), prices: Some((in_credits, in_credits)), effective: spent.credits };
        Ok(Charge {
            account: self.account,
            invoice: spent.invoice,
            kind: ChargeKind::CreditUse,
            is_correction: false,
            starts,
            ends,
            description: format!("{}, paid with credits", used.words()),
            costs: Costs { billed: Decimal::ZERO, effective, list, contracted: list },
            consumed: Some(Quantity { value: used.quantity, unit: unit_of(used.meter).to_owned() }),
            pricing: Some(Pricing { quantity, list: price, contracted: price, category: PricingCategory::Standard }),
            pricing_currency: credits,
            commitment: None,
            sku: Some(used.sku(self.account)),
            resource: None,
            publisher: used.publisher.clone(),
            detail: used.detail(),
        })
    }
}
