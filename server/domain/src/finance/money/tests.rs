//! Exactness, bounds, and amounts people get wrong.

use super::*;
use proptest::prelude::*;
use std::str::FromStr;

fn dec(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

fn money(text: &str, code: &str) -> Money {
    Money::new(dec(text), Currency::parse(code).unwrap()).unwrap()
}

#[test]
fn halves_go_away_from_zero() {
    for (exact, code, billed) in [
        ("1.005", "USD", "1.01"),
        ("8.575", "USD", "8.58"),
        ("-1.005", "USD", "-1.01"),
        ("0.5", "JPY", "1"),
        ("15967.741", "JPY", "15968"),
        ("48.3870967", "KWD", "48.387"),
        ("2.5", "EUR", "2.50"),
    ] {
        assert_eq!(money(exact, code).to_minor().amount().to_string(), billed, "{exact} {code}");
    }
    assert_eq!(money("0.00005", "USD").to_stored().amount(), dec("0.0001"));
}

#[test]
fn amounts_are_shown_with_their_currency() {
    for (amount, code, shown) in
        [("500", "USD", "500.00 USD"), ("15968", "JPY", "15968 JPY"), ("0.000001", "USD", "0.000001 USD"), ("1.50", "KWD", "1.500 KWD")]
    {
        assert_eq!(money(amount, code).to_string(), shown);
    }
}

#[test]
fn what_people_enter_has_at_most_the_currencys_decimals() {
    let enter = |text: &str, code: &str| Money::exact(dec(text), Currency::parse(code).unwrap()).map_err(|error| error.code());
    assert!(enter("10.50", "USD").is_ok() && enter("10.500000000", "USD").is_ok() && enter("1.234", "KWD").is_ok());
    assert_eq!(enter("10.505", "USD"), Err("amount_too_precise"));
    assert_eq!(enter("0.123456789", "USD"), Err("amount_too_precise"));
    assert_eq!(enter("10.5", "JPY"), Err("amount_too_precise"));
    assert_eq!(enter("1000000000000000", "USD"), Err("amount_too_large"));
    assert_eq!(Money::new(Decimal::MAX, Currency::USD), Err(MoneyError::TooLarge));
    assert_eq!(Money::new(Decimal::MIN, Currency::USD), Err(MoneyError::TooLarge));
}

#[test]
fn two_currencies_never_meet() {
    let (dollars, euros) = (money("1", "USD"), money("1", "EUR"));
    let mixed = MoneyError::Mixed(dollars.currency(), euros.currency());
    assert_eq!(dollars.plus(euros), Err(mixed.clone()));
    assert_eq!(dollars.minus(euros), Err(mixed.clone()));
    assert_eq!(dollars.compare(euros), Err(mixed));
    let mut totals = Totals::default();
    assert!(totals.is_empty());
    for amount in [dollars, euros, dollars] {
        totals.add(amount).unwrap();
    }
    assert_eq!(totals.sums().map(|sum| sum.to_string()).collect::<Vec<_>>(), ["1.00 EUR", "2.00 USD"]);
    assert_eq!(totals.of(Currency::parse("JPY").unwrap()), None);
}

#[test]
fn arithmetic_fails_before_it_overflows() {
    let huge = money("999999999999999", "USD");
    assert_eq!(huge.plus(huge), Err(MoneyError::TooLarge));
    assert_eq!(huge.times(Decimal::MAX), Err(MoneyError::TooLarge));
    assert_eq!(huge.share(Decimal::ONE, Decimal::ZERO), Err(MoneyError::NotDivisible));
    assert_eq!(huge.share(dec("99999999999999999999"), dec("99999999999999999999")).unwrap(), huge);
    assert_eq!(Totals::default().add(huge), Ok(()));
}

#[test]
fn a_year_is_split_over_its_months_with_the_rest_first() {
    let months = money("10000.00", "USD").split(12).unwrap();
    let texts: Vec<String> = months.iter().map(|month| month.amount().to_string()).collect();
    assert_eq!(texts[..4], ["833.34"; 4]);
    assert_eq!(texts[4..], ["833.33"; 8]);
    assert_eq!(money("1", "JPY").split(3).unwrap().iter().map(|part| part.amount()).collect::<Vec<_>>(), [dec("1"), dec("0"), dec("0")]);
    assert_eq!(money("1", "USD").split(0), Err(MoneyError::NotDivisible));
}

#[test]
fn weights_share_and_the_worst_cut_is_served_first() {
    let parts = money("100.00", "USD").allocate(&[dec("1"), dec("1"), dec("1")]).unwrap();
    assert_eq!(parts.iter().map(|part| part.amount().to_string()).collect::<Vec<_>>(), ["33.34", "33.33", "33.33"]);
    let parts = money("-0.05", "USD").allocate(&[dec("0.75"), dec("0.25"), dec("0")]).unwrap();
    assert_eq!(parts.iter().map(|part| part.amount().to_string()).collect::<Vec<_>>(), ["-0.04", "-0.01", "0.00"]);
    assert_eq!(money("1", "USD").allocate(&[dec("2"), dec("-1")]), Err(MoneyError::NotDivisible));
    assert_eq!(money("1", "USD").allocate(&[dec("0")]), Err(MoneyError::NotDivisible));
}

#[test]
fn prices_are_never_divided_down_to_one_unit() {
    let million = UnitPrice::new(dec("5.00"), dec("1000000"), Currency::USD).unwrap();
    assert_eq!(million.cost(dec("600000")).unwrap().to_string(), "3.00 USD");
    let third = UnitPrice::new(dec("1"), dec("3"), Currency::USD).unwrap();
    assert_eq!(third.cost(dec("3")).unwrap().amount(), Decimal::ONE);
    for (price, per) in [("-1", "1"), ("1", "0"), ("1", "-5"), ("0.0000000000001", "1"), ("1000000000000000", "1")] {
        assert_eq!(UnitPrice::new(dec(price), dec(per), Currency::USD), Err(InvalidPrice), "{price} per {per}");
    }
    assert!(million.cost(Decimal::MAX).is_err());
}

#[test]
fn money_travels_as_text() {
    let text = serde_json::to_string(&money("0.1", "KWD")).unwrap();
    assert_eq!(text, r#"{"amount":"0.1","currency":"KWD"}"#);
    assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), money("0.1", "KWD"));
    assert!(serde_json::from_str::<Money>(r#"{"amount":"1000000000000000","currency":"USD"}"#).is_err());
    assert!(serde_json::from_str::<Money>(r#"{"amount":"1","currency":"ABC"}"#).is_err());
}

fn any_minor() -> impl Strategy<Value = i64> {
    -1_000_000_000_i64..1_000_000_000
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn parts_add_up_to_the_whole(minor in any_minor(), parts in 1_u32..40, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
        let currency = Currency::parse(code).unwrap();
        let whole = Money::new(Decimal::new(minor, currency.digits()), currency).unwrap();
        let split = whole.split(parts).unwrap();
        prop_assert_eq!(split.iter().map(|part| part.amount()).sum::<Decimal>(), whole.amount());
        let least = split.iter().map(|part| part.amount()).min().unwrap();
        let most = split.iter().map(|part| part.amount()).max().unwrap();
        prop_assert!(most - least <= Decimal::new(1, currency.digits()));
    }

    #[test]
    fn weighted_parts_add_up_to_the_whole(minor in any_minor(), weights in prop::collection::vec(0_u32..1_000_000, 1..8)) {
        let whole = Money::new(Decimal::new(minor, 2), Currency::USD).unwrap();
        let weights: Vec<Decimal> = weights.into_iter().map(|weight| Decimal::new(i64::from(weight), 6)).collect();
        prop_assume!(weights.iter().any(|weight| !weight.is_zero()));
        let parts = whole.allocate(&weights).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.amount()).sum::<Decimal>(), whole.amount());
        for (part, weight) in parts.iter().zip(&weights) {
            prop_assert!(!weight.is_zero() || part.is_zero());
            prop_assert!(part.is_zero() || part.is_negative() == whole.is_negative());
        }
    }
}
