//! Rows from contracts, use and bills, one kind a file.

mod allowance;
mod billed;
mod credits;
mod metered;
mod plan;
mod product;
mod split;

pub use allowance::{AllowanceCharges, Reset};
pub use billed::BillCharges;
pub use credits::{CreditPurchase, CreditUse, Credits};
pub use metered::{covered, metered, settle};
pub use plan::{Fee, Plan};
pub use split::{Split, split};

use super::charge::Account;
use crate::finance::money::UnitPrice;
use crate::finance::zone::Zone;
use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};
use vocab::finance::{Confidence, Meter, PriceVariant, UsageSource};
use vocab::{PriceFactId, ProviderId};

/// Decimals that shares and priced quantities are computed to. Rows are never rounded to minor units; the last one of a
/// sum takes what is left.
const SCALE: u32 = 12;

/// Use of one meter of one model by one agent on one local day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayUse {
    /// The day, in the contract's zone.
    pub day: Date,
    /// Through which catalogue entry.
    pub provider_id: ProviderId,
    /// Who makes the model.
    pub publisher: String,
    /// Which model.
    pub model_id: String,
    /// What was measured.
    pub meter: Meter,
    /// The way of asking.
    pub variant: Option<PriceVariant>,
    /// Which agent.
    pub agent_id: Option<String>,
    /// How much of the meter.
    pub quantity: Decimal,
    /// How much of an allowance that is, in its unit.
    pub counted: Decimal,
    /// List price and where it is written.
    pub list: Option<(UnitPrice, Option<PriceFactId>)>,
    /// The price this contract has agreed, where it differs.
    pub agreed: Option<UnitPrice>,
    /// Who measured it.
    pub source: UsageSource,
    /// How far that can be trusted.
    pub confidence: Confidence,
}

/// Use that a file leaves out, because a row needs a price and none is known in the billing currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omitted {
    /// When.
    pub day: Date,
    /// Of which model.
    pub model_id: String,
    /// Which meter.
    pub meter: Meter,
    /// How much.
    pub quantity: Decimal,
}

impl DayUse {
    /// The day's instants.
    fn instants(&self, zone: &Zone) -> (OffsetDateTime, OffsetDateTime) {
        let span = zone.instants(self.day, self.day.next_day().unwrap_or(Date::MAX));
        (span.start, span.end)
    }

    /// The order in which use draws on an allowance: by day, then by name, so that it is the same in every file.
    fn order(&self) -> (Date, &str, &str, Meter, Option<PriceVariant>, Option<&str>, Decimal) {
        let DayUse { day, provider_id, model_id, meter, variant, agent_id, quantity, .. } = self;
        (*day, provider_id.as_str(), model_id, *meter, *variant, agent_id.as_deref(), *quantity)
    }

    fn list_price(&self, account: &Account) -> Option<UnitPrice> {
        self.list.map(|(price, _)| price).filter(|price| price.currency() == account.currency)
    }

    fn agreed_price(&self, account: &Account) -> Option<UnitPrice> {
        self.agreed.filter(|price| price.currency() == account.currency)
    }

    fn omitted(&self) -> Omitted {
        Omitted { day: self.day, model_id: self.model_id.clone(), meter: self.meter, quantity: self.quantity }
    }
}

fn sorted(uses: &[DayUse]) -> Vec<&DayUse> {
    let mut sorted: Vec<&DayUse> = uses.iter().collect();
    sorted.sort_by(|a, b| a.order().cmp(&b.order()));
    sorted
}
