//! What a contract costs in each of its billing periods.

use crate::finance::contract::Agreed;
use crate::finance::money::{Money, MoneyError};
use crate::finance::period::Period;
use vocab::finance::Proration;

impl Agreed {
    /// The fixed amount of billing period `period`, in minor units; zero for a metered contract. `None` when the contract
    /// does not hold then.
    ///
    /// # Errors
    /// [`MoneyError`], for amounts beyond what is kept.
    pub fn fee(&self, period: Period) -> Result<Option<Money>, MoneyError> {
        self.for_active_days(Some(self.commitment), period)
    }

    /// The least spend of billing period `period`, in minor units. `None` when there is none, or it does not hold then.
    ///
    /// # Errors
    /// [`MoneyError`], for amounts beyond what is kept.
    pub fn minimum_in(&self, period: Period) -> Result<Option<Money>, MoneyError> {
        self.for_active_days(self.minimum, period)
    }

    fn for_active_days(&self, amount: Option<Money>, period: Period) -> Result<Option<Money>, MoneyError> {
        let (Some(amount), Some(active)) = (amount, self.span.clip(period)) else { return Ok(None) };
        prorated(amount, self.proration, period, active).map(Some)
    }
}

/// What `amount`, agreed for the whole `period`, comes to when only its `active` days count. Actual days, rounded once to
/// the minor unit, half away from zero.
///
/// # Errors
/// [`MoneyError`], for amounts beyond what is kept.
pub fn prorated(amount: Money, proration: Proration, period: Period, active: Period) -> Result<Money, MoneyError> {
    match proration {
        Proration::None => Ok(amount.to_minor()),
        Proration::Daily => Ok(amount.share(active.days().into(), period.days().into())?.to_minor()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::fixtures::{agreed, money};
    use crate::finance::period::Span;
    use time::macros::date;
    use time::{Date, Duration};
    use vocab::finance::BillingCadence;

    fn days(first: Date, count: i64) -> Period {
        Period::new(first, first + Duration::days(count)).unwrap()
    }

    #[test]
    fn partial_periods_cost_their_days() {
        let january = date!(2027 - 01 - 01);
        for (amount, of, active, billed) in [
            ("500.00 USD", 30, 15, "250.00 USD"),
            ("100.00 USD", 31, 14, "45.16 USD"),
            ("1500.00 USD", 91, 77, "1269.23 USD"),
            ("12000.00 USD", 365, 200, "6575.34 USD"),
            ("12000.00 USD", 366, 201, "6590.16 USD"),
            ("49500 JPY", 31, 10, "15968 JPY"),
            ("150.000 KWD", 31, 10, "48.387 KWD"),
        ] {
            let cost = prorated(money(amount), Proration::Daily, days(january, of), days(january, active)).unwrap();
            assert_eq!(cost.to_string(), billed, "{amount}, {active} of {of} days");
            let whole = prorated(money(amount), Proration::None, days(january, of), days(january, active)).unwrap();
            assert_eq!(whole.to_string(), amount);
        }
    }

    fn terms(proration: Proration, cadence: BillingCadence, amount: &str, span: Span, anchor: Date) -> Agreed {
        Agreed { proration, ..agreed(cadence, money(amount), span, anchor) }
    }

    #[test]
    fn the_days_come_from_the_calendar() {
        let fee = |terms: &Agreed, day: Date| {
            let period = terms.billing_cycle().containing(day).unwrap();
            terms.fee(period).unwrap().map(|fee| fee.to_string())
        };
        let april = Span::open(date!(2026 - 04 - 16));
        let monthly = terms(Proration::Daily, BillingCadence::Monthly, "500.00 USD", april, date!(2026 - 04 - 01));
        assert_eq!(fee(&monthly, date!(2026 - 04 - 20)).as_deref(), Some("250.00 USD"));
        assert_eq!(fee(&monthly, date!(2026 - 05 - 20)).as_deref(), Some("500.00 USD"));
        assert_eq!(fee(&monthly, date!(2026 - 03 - 20)), None);
        let quarter = Span::open(date!(2026 - 04 - 15));
        let quarterly = terms(Proration::Daily, BillingCadence::Quarterly, "1500.00 USD", quarter, date!(2026 - 04 - 01));
        assert_eq!(fee(&quarterly, date!(2026 - 04 - 20)).as_deref(), Some("1269.23 USD"));
        let first = date!(2026 - 01 - 01);
        let ended = Span::new(first, Some(first + Duration::days(200))).unwrap();
        let annual = terms(Proration::Daily, BillingCadence::Annual, "12000.00 USD", ended, first);
        assert_eq!(fee(&annual, first).as_deref(), Some("6575.34 USD"));
        let leap = date!(2028 - 01 - 01);
        let ended = Span::new(leap, Some(leap + Duration::days(201))).unwrap();
        let annual = terms(Proration::Daily, BillingCadence::Annual, "12000.00 USD", ended, leap);
        assert_eq!(fee(&annual, leap).as_deref(), Some("6590.16 USD"));
    }
}
