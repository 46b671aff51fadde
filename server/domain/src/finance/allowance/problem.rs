//! What can be wrong with an allowance that a person entered.

use super::{AllowanceTerms, Thresholds};
use crate::finance::money::{Currency, PERCENT_SCALE, PRICE_SCALE, QUANTITY_SCALE, UnitPrice};
use rust_decimal::Decimal;
use vocab::finance::ContractField;

/// Digits before the point of a quantity, as the store keeps them.
const QUANTITY_LIMIT: i128 = 10_i128.pow(22);
/// Decimals of a weight.
const WEIGHT_SCALE: u32 = 9;

/// What is wrong with an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AllowanceProblem {
    /// No name.
    #[error("give the allowance a name")]
    NameMissing,
    /// No unit.
    #[error("say what is counted, for example Tokens")]
    UnitMissing,
    /// No quantity, though the metric has one.
    #[error("enter the included quantity, or choose \"not disclosed\"")]
    QuantityMissing,
    /// A quantity, though the metric has none.
    #[error("an allowance that is not disclosed has no quantity")]
    QuantityUndisclosed,
    /// Zero or less.
    #[error("the quantity must be above 0")]
    QuantityNotPositive,
    /// More decimals or digits than are kept.
    #[error("quantities have at most 22 digits and {QUANTITY_SCALE} decimals")]
    QuantityOutOfRange,
    /// The cap is below zero, or out of range.
    #[error("the most that is carried over must be 0 or more")]
    RolloverOutOfRange,
    /// The unit value is below zero, or out of range.
    #[error("the value of a unit must be 0 or more, with at most {PRICE_SCALE} decimals")]
    UnitValueOutOfRange,
    /// The overage price is in another currency than the contract.
    #[error("the overage price must be in the contract's currency")]
    OverageCurrency,
    /// A weight outside (0, 1].
    #[error("a share of the commitment is above 0 and at most 1, with at most {WEIGHT_SCALE} decimals")]
    WeightOutOfRange,
    /// Several allowances, and one has no weight.
    #[error("with several allowances, each needs its share of the commitment")]
    WeightMissing,
    /// The weights do not add up.
    #[error("the shares of the commitment must add up to 1")]
    WeightSum,
    /// A threshold outside 0 to 100, or critical above low.
    #[error("thresholds are percentages from 0 to 100, and the critical one is not above the low one")]
    ThresholdOutOfRange,
}

impl AllowanceProblem {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NameMissing => "allowance_name_missing",
            Self::UnitMissing => "allowance_unit_missing",
            Self::QuantityMissing => "allowance_quantity_missing",
            Self::QuantityUndisclosed => "allowance_quantity_undisclosed",
            Self::QuantityNotPositive => "allowance_quantity_not_positive",
            Self::QuantityOutOfRange => "allowance_quantity_out_of_range",
            Self::RolloverOutOfRange => "allowance_rollover_out_of_range",
            Self::UnitValueOutOfRange => "allowance_unit_value_out_of_range",
            Self::OverageCurrency => "allowance_overage_currency",
            Self::WeightOutOfRange => "allowance_weight_out_of_range",
            Self::WeightMissing => "allowance_weight_missing",
            Self::WeightSum => "allowance_weight_sum",
            Self::ThresholdOutOfRange => "allowance_threshold_out_of_range",
        }
    }

    /// The field it is shown beside.
    pub const fn field(self) -> ContractField {
        match self {
            Self::UnitMissing => ContractField::UsageUnit,
            Self::QuantityMissing | Self::QuantityUndisclosed | Self::QuantityNotPositive | Self::QuantityOutOfRange => {
                ContractField::IncludedQuantity
            }
            Self::OverageCurrency => ContractField::OveragePrice,
            Self::WeightOutOfRange | Self::WeightMissing | Self::WeightSum => ContractField::CommitmentWeight,
            Self::NameMissing | Self::RolloverOutOfRange | Self::UnitValueOutOfRange | Self::ThresholdOutOfRange => {
                ContractField::Allowances
            }
        }
    }
}

impl AllowanceTerms {
    /// Everything that is wrong with it on its own. `currency` is the contract's, when it is known.
    pub fn problems(&self, currency: Option<Currency>) -> Vec<AllowanceProblem> {
        use AllowanceProblem as Problem;
        let mut found = Vec::new();
        let mut ensure = |holds: bool, problem: Problem| {
            if !holds {
                found.push(problem);
            }
        };
        ensure(!self.name.trim().is_empty(), Problem::NameMissing);
        ensure(!self.unit.trim().is_empty(), Problem::UnitMissing);
        ensure(self.included.is_some() || !self.is_disclosed(), Problem::QuantityMissing);
        ensure(self.included.is_none() || self.is_disclosed(), Problem::QuantityUndisclosed);
        if let Some(quantity) = self.included {
            ensure(quantity > Decimal::ZERO, Problem::QuantityNotPositive);
            ensure(is_quantity(quantity.abs()), Problem::QuantityOutOfRange);
        }
        ensure(self.rollover_cap.is_none_or(is_quantity), Problem::RolloverOutOfRange);
        ensure(self.valuation.unit_value().is_none_or(is_price), Problem::UnitValueOutOfRange);
        let same_currency = self.overage.zip(currency).is_none_or(|(price, currency)| price.currency() == currency);
        ensure(same_currency, Problem::OverageCurrency);
        ensure(self.weight.is_none_or(is_weight), Problem::WeightOutOfRange);
        ensure(self.thresholds.are_sound(), Problem::ThresholdOutOfRange);
        found
    }
}

/// What is wrong with the weights of a contract's allowances taken together: with several, each has one and their sum is
/// exactly 1; a single one may leave it out.
pub fn weight_problem<'a>(allowances: impl IntoIterator<Item = &'a AllowanceTerms>) -> Option<AllowanceProblem> {
    let weights: Vec<Option<Decimal>> = allowances.into_iter().map(|allowance| allowance.weight).collect();
    match weights.as_slice() {
        [] | [None] => None,
        several if several.contains(&None) => Some(AllowanceProblem::WeightMissing),
        several => {
            let sum = several.iter().flatten().try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(*weight));
            (sum != Some(Decimal::ONE)).then_some(AllowanceProblem::WeightSum)
        }
    }
}

impl Thresholds {
    fn are_sound(self) -> bool {
        let percent =
            |value: Decimal| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&value) && value.normalize().scale() <= PERCENT_SCALE;
        percent(self.low) && percent(self.critical) && percent(self.underuse) && self.critical <= self.low
    }
}

fn is_quantity(value: Decimal) -> bool {
    value >= Decimal::ZERO && value.trunc().mantissa() < QUANTITY_LIMIT && value.normalize().scale() <= QUANTITY_SCALE
}

fn is_price(value: Decimal) -> bool {
    value >= Decimal::ZERO && UnitPrice::new(value, Decimal::ONE, Currency::USD).is_ok()
}

fn is_weight(value: Decimal) -> bool {
    value > Decimal::ZERO && value <= Decimal::ONE && value.normalize().scale() <= WEIGHT_SCALE
}
