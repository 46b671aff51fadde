//! A fee against its allowance: what was bought (P), used (U), left over (X) and used beyond it (O).

use super::plan::{Fee, Plan};
use super::product::{product, unit_of};
use super::{DayUse, SCALE, Split, settle, split};
use crate::finance::focus::cell;
use crate::finance::focus::charge::{Charge, ChargeKind, Commitment, Costs, Detail, Invoice, Pricing, PricingCategory, Quantity};
use crate::finance::money::{Money, MoneyError, UnitPrice, ratio, rounded};
use crate::finance::period::Period;
use rust_decimal::Decimal;
use vocab::AllowanceId;

/// One allowance with the fees that pay for it and its periods in that time. All sums are over these: with an allowance
/// that starts afresh within the billing period there is one fee, with a longer one there are several.
#[derive(Debug, Clone)]
pub struct AllowanceCharges<'a> {
    /// The plan.
    pub plan: Plan<'a>,
    /// The allowance.
    pub allowance_id: AllowanceId,
    /// Its unit.
    pub unit: String,
    /// Is a sum of money included, rather than a quantity?
    pub is_spend: bool,
    /// The fees, each the part that pays for this allowance.
    pub fees: Vec<Fee<'a>>,
    /// The allowance periods they pay for.
    pub resets: Vec<Reset<'a>>,
    /// Price of use beyond it.
    pub overage: Option<UnitPrice>,
}

/// One period of an allowance.
#[derive(Debug, Clone)]
pub struct Reset<'a> {
    /// Its active days.
    pub active: Period,
    /// Units included, above 0.
    pub included: Decimal,
    /// The part of the fees that pays for it; the parts add up to the fees.
    pub share: Money,
    /// Is it over and final? Only then it is known what is left.
    pub is_closed: bool,
    /// All use in it.
    pub uses: Vec<DayUse>,
    /// The bill for use beyond it.
    pub overage_invoice: &'a Invoice,
    /// What that bill says for it, once there is one.
    pub overage_billed: Option<Money>,
}

impl<'a> AllowanceCharges<'a> {
    /// All rows.
    ///
    /// # Errors
    /// [`MoneyError`], for amounts beyond what is kept or an allowance of nothing.
    pub fn rows(&self) -> Result<Vec<Charge<'a>>, MoneyError> {
        let mut rows = Vec::new();
        for fee in &self.fees {
            let mut row = self.plan.committed(fee, self.commitment(self.bought_with(fee)?, None))?;
            row.detail.is_open = self.resets.iter().any(|reset| !reset.is_closed);
            rows.push(row);
        }
        for reset in &self.resets {
            rows.extend(self.of_reset(reset)?);
        }
        Ok(rows)
    }

    /// Units that a fee buys: those of all allowance periods it pays for, or its part of a longer one.
    fn bought_with(&self, fee: &Fee<'a>) -> Result<Decimal, MoneyError> {
        let mut units = Decimal::ZERO;
        for reset in self.resets.iter().filter(|reset| fee.service.overlap(reset.active).is_some()) {
            let fees = self.fees.iter().filter(|fee| fee.service.overlap(reset.active).is_some()).count();
            units += rounded(ratio(reset.included, Decimal::ONE, Decimal::from(fees))?, SCALE);
        }
        Ok(units)
    }

    /// Use up to what is included, then what is left of it or goes beyond. The last row that the share pays for takes what
    /// dividing it left over, so that the rows add up to it exactly.
    fn of_reset(&self, reset: &Reset<'a>) -> Result<Vec<Charge<'a>>, MoneyError> {
        let Split { within, beyond, left } = split(&reset.uses, reset.included)?;
        let mut rows = within.iter().map(|used| self.included(reset, used)).collect::<Result<Vec<_>, _>>()?;
        if reset.is_closed && left > Decimal::ZERO {
            rows.push(self.unused(reset, left)?);
        }
        if reset.is_closed || left.is_zero() {
            balance(&mut rows, reset.share.amount());
        }
        rows.extend(self.overage(reset, &beyond)?);
        Ok(rows)
    }

    fn included(&self, reset: &Reset<'a>, used: &DayUse) -> Result<Charge<'a>, MoneyError> {
        let account = self.plan.account;
        let quantity = used.priced_quantity(used.quantity)?;
        let unit_price = match used.list_price(account) {
            Some(list) => used.priced_unit(list)?,
            None => used.amortized_unit(reset.share.amount(), reset.included)?,
        };
        let list = product(unit_price, &quantity)?;
        let effective = rounded(ratio(reset.share.amount(), used.counted, reset.included)?, SCALE);
        let (starts, ends) = used.instants(self.plan.zone);
        let row = self.row(
            reset,
            ChargeKind::Included,
            self.invoice_of(used, reset),
            format!("{}, included in {}", used.words(), self.plan.name),
        );
        Ok(Charge {
            starts,
            ends,
            costs: Costs { billed: Decimal::ZERO, effective, list, contracted: list },
            consumed: Some(Quantity { value: used.quantity, unit: unit_of(used.meter).to_owned() }),
            pricing: Some(Pricing { quantity, list: unit_price, contracted: unit_price, category: PricingCategory::Committed }),
            pricing_currency: account.own_currency(Some((unit_price, unit_price)), effective),
            commitment: Some(self.commitment(used.counted, Some(true))),
            sku: Some(used.sku(account)),
            publisher: used.publisher.clone(),
            detail: Detail { allowance_id: Some(self.allowance_id.to_string()), is_open: !reset.is_closed, ..used.detail() },
            ..row
        })
    }

    fn unused(&self, reset: &Reset<'a>, left: Decimal) -> Result<Charge<'a>, MoneyError> {
        let effective = rounded(ratio(reset.share.amount(), left, reset.included)?, SCALE);
        let fee = self.fees.first().map_or(reset.share.amount(), |fee| fee.amount.amount());
        let part = if fee.is_zero() { Decimal::ZERO } else { rounded(ratio(effective, Decimal::ONE, fee)?, SCALE) };
        let quantity = Quantity { value: part, unit: self.plan.unit().to_owned() };
        let list = product(fee, &quantity)?;
        let invoice = self.fees.last().map_or(reset.overage_invoice, |fee| fee.invoice);
        let commitment = self.commitment(left, Some(false));
        let resource = self.plan.resource(Some(&commitment));
        let row = self.row(reset, ChargeKind::Unused, invoice, format!("Unused part of {}", self.plan.name));
        Ok(Charge {
            costs: Costs { billed: Decimal::ZERO, effective, list, contracted: list },
            pricing: Some(Pricing { quantity, list: fee, contracted: fee, category: PricingCategory::Committed }),
            pricing_currency: self.plan.account.own_currency(Some((fee, fee)), effective),
            commitment: Some(commitment),
            sku: Some(self.plan.sku()),
            resource: Some(resource),
            ..row
        })
    }

    /// Use beyond, by provider, model, meter and agent, over the whole period: that is how it is billed.
    fn overage(&self, reset: &Reset<'a>, beyond: &[DayUse]) -> Result<Vec<Charge<'a>>, MoneyError> {
        let mut groups: Vec<DayUse> = Vec::new();
        for used in beyond {
            match groups.iter_mut().find(|group| group.is_like(used)) {
                Some(group) => {
                    group.quantity += used.quantity;
                    group.counted += used.counted;
                }
                None => groups.push(used.clone()),
            }
        }
        let mut rows = groups.iter().map(|group| self.beyond(reset, group)).collect::<Result<Vec<_>, _>>()?;
        if let Some(billed) = reset.overage_billed {
            settle(&mut rows, billed)?;
        }
        Ok(rows)
    }

    fn beyond(&self, reset: &Reset<'a>, used: &DayUse) -> Result<Charge<'a>, MoneyError> {
        let account = self.plan.account;
        let quantity = used.priced_quantity(used.quantity)?;
        // The agreed price is for the allowance's unit; a row's is for the meter's.
        let agreed = match self.overage {
            Some(price) if !used.quantity.is_zero() => used.amortized_unit(price.price(), price.per())?,
            _ => Decimal::ZERO,
        };
        let list = used.list_price(account).map_or(Ok(agreed), |price| used.priced_unit(price))?;
        let cost = product(agreed, &quantity)?;
        let row = self.row(reset, ChargeKind::Overage, reset.overage_invoice, format!("{}, beyond {}", used.words(), self.plan.name));
        Ok(Charge {
            costs: Costs { billed: cost, effective: cost, list: product(list, &quantity)?, contracted: cost },
            consumed: Some(Quantity { value: used.quantity, unit: unit_of(used.meter).to_owned() }),
            pricing: Some(Pricing { quantity, list, contracted: agreed, category: PricingCategory::Standard }),
            pricing_currency: account.own_currency(Some((list, agreed)), cost),
            sku: Some(used.sku(account)),
            publisher: used.publisher.clone(),
            detail: Detail { allowance_id: Some(self.allowance_id.to_string()), is_open: !reset.is_closed, ..used.detail() },
            ..row
        })
    }

    fn row(&self, reset: &Reset<'a>, kind: ChargeKind, invoice: &'a Invoice, description: String) -> Charge<'a> {
        let account = self.plan.account;
        let span = self.plan.zone.instants(reset.active.start(), reset.active.end());
        let nothing = Costs { billed: Decimal::ZERO, effective: Decimal::ZERO, list: Decimal::ZERO, contracted: Decimal::ZERO };
        Charge {
            account,
            invoice,
            kind,
            is_correction: false,
            starts: span.start,
            ends: span.end,
            description,
            costs: nothing,
            consumed: None,
            pricing: None,
            pricing_currency: account.own_currency(None, Decimal::ZERO),
            commitment: None,
            sku: None,
            resource: None,
            publisher: account.provider.clone(),
            detail: Detail { allowance_id: Some(self.allowance_id.to_string()), is_open: !reset.is_closed, ..Detail::default() },
        }
    }

    fn commitment(&self, quantity: Decimal, is_used: Option<bool>) -> Commitment {
        let allowance_id = self.allowance_id.to_string();
        Commitment {
            id: format!("{}/{allowance_id}", self.plan.account.contract_ref),
            allowance_id,
            is_spend: self.is_spend,
            name: self.plan.name.to_owned(),
            quantity: Quantity { value: quantity, unit: cell::unit(&self.unit) },
            is_used,
        }
    }

    fn invoice_of(&self, used: &DayUse, reset: &Reset<'a>) -> &'a Invoice {
        self.fees.iter().find(|fee| fee.service.contains(used.day)).map_or(reset.overage_invoice, |fee| fee.invoice)
    }
}

impl DayUse {
    fn is_like(&self, other: &Self) -> bool {
        let key = |used: &Self| {
            (used.provider_id.clone(), used.model_id.clone(), used.meter, used.variant, used.agent_id.clone(), used.list, used.agreed)
        };
        key(self) == key(other)
    }
}

fn balance(rows: &mut [Charge<'_>], share: Decimal) {
    let sum: Decimal = rows.iter().map(|row| row.costs.effective).sum();
    if let Some(last) = rows.last_mut() {
        last.costs.effective += share - sum;
        last.pricing_currency.effective = last.costs.effective;
    }
}
