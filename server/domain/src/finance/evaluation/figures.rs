//! What a day's consumption means for its period: how much is used, left, likely to be lost and likely to be exceeded.

use crate::finance::allowance::Valuation;
use crate::finance::money::{MONEY_SCALE, Money, MoneyError, PERCENT_SCALE, QUANTITY_SCALE, UnitPrice, ratio, rounded};
use rust_decimal::Decimal;

/// Everything the figures are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Units included in the period, after proration and rollover; `None` when not disclosed.
    pub included: Option<Decimal>,
    /// Units used since the period began.
    pub consumed: Decimal,
    /// Days that are over, from 1 to `days`.
    pub elapsed: u32,
    /// Days of the period.
    pub days: u32,
    /// The fixed amount that pays for the period and allowance; zero where only use is paid for.
    pub commitment: Money,
    /// What unused units are worth.
    pub valuation: Valuation,
    /// List price of the mix that was used, where known.
    pub list_price: Option<UnitPrice>,
    /// Price of use beyond the allowance.
    pub overage: Option<UnitPrice>,
}

/// Why figures cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FiguresError {
    /// Consumption below zero.
    #[error("consumption cannot be below zero")]
    NegativeUsage,
    /// No day is over, or more are over than the period has.
    #[error("the day is outside its period")]
    OutsidePeriod,
    /// An amount cannot be computed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl FiguresError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NegativeUsage => "negative_usage",
            Self::OutsidePeriod => "outside_period",
            Self::Money(error) => error.code(),
        }
    }
}

/// The figures of a quantified allowance, in full precision until [`Figures::stored`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Used of included, in percent. `None` when nothing is included.
    pub utilization_pct: Option<Decimal>,
    /// Left of included; below zero when exceeded.
    pub remaining: Decimal,
    /// Used by the end of the period, if it goes on like this.
    pub projected: Decimal,
    /// That of included, in percent.
    pub projected_utilization_pct: Option<Decimal>,
    /// Share used over share of days gone: 1 is exactly on plan.
    pub pace: Option<Decimal>,
    /// Days from the period's start until everything is used. `None` when nothing was used.
    pub days_to_exhaustion: Option<Decimal>,
    /// Units that will be lost.
    pub projected_unused: Decimal,
    /// What they are worth. `None` when that is not known.
    pub projected_unused_value: Option<Money>,
    /// Units that will be used beyond the allowance.
    pub projected_overage: Decimal,
    /// What they will cost. `None` without a price: use beyond the allowance is then not sold.
    pub projected_overage_cost: Option<Money>,
    /// Units used beyond the allowance so far.
    pub overage: Decimal,
    /// What they cost.
    pub overage_cost: Option<Money>,
    /// Share of the commitment that was lost for good; on the period's last day only.
    pub realized_unused_value: Option<Money>,
}

impl Measured {
    /// The figures; `None` when no quantity is disclosed, as only use itself can be shown then.
    ///
    /// # Errors
    /// [`FiguresError`].
    pub fn figures(&self) -> Result<Option<Figures>, FiguresError> {
        if self.consumed < Decimal::ZERO {
            return Err(FiguresError::NegativeUsage);
        }
        if self.elapsed == 0 || self.elapsed > self.days {
            return Err(FiguresError::OutsidePeriod);
        }
        self.included.map(|included| self.against(included)).transpose()
    }

    fn against(&self, included: Decimal) -> Result<Figures, FiguresError> {
        let (consumed, elapsed, days) = (self.consumed, Decimal::from(self.elapsed), Decimal::from(self.days));
        let projected = ratio(consumed, days, elapsed)?;
        let projected_unused = (included - projected).max(Decimal::ZERO);
        let projected_overage = (projected - included).max(Decimal::ZERO);
        let overage = (consumed - included).max(Decimal::ZERO);
        let priced = |units: Decimal| self.overage.map(|price| price.cost(units)).transpose();
        Ok(Figures {
            utilization_pct: percent(consumed, included)?,
            remaining: included - consumed,
            projected,
            projected_utilization_pct: percent(projected, included)?,
            pace: if included.is_zero() { None } else { Some(ratio(projected, Decimal::ONE, included)?) },
            days_to_exhaustion: if consumed.is_zero() { None } else { Some(ratio(included, elapsed, consumed)?) },
            projected_unused,
            projected_unused_value: self.value_of(projected_unused, included)?,
            projected_overage,
            projected_overage_cost: priced(projected_overage)?,
            overage,
            overage_cost: priced(overage)?,
            realized_unused_value: self.lost_for_good(included)?,
        })
    }

    /// Never more than the commitment, whatever the method: what is lost was paid for with it.
    fn value_of(&self, unused: Decimal, included: Decimal) -> Result<Option<Money>, MoneyError> {
        let commitment = self.commitment;
        if included.is_zero() {
            return Ok(Some(Money::zero(commitment.currency())));
        }
        let value = match self.valuation {
            Valuation::CommitmentFirst => Some(commitment.share(unused, included)?),
            Valuation::UnitValue(unit) => Some(Money::new(ratio(unused, unit, Decimal::ONE)?, commitment.currency())?),
            Valuation::ListPrice => self.list_price.map(|price| price.cost(unused)).transpose()?,
        };
        match value {
            Some(value) if value.compare(commitment)?.is_gt() => Ok(Some(commitment)),
            value => Ok(value),
        }
    }

    fn lost_for_good(&self, included: Decimal) -> Result<Option<Money>, MoneyError> {
        if self.elapsed < self.days || included.is_zero() {
            return Ok(None);
        }
        self.commitment.share((included - self.consumed).max(Decimal::ZERO), included).map(Some)
    }
}

impl Figures {
    /// Rounded to the scales that are kept: quantities 6 decimals, percentages and amounts 4.
    #[must_use]
    pub fn stored(&self) -> Self {
        let quantity = |value: Decimal| rounded(value, QUANTITY_SCALE);
        let percent = |value: Option<Decimal>| value.map(|value| rounded(value, PERCENT_SCALE));
        let amount = |value: Option<Money>| value.map(Money::to_stored);
        Self {
            utilization_pct: percent(self.utilization_pct),
            remaining: quantity(self.remaining),
            projected: quantity(self.projected),
            projected_utilization_pct: percent(self.projected_utilization_pct),
            pace: self.pace.map(|pace| rounded(pace, MONEY_SCALE)),
            days_to_exhaustion: self.days_to_exhaustion.map(|days| rounded(days, MONEY_SCALE)),
            projected_unused: quantity(self.projected_unused),
            projected_unused_value: amount(self.projected_unused_value),
            projected_overage: quantity(self.projected_overage),
            projected_overage_cost: amount(self.projected_overage_cost),
            overage: quantity(self.overage),
            overage_cost: amount(self.overage_cost),
            realized_unused_value: amount(self.realized_unused_value),
        }
    }
}

fn percent(part: Decimal, whole: Decimal) -> Result<Option<Decimal>, MoneyError> {
    if whole.is_zero() { Ok(None) } else { ratio(part, Decimal::ONE_HUNDRED, whole).map(Some) }
}
