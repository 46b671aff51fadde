//! What a contract includes for its fixed amount.

mod problem;

pub use problem::{AllowanceProblem, weight_problem};

use super::money::UnitPrice;
use super::period::{Cycle, Span};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::Date;
use vocab::finance::{BillingCadence, MetricKey, ResetInterval, ValuationMethod};
use vocab::{AllowanceId, ContractId, ProviderId};

/// One allowance of a contract, from one version of it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Its id.
    pub id: AllowanceId,
    /// Whose.
    pub contract_id: ContractId,
    /// What is agreed.
    pub terms: AllowanceTerms,
    /// The days it holds.
    pub effective: Span,
}

/// What is agreed of an allowance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowanceTerms {
    /// Its name on screen.
    pub name: String,
    /// What it counts.
    pub metric: MetricKey,
    /// Whose use counts.
    pub scope: Scope,
    /// Unit in words, plural, for example `Tokens`.
    pub unit: String,
    /// Units a period. `None` exactly when the metric is undisclosed.
    pub included: Option<Decimal>,
    /// When it starts afresh.
    pub reset: ResetInterval,
    /// Most that is carried into the next period; `None`: nothing is.
    pub rollover_cap: Option<Decimal>,
    /// Is a partial period given only its share of the quantity?
    pub prorate_included: bool,
    /// Price of use beyond it.
    pub overage: Option<UnitPrice>,
    /// What unused units are worth.
    pub valuation: Valuation,
    /// Its share of the commitment, above 0 and at most 1. `None`: the only allowance, so all of it.
    pub weight: Option<Decimal>,
    /// When to warn.
    pub thresholds: Thresholds,
    /// Place in the list.
    pub sort_order: i32,
}

/// Whose use counts against an allowance. Nothing named: that of every covered provider and model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only these providers.
    pub providers: Vec<ProviderId>,
    /// Only these models.
    pub models: Vec<String>,
}

impl Scope {
    /// Does the use of `model` at `provider` count?
    pub fn covers(&self, provider: &ProviderId, model: &str) -> bool {
        (self.providers.is_empty() || self.providers.contains(provider))
            && (self.models.is_empty() || self.models.iter().any(|m| m == model))
    }
}

/// What unused units are worth. No way makes them worth more than the commitment they are part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Valuation {
    /// Their share of the commitment.
    CommitmentFirst,
    /// A stated value for one unit, in the contract's currency.
    UnitValue(Decimal),
    /// The vendor's list price of what was used.
    ListPrice,
}

impl Valuation {
    /// The method's word.
    pub const fn method(self) -> ValuationMethod {
        match self {
            Self::CommitmentFirst => ValuationMethod::CommitmentFirst,
            Self::UnitValue(_) => ValuationMethod::UnitValue,
            Self::ListPrice => ValuationMethod::ListPrice,
        }
    }

    /// Built from its word and value; `None` when a unit value is needed and missing.
    pub fn from_parts(method: ValuationMethod, unit_value: Option<Decimal>) -> Option<Self> {
        match method {
            ValuationMethod::CommitmentFirst => Some(Self::CommitmentFirst),
            ValuationMethod::UnitValue => unit_value.map(Self::UnitValue),
            ValuationMethod::ListPrice => Some(Self::ListPrice),
        }
    }

    /// The value of one unit, where one is stated.
    pub const fn unit_value(self) -> Option<Decimal> {
        match self {
            Self::UnitValue(value) => Some(value),
            Self::CommitmentFirst | Self::ListPrice => None,
        }
    }
}

/// Percentages at which an allowance is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Little is left: remaining of included.
    pub low: Decimal,
    /// Almost nothing is left: remaining of included.
    pub critical: Decimal,
    /// Much will be lost: projected utilisation below this.
    pub underuse: Decimal,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { low: Decimal::from(25), critical: Decimal::TEN, underuse: Decimal::from(75) }
    }
}

impl AllowanceTerms {
    /// Does the vendor publish a quantity?
    pub const fn is_disclosed(&self) -> bool {
        !matches!(self.metric, MetricKey::Undisclosed)
    }

    /// Months until it starts afresh.
    pub const fn reset_months(&self, cadence: BillingCadence) -> u32 {
        match self.reset {
            ResetInterval::Monthly => 1,
            ResetInterval::Quarterly => 3,
            ResetInterval::Annual => 12,
            ResetInterval::BillingPeriod => cadence.months(),
        }
    }

    /// Its periods, counted from the contract's anchor.
    pub const fn cycle(&self, anchor: Date, cadence: BillingCadence) -> Cycle {
        Cycle::new(anchor, self.reset_months(cadence))
    }

    /// Its share of the commitment.
    pub fn weight_or_all(&self) -> Decimal {
        self.weight.unwrap_or(Decimal::ONE)
    }
}

#[cfg(test)]
mod tests;
