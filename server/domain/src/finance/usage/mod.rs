//! Use as Finance sees it: what a request used, who paid for it how, and how much of an allowance it is.

mod sum;

pub use sum::{UsageSum, measure};

use super::money::{Currency, Money, MoneyError, UnitPrice, ratio};
use super::price::{Asked, PriceBook};
use super::vendor::BillingAccount;
use crate::inference::{TokenCounts, UsageRecord};
use rust_decimal::Decimal;
use time::OffsetDateTime;
use vocab::{AccessTokenId, CostBasis, PriceFactId, ProviderId};

/// One request, for Finance. `request_id` is unique, so that no request counts twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUsage {
    /// The request.
    pub request_id: String,
    /// When it came in.
    pub occurred_at: OffsetDateTime,
    /// Which agent asked, by its access token; `None` for a person trying a model.
    pub agent_id: Option<AccessTokenId>,
    /// Which provider served it.
    pub provider_id: ProviderId,
    /// Which model served it.
    pub model_id: String,
    /// Whose account it was on, at that moment; `None` when nobody is paid.
    pub account: Option<BillingAccount>,
    /// What it used; `None` when the provider reported nothing.
    pub tokens: Option<TokenCounts>,
    /// Milliseconds it took, for what runs on our own machines.
    pub inference_ms: u32,
    /// What it cost.
    pub cost: UsageCost,
}

/// What a request cost, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageCost {
    /// Its tokens at a known price.
    Priced {
        /// The amount, unrounded.
        cost: Money,
        /// The first of the facts behind it.
        fact: Option<PriceFactId>,
    },
    /// Nothing, as a plan covers it.
    Included {
        /// What it would have cost at list price, where that is known.
        list_value: Option<Money>,
    },
    /// The energy of our own machine.
    Compute {
        /// The amount, unrounded.
        cost: Money,
    },
    /// Nobody knows: never shown as zero.
    Unknown,
}

impl UsageCost {
    /// The basis' word.
    pub const fn basis(&self) -> CostBasis {
        match self {
            Self::Priced { .. } => CostBasis::ListPrice,
            Self::Included { .. } => CostBasis::Included,
            Self::Compute { .. } => CostBasis::Compute,
            Self::Unknown => CostBasis::Unknown,
        }
    }

    /// The value of the use, whoever paid for it; `None` when unknown.
    pub const fn value(&self) -> Option<Money> {
        match self {
            Self::Priced { cost, .. } | Self::Compute { cost } => Some(*cost),
            Self::Included { list_value } => *list_value,
            Self::Unknown => None,
        }
    }
}

/// How the use of a provider is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payment {
    /// By use.
    Metered,
    /// With a plan's fixed amount.
    Plan,
    /// With our own electricity.
    SelfHosted(Machine),
}

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

/// What a request cost. A plan covers its use whatever the price; metered use is worth its price or unknown.
pub fn cost_of(payment: Payment, tokens: Option<&TokenCounts>, inference_ms: u32, book: &PriceBook, asked: &Asked<'_>) -> UsageCost {
    let priced = tokens.and_then(|tokens| book.price(tokens, asked));
    match payment {
        Payment::SelfHosted(machine) => machine.cost(inference_ms.into()).map_or(UsageCost::Unknown, |cost| UsageCost::Compute { cost }),
        Payment::Plan => UsageCost::Included { list_value: priced.map(|priced| priced.cost) },
        Payment::Metered => {
            priced.map_or(UsageCost::Unknown, |priced| UsageCost::Priced { cost: priced.cost, fact: priced.facts.first().copied() })
        }
    }
}

impl TokenUsage {
    /// A gateway's row with what Finance knows about it.
    pub fn new(record: &UsageRecord, cost: UsageCost) -> Self {
        Self {
            request_id: record.request_id.clone(),
            occurred_at: record.at,
            agent_id: record.token_id,
            provider_id: record.provider_id.clone(),
            model_id: record.model_id.clone(),
            account: record.account.clone(),
            tokens: record.tokens,
            inference_ms: record.latency_ms,
            cost,
        }
    }
}

#[cfg(test)]
mod tests;
