//! The days an allowance is judged over, and what it includes and costs in them.

use crate::finance::allowance::AllowanceTerms;
use crate::finance::contract::Agreed;
use crate::finance::money::{Money, MoneyError, ratio};
use crate::finance::period::{Cycle, Period, Span};
use crate::finance::zone::Zone;
use rust_decimal::Decimal;
use std::ops::Range;
use time::{Date, OffsetDateTime};
use vocab::finance::Proration;

/// One allowance period as seen at the end of one day of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    whole: Period,
    active: Period,
    day: Date,
}

impl Window {
    /// The period that `day` is in, cut to `in_force`. `None` on a day that is not in force.
    pub fn on(cycle: Cycle, in_force: Span, day: Date) -> Option<Self> {
        let whole = cycle.containing(day)?;
        let active = in_force.clip(whole).filter(|active| active.contains(day))?;
        Some(Self { whole, active, day })
    }

    /// The period as the calendar has it.
    pub const fn whole(&self) -> Period {
        self.whole
    }

    /// The days of it on which the contract and the allowance hold.
    pub const fn active(&self) -> Period {
        self.active
    }

    /// The day at whose end it is seen.
    pub const fn day(&self) -> Date {
        self.day
    }

    /// Active days in all; at least 1.
    pub fn days(&self) -> u32 {
        self.active.days()
    }

    /// Active days that are over; from 1 to [`days`](Self::days).
    pub fn elapsed(&self) -> u32 {
        self.active.days_through(self.day)
    }

    /// Is the period over when the day is?
    pub fn is_complete(&self) -> bool {
        self.day == self.active.last_day()
    }

    /// The instants whose use counts: from the start of the first active day to the end of the day, in the zone's days.
    pub fn instants(&self, zone: &Zone) -> Range<OffsetDateTime> {
        zone.instants(self.active.start(), self.day.next_day().unwrap_or(Date::MAX))
    }

    /// What the allowance includes: its quantity, or the active days' share of it, and what was carried in. `None` when it
    /// is not disclosed.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn included(&self, terms: &AllowanceTerms, carried_in: Decimal) -> Result<Option<Decimal>, MoneyError> {
        let Some(nominal) = terms.included else { return Ok(None) };
        let own = if terms.prorate_included { ratio(nominal, self.days().into(), self.whole.days().into())? } else { nominal };
        own.checked_add(carried_in).map(Some).ok_or(MoneyError::TooLarge)
    }

    /// The part of the contract's fixed amount that pays for this allowance in this period, unrounded.
    ///
    /// A fee that pays for several allowance periods is divided over those that are in force, in whole minor units with
    /// the remainder first; with daily proration, by the share of each that is in force. An allowance period that several
    /// fees pay for has their sum.
    ///
    /// # Errors
    /// [`MoneyError`], for amounts beyond what is kept.
    pub fn commitment(&self, agreed: &Agreed, terms: &AllowanceTerms) -> Result<Money, MoneyError> {
        let cycle = terms.cycle(agreed.anchor, agreed.cadence);
        let mut sum = Money::zero(agreed.currency);
        for period in agreed.billing_cycle().touching(self.active) {
            if let Some(part) = self.part_of_fee(agreed, cycle, period)? {
                sum = sum.plus(part)?;
            }
        }
        sum.times(terms.weight_or_all())
    }

    fn part_of_fee(&self, agreed: &Agreed, cycle: Cycle, period: Period) -> Result<Option<Money>, MoneyError> {
        let Some(fee) = agreed.fee(period)? else { return Ok(None) };
        if cycle.months() >= agreed.cadence.months() {
            return Ok(Some(fee));
        }
        let resets: Vec<(Period, Period)> = cycle.touching(period).filter_map(|whole| Some((whole, agreed.span.clip(whole)?))).collect();
        let weights = resets.iter().map(|(whole, active)| match agreed.proration {
            Proration::None => Ok(Decimal::ONE),
            Proration::Daily => ratio(Decimal::ONE, active.days().into(), whole.days().into()),
        });
        let parts = fee.allocate(&weights.collect::<Result<Vec<_>, _>>()?)?;
        Ok(resets.iter().zip(parts).find(|((whole, _), _)| *whole == self.whole).map(|(_, part)| part))
    }
}

/// What is left of a period for the next: nothing without a cap, never more than the cap.
pub fn carried_over(cap: Option<Decimal>, included: Decimal, consumed: Decimal) -> Decimal {
    cap.map_or(Decimal::ZERO, |cap| cap.min((included - consumed).max(Decimal::ZERO)))
}
