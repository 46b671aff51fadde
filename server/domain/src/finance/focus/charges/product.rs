//! What use is called and how it is priced.

use super::{DayUse, SCALE};
use crate::finance::focus::charge::{Account, Detail, PricingCurrency, Quantity, Sku};
use crate::finance::money::{MoneyError, UnitPrice, ratio, rounded};
use rust_decimal::Decimal;
use serde_json::json;
use vocab::finance::Meter;

const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// `Input Tokens` and the like.
pub(super) const fn meter_name(meter: Meter) -> &'static str {
    match meter {
        Meter::Input => "Input Tokens",
        Meter::Output => "Output Tokens",
        Meter::CacheRead => "Cache Read Tokens",
        Meter::CacheWrite => "Cache Write Tokens",
        Meter::CacheWrite1h => "Cache Write 1h Tokens",
        Meter::Reasoning => "Reasoning Tokens",
        Meter::Request => "Requests",
        Meter::WebSearch => "Web Searches",
    }
}

/// The unit in which a meter counts.
pub(super) const fn unit_of(meter: Meter) -> &'static str {
    match meter {
        Meter::Request => "Requests",
        Meter::WebSearch => "Searches",
        _ => "Tokens",
    }
}

/// Units that one price is for: a million tokens, one of anything else.
const fn scale_of(meter: Meter) -> Decimal {
    match meter {
        Meter::Request | Meter::WebSearch => Decimal::ONE,
        _ => MILLION,
    }
}

impl DayUse {
    /// The quantity in priced units.
    pub(super) fn priced_quantity(&self, quantity: Decimal) -> Result<Quantity, MoneyError> {
        let scale = scale_of(self.meter);
        let unit = unit_of(self.meter);
        let unit = if scale == Decimal::ONE { unit.to_owned() } else { format!("{scale} {unit}") };
        Ok(Quantity { value: rounded(ratio(quantity, Decimal::ONE, scale)?, SCALE), unit })
    }

    /// A price for one priced unit.
    pub(super) fn priced_unit(&self, price: UnitPrice) -> Result<Decimal, MoneyError> {
        Ok(rounded(ratio(price.price(), scale_of(self.meter), price.per())?, SCALE))
    }

    /// What one priced unit is worth when `share` pays for `included` of the allowance's units: for use without a list
    /// price, whose row must have one.
    pub(super) fn amortized_unit(&self, share: Decimal, included: Decimal) -> Result<Decimal, MoneyError> {
        let counted_per_unit =
            if self.quantity.is_zero() { Decimal::ONE } else { ratio(self.counted, scale_of(self.meter), self.quantity)? };
        Ok(rounded(ratio(share, counted_per_unit, included)?, SCALE))
    }

    pub(super) fn sku(&self, account: &Account) -> Sku {
        let id = format!("{}/{}", account.vendor, self.model_id);
        let tier = self.variant.map_or("standard", |variant| variant.as_str());
        let price_id = match self.variant {
            None => format!("{id}:{}", self.meter),
            Some(variant) => format!("{id}:{}:{variant}", self.meter),
        };
        let details = json!({ "x_Model": self.model_id, "x_ServiceTier": tier, "x_TokenType": self.meter.as_str() });
        Sku { id, price_id, meter: meter_name(self.meter).to_owned(), details: Some(details.to_string()) }
    }

    pub(super) fn detail(&self) -> Detail {
        Detail {
            provider_id: Some(self.provider_id.to_string()),
            allowance_id: None,
            model_id: Some(self.model_id.clone()),
            token_type: Some(self.meter.as_str().to_owned()),
            agent_id: self.agent_id.clone(),
            source: Some(self.source),
            confidence: Some(self.confidence),
            is_open: false,
            price_fact_id: self.list.and_then(|(_, fact)| fact).map(|fact| fact.to_string()),
        }
    }

    pub(super) fn words(&self) -> String {
        format!("{}, {}", self.model_id, meter_name(self.meter))
    }
}

impl Account {
    /// Prices in the billing currency itself.
    pub(super) fn own_currency(&self, prices: Option<(Decimal, Decimal)>, effective: Decimal) -> PricingCurrency {
        PricingCurrency { name: self.currency.code().to_owned(), prices, effective }
    }
}

/// Price times quantity.
pub(super) fn product(price: Decimal, quantity: &Quantity) -> Result<Decimal, MoneyError> {
    price.normalize().checked_mul(quantity.value.normalize()).ok_or(MoneyError::TooLarge)
}
