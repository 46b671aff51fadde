//! What a draft says, to the last minor unit.

use super::*;
use crate::finance::contract::{Agreed, Contract, ContractTerms, Standing};
use crate::finance::fixtures::{agreed, dec, money};
use crate::finance::money::UnitPrice;
use crate::finance::period::{Period, Span};
use crate::finance::zone::Zone;
use proptest::prelude::*;
use rust_decimal::Decimal;
use time::macros::{date, datetime};
use uuid::Uuid;
use vocab::finance::{BillLineKind, BillingCadence, BillingPeriodKind, ContractType, Meter, Proration, SkipReason, SupplierStatus};
use vocab::{AllowanceId, ContractId, SupplierId};

fn april() -> Period {
    Period::new(date!(2026 - 04 - 01), date!(2026 - 05 - 01)).unwrap()
}

fn hybrid(commitment: &str) -> Agreed {
    agreed(BillingCadence::Monthly, money(commitment), Span::open(date!(2026 - 04 - 01)), date!(2026 - 04 - 01))
}

fn metered() -> Agreed {
    Agreed { contract_type: ContractType::Metered, ..hybrid("0 USD") }
}

fn due(kind: BillingPeriodKind, active: Period) -> DueDraft {
    let key = SourceKey { contract_id: ContractId::new(Uuid::nil()), period_start: active.start(), kind, revision: 1 };
    DueDraft { key, whole: april(), active, issue_date: date!(2026 - 05 - 01) }
}

fn drafting(agreed: &Agreed, tax: Tax) -> Drafting<'_> {
    Drafting { agreed, title: "Team plan", payment_terms: Some("Net 14"), account_code: Some("6810"), tax }
}

fn million(price: &str) -> Option<UnitPrice> {
    UnitPrice::new(dec(price), dec("1000000"), "USD".parse().unwrap()).ok()
}

fn used(model: &str, meter: Meter, quantity: &str, price: Option<UnitPrice>) -> MeterUse {
    MeterUse { provider_id: "openai".parse().unwrap(), model_id: model.into(), meter, quantity: dec(quantity), price }
}

fn over(quantity: &str, price: Option<UnitPrice>) -> OverageUse {
    OverageUse {
        allowance_id: AllowanceId::new(Uuid::from_u128(3)),
        name: "Included tokens".into(),
        unit: "Tokens".into(),
        period: april(),
        quantity: dec(quantity),
        price,
    }
}

fn usage(agreed: &Agreed, used: &PeriodUse<'_>) -> Result<Draft, DraftError> {
    drafting(agreed, Tax::Rate(Decimal::ZERO)).draft(&due(BillingPeriodKind::Usage, april()), used)
}

fn amounts(draft: &Draft) -> Vec<(BillLineKind, String)> {
    draft.lines.iter().map(|line| (line.kind, line.net.to_string())).collect()
}

#[test]
fn a_subscription_is_one_line() {
    let plan = Agreed { contract_type: ContractType::Subscription, ..hybrid("500.00 USD") };
    let draft = drafting(&plan, Tax::Rate(dec("19"))).draft(&due(BillingPeriodKind::Fixed, april()), &PeriodUse::default()).unwrap();
    assert_eq!(amounts(&draft), [(BillLineKind::Commitment, "500.00 USD".to_owned())]);
    let line = &draft.lines[0];
    assert_eq!(line.description, "Team plan, 2026-04-01 to 2026-04-30");
    assert_eq!((line.tax.to_string(), line.tax_rate), ("95.00 USD".to_owned(), dec("19")));
    assert_eq!((line.account_code.as_deref(), line.service), (Some("6810"), Some(april())));
    assert_eq!(draft.total().unwrap().to_string(), "595.00 USD");
    assert_eq!((draft.due_date, draft.is_estimate, draft.notes()), (date!(2026 - 05 - 15), false, None));
}

#[test]
fn a_partial_period_is_prorated_only_where_agreed() {
    let from_16 = Period::new(date!(2026 - 04 - 16), date!(2026 - 05 - 01)).unwrap();
    let late = Agreed { span: Span::open(date!(2026 - 04 - 16)), ..hybrid("500.00 USD") };
    let fixed = |agreed: &Agreed| {
        let draft = drafting(agreed, Tax::Unconfirmed).draft(&due(BillingPeriodKind::Fixed, from_16), &PeriodUse::default());
        amounts(&draft.unwrap())[0].1.clone()
    };
    assert_eq!(fixed(&late), "500.00 USD");
    assert_eq!(fixed(&Agreed { proration: Proration::Daily, ..late }), "250.00 USD");
}

#[test]
fn metered_use_is_one_line_a_meter_and_model_and_an_estimate() {
    let lines = [
        used("gpt", Meter::Input, "1234567", million("2.50")),
        used("gpt", Meter::Output, "100000", million("10")),
        used("gpt", Meter::CacheRead, "0", million("1")),
    ];
    let draft = usage(&metered(), &PeriodUse { metered: &lines, overage: &[] }).unwrap();
    assert_eq!(amounts(&draft), [(BillLineKind::Usage, "3.09 USD".to_owned()), (BillLineKind::Usage, "1.00 USD".to_owned())]);
    assert_eq!(draft.lines[0].description, "gpt, input tokens");
    assert_eq!((draft.lines[0].quantity, draft.lines[0].unit_price), (dec("1.234567"), dec("2.50")));
    assert!(draft.is_estimate);
}

#[test]
fn use_without_a_price_is_left_out_and_said() {
    let euros = UnitPrice::new(dec("1"), dec("1000000"), "EUR".parse().unwrap()).ok();
    let lines = [
        used("gpt", Meter::Input, "1000000", million("2.50")),
        used("new", Meter::Input, "5", None),
        used("other", Meter::Output, "5", euros),
    ];
    let metered = metered();
    let facts = PeriodUse { metered: &lines, overage: &[] };
    let draft = drafting(&metered, Tax::Unconfirmed).draft(&due(BillingPeriodKind::Usage, april()), &facts).unwrap();
    assert_eq!(draft.lines.len(), 1);
    let notes = draft.notes().unwrap();
    assert!(notes.contains("new, input tokens") && notes.contains("other, output tokens") && notes.ends_with("Tax not confirmed."));
}

#[test]
fn a_period_that_nobody_can_price_waits_and_is_not_taken_for_free() {
    let euros = UnitPrice::new(dec("1"), dec("1000000"), "EUR".parse().unwrap()).ok();
    let waits = Err(DraftError::Skipped(SkipReason::PriceMissing));
    for price in [None, euros] {
        let lines = [used("new", Meter::Input, "5", price), used("gpt", Meter::Input, "1000000", million("2.50"))];
        assert_eq!(usage(&metered(), &PeriodUse { metered: &lines[..1], overage: &[] }), waits);
        let minimum = Agreed { minimum: Some(money("1000 USD")), ..metered() };
        assert_eq!(usage(&minimum, &PeriodUse { metered: &lines, overage: &[] }), waits, "what lacks to a minimum is not known");
        assert_eq!(amounts(&usage(&metered(), &PeriodUse { metered: &lines, overage: &[] }).unwrap()).len(), 1, "the rest is billed");
    }
    let free = [used("gpt", Meter::Input, "5", million("0"))];
    let nothing = usage(&metered(), &PeriodUse { metered: &free, overage: &[] });
    assert_eq!(nothing, Err(DraftError::Skipped(SkipReason::ZeroAmount)), "a price of nothing is a price");
}

#[test]
fn overage_is_billed_in_priced_units() {
    let lines = [over("600000", million("5.00")), over("0", million("5.00")), over("5", None)];
    let draft = usage(&hybrid("500.00 USD"), &PeriodUse { metered: &[], overage: &lines }).unwrap();
    assert_eq!(amounts(&draft), [(BillLineKind::Overage, "3.00 USD".to_owned())]);
    let line = &draft.lines[0];
    assert_eq!((line.quantity, line.unit_price, line.allowance_id), (dec("0.6"), dec("5.00"), Some(AllowanceId::new(Uuid::from_u128(3)))));
    assert_eq!(line.description, "Use beyond Included tokens: 600000 Tokens");
    assert!(!draft.is_estimate);
}

#[test]
fn a_true_up_fills_up_to_the_minimum_and_never_below_nothing() {
    let minimum = Agreed { minimum: Some(money("1000 USD")), ..metered() };
    let bill = |dollars: &str| {
        let lines = [used("gpt", Meter::Input, "1000000", million(dollars))];
        amounts(&usage(&minimum, &PeriodUse { metered: &lines, overage: &[] }).unwrap())
    };
    assert_eq!(bill("800")[1], (BillLineKind::TrueUp, "200.00 USD".to_owned()));
    assert_eq!(bill("1300").len(), 1);
    let unused = usage(&minimum, &PeriodUse::default()).unwrap();
    assert_eq!(amounts(&unused), [(BillLineKind::TrueUp, "1000.00 USD".to_owned())]);
}

#[test]
fn a_minimum_of_a_partial_period_is_prorated_like_the_fee() {
    let partial = Period::new(date!(2026 - 04 - 16), date!(2026 - 05 - 01)).unwrap();
    let terms =
        Agreed { minimum: Some(money("1000 USD")), span: Span::open(date!(2026 - 04 - 16)), proration: Proration::Daily, ..metered() };
    let draft = drafting(&terms, Tax::Unconfirmed).draft(&due(BillingPeriodKind::Usage, partial), &PeriodUse::default()).unwrap();
    assert_eq!(amounts(&draft), [(BillLineKind::TrueUp, "500.00 USD".to_owned())]);
}

#[test]
fn nothing_to_pay_is_no_bill() {
    let free = hybrid("0 USD");
    let fixed = drafting(&free, Tax::Unconfirmed).draft(&due(BillingPeriodKind::Fixed, april()), &PeriodUse::default());
    assert_eq!(fixed, Err(DraftError::Skipped(SkipReason::ZeroAmount)));
    assert_eq!(usage(&free, &PeriodUse::default()), Err(DraftError::Skipped(SkipReason::ZeroAmount)));
}

#[test]
fn amounts_follow_the_currency_and_refuse_to_overflow() {
    let yen = Agreed { currency: "JPY".parse().unwrap(), ..hybrid("49500 JPY") };
    let draft = drafting(&yen, Tax::Rate(dec("10"))).draft(&due(BillingPeriodKind::Fixed, april()), &PeriodUse::default()).unwrap();
    assert_eq!((draft.lines[0].net.to_string(), draft.lines[0].tax.to_string()), ("49500 JPY".to_owned(), "4950 JPY".to_owned()));
    let lines = [used("gpt", Meter::Input, "9999999999999999999999.123456", million("999999999"))];
    assert!(matches!(usage(&metered(), &PeriodUse { metered: &lines, overage: &[] }), Err(DraftError::Money(_))));
}

#[test]
fn what_keeps_a_contract_from_being_billed() {
    let at = datetime!(2026-04-01 10:00 UTC);
    let stamp = crate::finance::contract::Stamp { at, by: None };
    let account = "openai:api".parse().unwrap();
    let draft = Contract::draft(
        ContractId::new(Uuid::nil()),
        "AIC-1".into(),
        SupplierId::new(Uuid::nil()),
        account,
        ContractTerms::unknown(Zone::utc()),
        at,
    );
    assert_eq!(obstacle(&draft, SupplierStatus::Active), Some(SkipReason::NotActive));
    let active = Contract { standing: Standing::Active { activated: stamp }, ..draft };
    assert_eq!(obstacle(&active, SupplierStatus::Blocked), Some(SkipReason::BlockedSupplier));
    assert_eq!(obstacle(&active, SupplierStatus::Active), Some(SkipReason::MissingCurrency));
    let mut known = active.clone();
    known.terms.currency = Some("USD".parse().unwrap());
    assert_eq!(obstacle(&known, SupplierStatus::Inactive), None);
    let suspended = Standing::Suspended { activated: stamp, suspended: stamp, reason: "pause".into() };
    assert_eq!(obstacle(&Contract { standing: suspended, ..known }, SupplierStatus::Active), Some(SkipReason::NotActive));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn lines_are_whole_minor_units_and_add_up(
        quantities in prop::collection::vec((0_u64..10_000_000_000, 0_i64..100_000_000), 1..6),
        minimum in 0_i64..10_000_000,
        tax in 0_i64..3_000,
        code in prop::sample::select(vec!["USD", "JPY", "KWD"]),
    ) {
        let currency: Currency = code.parse().unwrap();
        let lines: Vec<MeterUse> = quantities.iter().map(|(quantity, price)| {
            let price = UnitPrice::new(Decimal::new(*price, 4), dec("1000000"), currency).ok();
            used("gpt", Meter::Input, &quantity.to_string(), price)
        }).collect();
        let minimum = Money::new(Decimal::new(minimum, currency.digits()), currency).ok();
        let terms = Agreed { currency, commitment: Money::zero(currency), minimum, ..metered() };
        let facts = PeriodUse { metered: &lines, overage: &[] };
        let draft = drafting(&terms, Tax::Rate(Decimal::new(tax, 2))).draft(&due(BillingPeriodKind::Usage, april()), &facts);
        let Ok(draft) = draft else { return Ok(()) };
        let mut sum = Money::zero(currency);
        let mut net = Money::zero(currency);
        for line in &draft.lines {
            prop_assert_eq!(line.net, line.net.to_minor());
            prop_assert_eq!(line.tax, line.tax.to_minor());
            prop_assert!(line.net.is_positive() || line.kind == BillLineKind::Usage);
            sum = sum.plus(line.total().unwrap()).unwrap();
            net = net.plus(line.net).unwrap();
        }
        prop_assert_eq!(sum, draft.total().unwrap());
        prop_assert!(minimum.is_none_or(|minimum| net.amount() >= minimum.amount()));
    }
}
