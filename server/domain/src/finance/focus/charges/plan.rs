//! Rows of fixed amounts (P).

use super::product::product;
use crate::finance::focus::charge::{
    Account, Charge, ChargeKind, Commitment, Costs, Detail, Invoice, Pricing, PricingCategory, Quantity, Resource, Sku,
};
use crate::finance::money::{Money, MoneyError};
use crate::finance::period::Period;
use crate::finance::zone::Zone;
use rust_decimal::Decimal;
use vocab::finance::BillingCadence;

/// A plan and the account it is bought through.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The account.
    pub account: &'a Account,
    /// The plan's name.
    pub name: &'a str,
    /// How often it is billed.
    pub cadence: BillingCadence,
    /// The contract's zone.
    pub zone: &'a Zone,
}

/// One billing of a plan, or the part of it that pays for one allowance.
#[derive(Debug, Clone, Copy)]
pub struct Fee<'a> {
    /// The bill it is on.
    pub invoice: &'a Invoice,
    /// The days it pays for.
    pub service: Period,
    /// How much, in minor units.
    pub amount: Money,
}

impl<'a> Plan<'a> {
    /// The row of a fee that no quantified allowance stands against: its cost counts when it is paid.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn purchase(&self, fee: &Fee<'a>) -> Result<Charge<'a>, MoneyError> {
        self.row(fee, None)
    }

    /// The row of a fee that pays for an allowance: its cost counts where the allowance is used or lost.
    pub(super) fn committed(&self, fee: &Fee<'a>, commitment: Commitment) -> Result<Charge<'a>, MoneyError> {
        self.row(fee, Some(commitment))
    }

    fn row(&self, fee: &Fee<'a>, commitment: Option<Commitment>) -> Result<Charge<'a>, MoneyError> {
        let amount = fee.amount.amount();
        let quantity = Quantity { value: Decimal::ONE, unit: self.unit().to_owned() };
        let cost = product(amount, &quantity)?;
        let effective = if commitment.is_some() { Decimal::ZERO } else { amount };
        let span = self.zone.instants(fee.service.start(), fee.service.end());
        Ok(Charge {
            account: self.account,
            invoice: fee.invoice,
            kind: ChargeKind::Purchase,
            is_correction: false,
            starts: span.start,
            ends: span.end,
            description: self.name.to_owned(),
            costs: Costs { billed: amount, effective, list: cost, contracted: cost },
            consumed: None,
            pricing: Some(Pricing { quantity, list: amount, contracted: amount, category: PricingCategory::Standard }),
            pricing_currency: self.account.own_currency(Some((amount, amount)), effective),
            sku: Some(self.sku()),
            resource: Some(self.resource(commitment.as_ref())),
            publisher: self.account.provider.clone(),
            detail: Detail { allowance_id: commitment.as_ref().map(|of| of.allowance_id.clone()), ..Detail::default() },
            commitment,
        })
    }

    /// The unit a fee is for.
    pub(super) const fn unit(&self) -> &'static str {
        match self.cadence {
            BillingCadence::Monthly => "Months",
            BillingCadence::Quarterly => "3 Months",
            BillingCadence::Annual => "Years",
        }
    }

    pub(super) fn sku(&self) -> Sku {
        let id = format!("{}/{}", self.account.vendor, self.name);
        let price_id = format!("{id}:{}", self.cadence);
        Sku { id, price_id, meter: "Subscription".to_owned(), details: None }
    }

    pub(super) fn resource(&self, commitment: Option<&Commitment>) -> Resource {
        let id = commitment.map_or_else(|| self.account.contract_ref.clone(), |commitment| commitment.id.clone());
        Resource { id, name: self.name.to_owned() }
    }
}
