//! Sums that keep currencies apart, and series with holes where nothing is known.

use super::*;
use crate::finance::contract::{Contract, ContractTerms, Stamp, Standing};
use crate::finance::evaluation::{Figures, Measured, Subject};
use crate::finance::fixtures::{dec, money};
use crate::finance::money::Currency;
use crate::finance::period::Period;
use crate::finance::zone::Zone;
use proptest::prelude::*;
use time::Duration;
use time::macros::{date, datetime};
use uuid::Uuid;
use vocab::finance::{BillingCadence, Confidence, UsageSource};
use vocab::{AllowanceId, ContractId, SupplierId};

const NOW: OffsetDateTime = datetime!(2026-04-10 12:00 UTC);

fn contract(amount: &str, cadence: BillingCadence, standing: Standing) -> Contract {
    let (amount, code) = amount.split_once(' ').unwrap();
    let terms = ContractTerms {
        commitment_amount: Some(dec(amount)),
        currency: code.parse().ok(),
        cadence: Some(cadence),
        start_date: Some(date!(2026 - 01 - 01)),
        ..ContractTerms::unknown(Zone::utc())
    };
    let id = ContractId::new(Uuid::nil());
    let draft = Contract::draft(id, "AIC-1".into(), SupplierId::new(Uuid::nil()), "openai:api".parse().unwrap(), terms, NOW);
    Contract { standing, ..draft }
}

fn active() -> Standing {
    Standing::Active { activated: Stamp { at: NOW, by: None } }
}

fn shown(totals: &Totals) -> Vec<String> {
    totals.sums().map(|sum| sum.to_minor().to_string()).collect()
}

#[test]
fn commitments_of_any_cadence_count_by_the_month_and_drafts_apart() {
    let stamp = Stamp { at: NOW, by: None };
    let suspended = Standing::Suspended { activated: stamp, suspended: stamp, reason: "pause".into() };
    let mut later = contract("70 USD", BillingCadence::Monthly, active());
    later.terms.start_date = Some(date!(2026 - 05 - 01));
    let all = [
        contract("20 USD", BillingCadence::Monthly, active()),
        contract("1000 USD", BillingCadence::Annual, active()),
        contract("90 EUR", BillingCadence::Quarterly, active()),
        contract("500 USD", BillingCadence::Monthly, Standing::Draft),
        contract("800 USD", BillingCadence::Monthly, suspended),
        later,
    ];
    let committed = committed(&all, NOW).unwrap();
    assert_eq!(shown(&committed.confirmed), ["30.00 EUR", "103.33 USD"]);
    assert_eq!(shown(&committed.unconfirmed), ["500.00 USD"]);
    assert!(super::committed(&[], NOW).unwrap().confirmed.is_empty(), "nothing known is not zero");
}

fn evaluation(day: Date, consumed: i64, included: Option<i64>) -> Evaluation {
    let period = Period::new(date!(2026 - 04 - 01), date!(2026 - 05 - 01)).unwrap();
    let measured = Measured {
        included: included.map(Decimal::from),
        consumed: consumed.into(),
        elapsed: period.days_through(day),
        days: 30,
        commitment: money("500.00 USD"),
        valuation: crate::finance::allowance::Valuation::CommitmentFirst,
        list_price: None,
        overage: None,
    };
    let figures: Option<Figures> = measured.figures().unwrap();
    Evaluation {
        contract_id: ContractId::new(Uuid::nil()),
        subject: Subject::Allowance(AllowanceId::new(Uuid::nil())),
        date: day,
        period,
        days_elapsed: measured.elapsed,
        days_in_period: 30,
        source: UsageSource::InternalObserved,
        confidence: Confidence::Medium,
        consumed: measured.consumed,
        included: measured.included,
        figures,
        currency: Currency::USD,
        usage_cost_estimate: None,
        input_hash: String::new(),
        is_final: false,
    }
}

#[test]
fn risk_is_that_of_the_newest_figures_of_periods_that_run() {
    let row = evaluation(date!(2026 - 04 - 20), 100, Some(1000));
    let at = |today| shown(&unused_at_risk([(&row, today), (&evaluation(today, 5, None), today)]).unwrap());
    assert_eq!(at(date!(2026 - 04 - 21)), ["425.00 USD"]);
    assert!(unused_at_risk([(&row, date!(2026 - 05 - 01))]).unwrap().is_empty(), "the period is over");
}

#[test]
fn a_total_is_converted_only_with_every_rate() {
    let mut totals = Totals::default();
    for amount in ["100 USD", "50 EUR", "1000 JPY"] {
        totals.add(money(amount)).unwrap();
    }
    let usd = Currency::USD;
    let rate = |from: &str, rate: &str, on| Rate { from: from.parse().unwrap(), rate: dec(rate), to: usd, on };
    let today = date!(2026 - 04 - 10);
    let rates = [
        rate("EUR", "1.05", date!(2026 - 03 - 01)),
        rate("EUR", "1.10", date!(2026 - 04 - 01)),
        rate("EUR", "9", date!(2026 - 04 - 11)),
        rate("JPY", "0.0065", date!(2026 - 02 - 01)),
        rate("JPY", "0", date!(2026 - 04 - 09)),
    ];
    let total = converted(&totals, usd, &rates, today).unwrap().unwrap();
    assert_eq!((total.total.to_string(), total.rate_date), ("161.50 USD".to_owned(), Some(date!(2026 - 02 - 01))));
    assert_eq!(converted(&totals, usd, &rates[..3], today), Ok(None), "a part would be wrong");
    assert_eq!(converted(&Totals::default(), usd, &rates, today), Ok(None));
}

#[test]
fn rates_are_read_from_a_line() {
    let rates: ExchangeRates = " USD EUR=1.10@2026-04-01  JPY=0.0065@2026-02-01".parse().unwrap();
    let mut totals = Totals::default();
    totals.add(money("100 USD")).unwrap();
    let today = date!(2026 - 04 - 10);
    assert_eq!(rates.total(&totals, today), Ok(None), "one currency is its own total");
    totals.add(money("50 EUR")).unwrap();
    let total = rates.total(&totals, today).unwrap().unwrap();
    assert_eq!((total.total.to_string(), total.rate_date), ("155.00 USD".to_owned(), Some(date!(2026 - 04 - 01))));
    totals.add(money("1 GBP")).unwrap();
    assert_eq!(rates.total(&totals, today), Ok(None), "a part would be wrong");
    for wrong in
        ["", "USD", "usdx EUR=1@2026-04-01", "USD EUR=0@2026-04-01", "USD EUR=1.1", "USD EUR=1,1@2026-04-01", "USD USD=1@2026-04-01"]
    {
        assert_eq!(wrong.parse::<ExchangeRates>(), Err(NoRates), "{wrong}");
    }
}

#[test]
fn an_allowance_melts_from_what_is_included() {
    let rows = [evaluation(date!(2026 - 04 - 01), 10, Some(300)), evaluation(date!(2026 - 04 - 03), 60, Some(300))];
    let points = burn_down(&rows).unwrap().unwrap();
    assert_eq!(points.len(), 30);
    assert_eq!((points[0].ideal, points[0].actual, points[0].projected), (dec("290"), Some(dec("290")), None));
    assert_eq!(points[1].actual, None, "no figure is no point");
    assert_eq!((points[2].actual, points[2].projected), (Some(dec("240")), Some(dec("240"))));
    assert_eq!((points[29].ideal, points[29].projected), (dec("0"), Some(dec("-300"))));
    assert_eq!(burn_down(&[]), Ok(None));
    assert_eq!(burn_down(&[evaluation(date!(2026 - 04 - 03), 60, None)]), Ok(None));
}

#[test]
fn days_without_a_figure_are_not_days_without_cost() {
    let shown = Period::new(date!(2026 - 04 - 01), date!(2026 - 04 - 06)).unwrap();
    let total = |date, sums: &[&str], unpriced| DayTotal { date, sums: sums.iter().map(|sum| money(sum)).collect(), unpriced };
    let totals = [
        total(date!(2026 - 04 - 02), &["1.50 USD", "2 EUR"], 0),
        total(date!(2026 - 04 - 04), &["0.50 USD"], 3),
        total(date!(2026 - 03 - 31), &["9 USD"], 0),
    ];
    let series = by_day(shown, &totals, Some(date!(2026 - 04 - 02)), date!(2026 - 04 - 04)).unwrap();
    let of = |currency: &str| {
        let days = &series[&currency.parse::<Currency>().unwrap()];
        days.iter().map(|day| day.amount.map(|amount| amount.to_string())).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(of("USD"), [None, some("1.50 USD"), some("0.00 USD"), some("0.50 USD"), None]);
    assert_eq!(of("EUR"), [None, some("2.00 EUR"), some("0.00 EUR"), some("0.00 EUR"), None]);
    assert!(series[&Currency::USD][3].is_partial && !series[&Currency::USD][1].is_partial);
    assert!(by_day(shown, &[], Some(date!(2026 - 04 - 02)), date!(2026 - 04 - 04)).unwrap().is_empty());
}

#[test]
fn a_budget_is_used_in_its_own_currency() {
    assert_eq!(budget_use(Some(money("25 USD")), Some(money("200 USD"))), Some(dec("12.5")));
    for (cost, budget) in [(None, Some("1 USD")), (Some("1 USD"), None), (Some("1 USD"), Some("0 USD")), (Some("1 EUR"), Some("1 USD"))] {
        assert_eq!(budget_use(cost.map(money), budget.map(money)), None);
    }
}

#[test]
fn open_items_are_counted_by_severity() {
    let none = OpenItems::default();
    assert_eq!((none.total(), none.highest()), (0, None));
    let some = OpenItems { high: 2, low: 1, ..none };
    assert_eq!((some.total(), some.highest()), (3, Some(Severity::High)));
    assert_eq!(OpenItems { critical: 1, ..some }.highest(), Some(Severity::Critical));
    assert_eq!(OpenItems { low: 1, ..none }.highest(), Some(Severity::Low));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn days_add_up_to_their_totals(days in prop::collection::vec((0_i64..20, 0_i64..1_000_000, any::<bool>()), 0..12)) {
        let first = date!(2026 - 04 - 01);
        let shown = Period::new(first, first + Duration::days(20)).unwrap();
        let mut expected = Totals::default();
        let totals: Vec<DayTotal> = days.iter().map(|(day, minor, euros)| {
            let currency = if *euros { "EUR".parse().unwrap() } else { Currency::USD };
            let sum = Money::new(Decimal::new(*minor, 2), currency).unwrap();
            expected.add(sum).unwrap();
            DayTotal { date: first + Duration::days(*day), sums: vec![sum], unpriced: 0 }
        }).collect();
        let series = by_day(shown, &totals, Some(first), shown.last_day()).unwrap();
        let mut summed = Totals::default();
        for amount in series.values().flatten().filter_map(|day| day.amount) {
            summed.add(amount).unwrap();
        }
        prop_assert_eq!(summed, expected);
    }
}
