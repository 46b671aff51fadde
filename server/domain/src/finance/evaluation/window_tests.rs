//! Periods cut by start and end, what they include, and what of the fee they are paid with.

use super::*;
use crate::finance::allowance::AllowanceTerms;
use crate::finance::contract::Agreed;
use crate::finance::fixtures::{agreed, allowance_terms, dec, money};
use crate::finance::money::{Currency, Money};
use crate::finance::period::Span;
use crate::finance::zone::Zone;
use proptest::prelude::*;
use rust_decimal::Decimal;
use time::macros::{date, datetime};
use time::{Date, Duration};
use vocab::finance::{BillingCadence, MetricKey, Proration, ResetInterval};

fn window(billing: &Agreed, terms: &AllowanceTerms, day: Date) -> Window {
    Window::on(terms.cycle(billing.anchor, billing.cadence), billing.span, day).unwrap()
}

fn share(billing: &Agreed, terms: &AllowanceTerms, day: Date) -> String {
    window(billing, terms, day).commitment(billing, terms).unwrap().to_string()
}

#[test]
fn a_partial_start_counts_from_the_start_date() {
    let billing = agreed(BillingCadence::Monthly, money("500.00 USD"), Span::open(date!(2026 - 04 - 16)), date!(2026 - 04 - 01));
    let plain = allowance_terms(ResetInterval::Monthly);
    let on_25 = window(&billing, &plain, date!(2026 - 04 - 25));
    assert_eq!((on_25.elapsed(), on_25.days(), on_25.whole().days()), (10, 15, 30));
    assert_eq!(on_25.included(&plain, Decimal::ZERO), Ok(Some(dec("1000000"))));
    assert_eq!(share(&billing, &plain, on_25.day()), "500.00 USD");

    let prorated = AllowanceTerms { prorate_included: true, ..plain };
    let daily = Agreed { proration: Proration::Daily, ..billing };
    assert_eq!(on_25.included(&prorated, Decimal::ZERO), Ok(Some(dec("500000"))));
    assert_eq!(share(&daily, &prorated, on_25.day()), "250.00 USD");
    assert_eq!(Window::on(daily.billing_cycle(), daily.span, date!(2026 - 04 - 15)), None, "before the start");
}

#[test]
fn an_undisclosed_quantity_stays_undisclosed() {
    let billing = agreed(BillingCadence::Monthly, money("20.00 USD"), Span::open(date!(2026 - 04 - 01)), date!(2026 - 04 - 01));
    let terms = AllowanceTerms { metric: MetricKey::Undisclosed, included: None, ..allowance_terms(ResetInterval::Monthly) };
    assert_eq!(window(&billing, &terms, date!(2026 - 04 - 25)).included(&terms, Decimal::ZERO), Ok(None));
}

#[test]
fn an_end_and_a_new_version_cut_the_period_too() {
    let in_force = Span::new(date!(2026 - 04 - 01), Some(date!(2026 - 04 - 21))).unwrap();
    let window = Window::on(crate::finance::period::Cycle::new(date!(2026 - 04 - 01), 1), in_force, date!(2026 - 04 - 20)).unwrap();
    assert_eq!((window.days(), window.elapsed(), window.is_complete()), (20, 20, true));
}

#[test]
fn use_counts_from_local_midnight_to_local_midnight() {
    let billing = agreed(BillingCadence::Monthly, money("1 USD"), Span::open(date!(2026 - 03 - 01)), date!(2026 - 03 - 01));
    let terms = allowance_terms(ResetInterval::Monthly);
    let last = window(&billing, &terms, date!(2026 - 03 - 31));
    let berlin = last.instants(&Zone::named("Europe/Berlin").unwrap());
    assert_eq!(berlin, datetime!(2026-02-28 23:00 UTC)..datetime!(2026-03-31 22:00 UTC));
    assert_eq!((last.elapsed(), last.days()), (31, 31));
    // Use in the afternoon of the last day counts.
    assert!(berlin.contains(&datetime!(2026-03-31 13:00 UTC)));
    assert!(last.is_complete());
}

#[test]
fn a_yearly_fee_is_divided_over_its_months() {
    let billing = agreed(BillingCadence::Annual, money("10000.00 USD"), Span::open(date!(2026 - 01 - 01)), date!(2026 - 01 - 01));
    let terms = allowance_terms(ResetInterval::Monthly);
    let shares: Vec<_> = (1..=12_u8)
        .map(|month| share(&billing, &terms, Date::from_calendar_date(2026, time::Month::try_from(month).unwrap(), 15).unwrap()))
        .collect();
    assert_eq!(shares[..4], ["833.34 USD"; 4]);
    assert_eq!(shares[4..], ["833.33 USD"; 8]);
}

#[test]
fn a_yearly_allowance_is_paid_with_twelve_fees() {
    let billing = agreed(BillingCadence::Monthly, money("20.00 USD"), Span::open(date!(2026 - 01 - 01)), date!(2026 - 01 - 01));
    let terms = allowance_terms(ResetInterval::Annual);
    assert_eq!(share(&billing, &terms, date!(2026 - 05 - 05)), "240.00 USD");
    let late = Agreed { span: Span::open(date!(2026 - 11 - 10)), ..billing };
    assert_eq!(share(&late, &terms, date!(2026 - 12 - 05)), "40.00 USD");
}

#[test]
fn weights_divide_and_a_metered_contract_has_nothing_to_divide() {
    let billing = agreed(BillingCadence::Monthly, money("600.00 USD"), Span::open(date!(2026 - 01 - 01)), date!(2026 - 01 - 01));
    let weighted = AllowanceTerms { weight: Some(dec("0.75")), ..allowance_terms(ResetInterval::BillingPeriod) };
    assert_eq!(share(&billing, &weighted, date!(2026 - 01 - 05)), "450.00 USD");
    let metered = Agreed { commitment: Money::zero(Currency::USD), ..billing };
    assert_eq!(share(&metered, &weighted, date!(2026 - 01 - 05)), "0.00 USD");
}

#[test]
fn only_a_cap_lets_anything_roll_over() {
    assert_eq!(carried_over(None, dec("1000"), dec("100")), Decimal::ZERO);
    assert_eq!(carried_over(Some(dec("500")), dec("1000"), dec("100")), dec("500"));
    assert_eq!(carried_over(Some(dec("500")), dec("1000"), dec("700")), dec("300"));
    assert_eq!(carried_over(Some(dec("500")), dec("1000"), dec("1700")), Decimal::ZERO);
    let terms = allowance_terms(ResetInterval::Monthly);
    let billing = agreed(BillingCadence::Monthly, money("1 USD"), Span::open(date!(2026 - 01 - 01)), date!(2026 - 01 - 01));
    assert_eq!(window(&billing, &terms, date!(2026 - 01 - 05)).included(&terms, dec("300")), Ok(Some(dec("1000300"))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_shares_of_a_fee_add_up_to_the_fee(
        anchor in 2_455_000_i32..2_465_000,
        late_start in 0_i64..365,
        minor in 1_i64..100_000_000,
        cadence in prop::sample::select(BillingCadence::ALL),
        reset in prop::sample::select(ResetInterval::ALL),
        proration in prop::sample::select(Proration::ALL),
        code in prop::sample::select(vec!["USD", "JPY", "KWD"]),
    ) {
        let anchor = Date::from_julian_day(anchor).unwrap();
        let currency: Currency = code.parse().unwrap();
        let in_force = Span::open(anchor + Duration::days(late_start));
        let commitment = Money::new(Decimal::new(minor, currency.digits()), currency).unwrap();
        let billing = Agreed { proration, ..agreed(cadence, commitment, in_force, anchor) };
        let terms = allowance_terms(reset);
        let year = crate::finance::period::Cycle::new(anchor, 12).period(0).unwrap();
        let mut fees = Decimal::ZERO;
        for period in billing.billing_cycle().touching(year) {
            fees += billing.fee(period).unwrap().map_or(Decimal::ZERO, Money::amount);
        }
        let mut shares = Decimal::ZERO;
        for whole in terms.cycle(anchor, cadence).touching(year) {
            let Some(active) = in_force.clip(whole) else { continue };
            shares += window(&billing, &terms, active.last_day()).commitment(&billing, &terms).unwrap().amount();
        }
        prop_assert_eq!(shares, fees);
    }
}
