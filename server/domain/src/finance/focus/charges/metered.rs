//! Rows of use that is billed by itself (M), and of use that a plan without a published quantity covers.

use super::product::{product, unit_of};
use super::{DayUse, Omitted, SCALE, sorted};
use crate::finance::focus::charge::{Account, Charge, ChargeKind, Costs, Invoice, Pricing, PricingCategory, Quantity};
use crate::finance::money::{Money, MoneyError, ratio, rounded};
use crate::finance::zone::Zone;
use rust_decimal::Decimal;

/// Rows of metered use. Use without a price is returned apart: it cannot be a row, and is not zero.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn metered<'a>(
    account: &'a Account,
    invoice: &'a Invoice,
    zone: &Zone,
    uses: &[DayUse],
    is_open: bool,
) -> Result<(Vec<Charge<'a>>, Vec<Omitted>), MoneyError> {
    let (mut charges, mut omitted) = (Vec::new(), Vec::new());
    for used in sorted(uses) {
        let (list, agreed) = (used.list_price(account), used.agreed_price(account));
        let Some((list, agreed)) = list.or(agreed).zip(agreed.or(list)) else {
            omitted.push(used.omitted());
            continue;
        };
        let prices = (used.priced_unit(list)?, used.priced_unit(agreed)?);
        charges.push(used.row(account, invoice, zone, ChargeKind::Metered, prices, is_open)?);
    }
    Ok((charges, omitted))
}

/// Rows of use that a plan covers whose quantity nobody publishes: worth its list price, and billed nothing.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn covered<'a>(
    account: &'a Account,
    invoice: &'a Invoice,
    zone: &Zone,
    uses: &[DayUse],
    is_open: bool,
) -> Result<Vec<Charge<'a>>, MoneyError> {
    let row = |used: &DayUse| {
        let list = used.list_price(account).map_or(Ok(Decimal::ZERO), |price| used.priced_unit(price))?;
        used.row(account, invoice, zone, ChargeKind::Covered, (list, Decimal::ZERO), is_open)
    };
    sorted(uses).into_iter().map(row).collect()
}

impl DayUse {
    fn row<'a>(
        &self,
        account: &'a Account,
        invoice: &'a Invoice,
        zone: &Zone,
        kind: ChargeKind,
        (list, contracted): (Decimal, Decimal),
        is_open: bool,
    ) -> Result<Charge<'a>, MoneyError> {
        let quantity = self.priced_quantity(self.quantity)?;
        let cost = product(contracted, &quantity)?;
        let costs = Costs { billed: cost, effective: cost, list: product(list, &quantity)?, contracted: cost };
        let (starts, ends) = self.instants(zone);
        let mut detail = self.detail();
        detail.is_open = is_open;
        Ok(Charge {
            account,
            invoice,
            kind,
            is_correction: false,
            starts,
            ends,
            description: self.words(),
            costs,
            consumed: Some(Quantity { value: self.quantity, unit: unit_of(self.meter).to_owned() }),
            pricing: Some(Pricing { quantity, list, contracted, category: PricingCategory::Standard }),
            pricing_currency: account.own_currency(Some((list, contracted)), cost),
            commitment: None,
            sku: Some(self.sku(account)),
            resource: None,
            publisher: self.publisher.clone(),
            detail,
        })
    }
}

/// Makes rows add up to what the bill says for them. Cents of rounding go to the dearest row; a real difference between the
/// invoice and our estimate is spread by cost.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn settle(charges: &mut [Charge<'_>], billed: Money) -> Result<(), MoneyError> {
    let sum: Decimal = charges.iter().map(|charge| charge.costs.billed).sum();
    let rounding = Decimal::new(i64::try_from(charges.len()).unwrap_or(i64::MAX), billed.currency().digits());
    if (billed.amount() - sum).abs() > rounding && !sum.is_zero() {
        for charge in &mut *charges {
            charge.bill(rounded(ratio(charge.costs.billed, billed.amount(), sum)?, SCALE));
        }
    }
    let sum: Decimal = charges.iter().map(|charge| charge.costs.billed).sum();
    // The first of the dearest, so that the file is the same every time.
    let dearest = (0..charges.len()).rev().max_by_key(|at| charges[*at].costs.billed);
    if let Some(charge) = dearest.and_then(|at| charges.get_mut(at)) {
        charge.bill(charge.costs.billed + billed.amount() - sum);
    }
    Ok(())
}

impl Charge<'_> {
    /// Bills another amount than the priced one.
    pub(super) fn bill(&mut self, amount: Decimal) {
        self.costs.billed = amount;
        self.costs.effective = amount;
        self.pricing_currency.effective = amount;
    }
}
