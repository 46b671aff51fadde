//! Use against an allowance, in the order in which it happened.

use super::{DayUse, SCALE, sorted};
use crate::finance::money::{MoneyError, ratio, rounded};
use rust_decimal::Decimal;

/// Use divided at what is included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// What the allowance covers.
    pub within: Vec<DayUse>,
    /// What goes beyond it.
    pub beyond: Vec<DayUse>,
    /// Units of the allowance that are left.
    pub left: Decimal,
}

/// Lets use draw on `included` units, day by day. What crosses the line is divided, so that each part is wholly on one
/// side.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn split(uses: &[DayUse], included: Decimal) -> Result<Split, MoneyError> {
    let mut split = Split { left: included.max(Decimal::ZERO), ..Split::default() };
    for used in sorted(uses) {
        let within = used.counted.min(split.left);
        split.left -= within;
        if within > Decimal::ZERO {
            split.within.push(used.part(within)?);
        }
        if used.counted > within {
            split.beyond.push(used.part(used.counted - within)?);
        }
    }
    Ok(split)
}

impl DayUse {
    /// The part of it that counts `counted`.
    fn part(&self, counted: Decimal) -> Result<Self, MoneyError> {
        let quantity = if counted == self.counted { self.quantity } else { ratio(self.quantity, counted, self.counted)? };
        Ok(Self { quantity: rounded(quantity, SCALE), counted, ..self.clone() })
    }
}
