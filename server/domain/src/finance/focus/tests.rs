//! What the rows of a month say.

use super::charge::ChargeKind;
use super::charges::{DayUse, metered};
use super::sample::{Month, used};
use super::*;
use crate::finance::fixtures::dec;
use crate::finance::money::UnitPrice;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::LazyLock;
use time::macros::datetime;
use vocab::finance::{FocusDataset, Meter};

fn of_kind<'a, 'b>(rows: &'a [Charge<'b>], kind: ChargeKind) -> Vec<&'a Charge<'b>> {
    rows.iter().filter(|row| row.kind == kind && !row.is_correction).collect()
}

fn sum(rows: &[&Charge<'_>], cost: fn(&Charge<'_>) -> Decimal) -> Decimal {
    rows.iter().map(|row| cost(row)).sum()
}

#[test]
fn metered_rows_cost_their_price_and_come_to_the_bill() {
    let month = Month::new();
    let rows = month.metered_rows();
    let usage = of_kind(&rows, ChargeKind::Metered);
    assert_eq!(usage.len(), 3);
    assert_eq!(usage[0].cell(Column::PricingQuantity).as_deref(), Some("1.234567"));
    assert_eq!(usage[0].cell(Column::PricingUnit).as_deref(), Some("1000000 Tokens"));
    assert_eq!(usage[0].cell(Column::ListCost).as_deref(), Some("3.0864175"));
    assert_eq!(usage[0].cell(Column::ChargePeriodStart).as_deref(), Some("2026-04-01T22:00:00Z"));
    assert_eq!(
        (usage[2].cell(Column::ListUnitPrice), usage[2].cell(Column::ContractedUnitPrice)),
        (Some("2.5".into()), Some("2.0".into()))
    );
    assert_eq!(sum(&usage, |row| row.costs.billed), dec("4.09"), "rows come to the lines of the bill");
    assert_eq!(usage[0].costs.billed, dec("3.089976"), "the dearest row takes the rounding");
}

#[test]
fn an_invoice_far_from_the_estimate_is_spread_by_cost() {
    let month = Month::new();
    let uses = [used(2, "gpt", Meter::Input, 1_000_000, Some("1")), used(3, "gpt", Meter::Input, 3_000_000, Some("1"))];
    let (mut rows, _) = metered(&month.metered, month.invoice("INV-METERED"), &month.zone, &uses, false).unwrap();
    charges::settle(&mut rows, crate::finance::fixtures::money("6.00 USD")).unwrap();
    assert_eq!(rows.iter().map(|row| row.costs.billed).collect::<Vec<_>>(), [dec("1.5"), dec("4.5")]);
    assert_eq!(rows[0].costs.contracted, dec("1"), "what was agreed stays what was agreed");
}

#[test]
fn a_fee_is_spread_over_what_was_used_and_what_was_left_exactly() {
    let month = Month::new();
    let rows = month.hybrid_charges(true).rows().unwrap();
    let bought = of_kind(&rows, ChargeKind::Purchase);
    let (included, unused) = (of_kind(&rows, ChargeKind::Included), of_kind(&rows, ChargeKind::Unused));
    assert_eq!((bought.len(), included.len(), unused.len()), (1, 4, 1));
    assert_eq!(bought[0].costs.effective, Decimal::ZERO);
    assert_eq!(bought[0].cell(Column::CommitmentDiscountQuantity).as_deref(), Some("2000000.0"));
    assert_eq!(sum(&included, |row| row.costs.effective) + sum(&unused, |row| row.costs.effective), dec("500.00"));
    assert_eq!(sum(&included, |row| row.costs.billed), Decimal::ZERO);
    let left = unused[0];
    assert_eq!(left.cell(Column::CommitmentDiscountQuantity).as_deref(), Some("666667.0"));
    assert_eq!(left.costs.effective, dec("166.66675"));
    assert_eq!(left.cell(Column::PricingQuantity).as_deref(), Some("0.3333335"), "its part of the whole fee");
    assert_eq!((left.consumed.as_ref(), left.cell(Column::CommitmentDiscountStatus)), (None, Some("Unused".into())));
}

#[test]
fn the_day_that_crosses_the_allowance_is_in_two_rows() {
    let month = Month::new();
    let rows = month.hybrid_charges(true).rows().unwrap();
    let included = of_kind(&rows, ChargeKind::Included);
    let quantities: Vec<_> = included.iter().map(|row| row.consumed.as_ref().unwrap().value.to_string()).collect();
    assert_eq!(quantities, ["333333", "333333", "333334", "333333"]);
    let beyond = of_kind(&rows, ChargeKind::Overage);
    assert_eq!(beyond.len(), 2, "one a model and meter, over the allowance period");
    assert_eq!(beyond.iter().map(|row| row.consumed.as_ref().unwrap().value).sum::<Decimal>(), dec("600000"));
    assert_eq!(sum(&beyond, |row| row.costs.billed), dec("3.00"));
    assert_eq!(beyond[0].cell(Column::ContractedUnitPrice).as_deref(), Some("5.0"));
    assert_eq!(beyond[0].cell(Column::ChargePeriodEnd).as_deref(), Some("2026-04-15T22:00:00Z"));
    assert!(beyond.iter().all(|row| row.commitment.is_none()));
}

#[test]
fn metered_use_is_billed_beyond_what_is_included() {
    let uses = [
        used(2, "gpt", Meter::Input, 600, Some("1")),
        used(1, "gpt", Meter::Output, 500, Some("1")),
        used(3, "gpt", Meter::Input, 0, None),
    ];
    let split = charges::split(&uses, dec("800")).unwrap();
    let quantities = |uses: &[DayUse]| uses.iter().map(|used| (used.meter, used.quantity.to_string())).collect::<Vec<_>>();
    assert_eq!(quantities(&split.within), [(Meter::Output, "500".to_owned()), (Meter::Input, "300".to_owned())]);
    assert_eq!((quantities(&split.beyond), split.left), (vec![(Meter::Input, "300".to_owned())], Decimal::ZERO));
    assert_eq!(charges::split(&uses, dec("-5")).unwrap().within, []);
}

#[test]
fn use_without_a_list_price_has_that_of_the_fee() {
    let month = Month::new();
    let rows = month.hybrid_charges(true).rows().unwrap();
    let row = of_kind(&rows, ChargeKind::Included)[1];
    assert_eq!(row.cell(Column::ListUnitPrice).as_deref(), Some("250.0"), "250 for a million");
    assert_eq!(row.costs.list, row.costs.contracted);
}

#[test]
fn an_open_period_has_no_rest() {
    let month = Month::new();
    let rows = month.hybrid_charges(false).rows().unwrap();
    assert_eq!(of_kind(&rows, ChargeKind::Unused).len(), 0);
    let open: Vec<_> = rows.iter().filter(|row| row.detail.is_open).map(|row| row.kind).collect();
    assert_eq!(open, [ChargeKind::Purchase, ChargeKind::Included]);
}

#[test]
fn a_plan_without_a_quantity_costs_when_it_is_paid() {
    let month = Month::new();
    let rows = month.plan_rows();
    let bought = of_kind(&rows, ChargeKind::Purchase)[0];
    assert_eq!((bought.costs.billed, bought.costs.effective), (dec("100.00"), dec("100.00")));
    assert_eq!(bought.cell(Column::CommitmentDiscountId), None);
    let covered = of_kind(&rows, ChargeKind::Covered);
    assert_eq!(covered.iter().map(|row| row.costs.list).collect::<Vec<_>>(), [dec("0.003"), dec("0")]);
    assert!(covered.iter().all(|row| row.costs.billed.is_zero() && row.costs.effective.is_zero() && row.costs.contracted.is_zero()));
}

#[test]
fn credits_are_bought_with_money_and_spent_on_use() {
    let month = Month::new();
    let rows = month.credit_rows();
    let (bought, spent) = (&rows[0], &rows[1]);
    assert_eq!((bought.costs.billed, bought.costs.effective, bought.costs.list), (dec("25.00"), Decimal::ZERO, dec("25.00")));
    assert_eq!(bought.cell(Column::PricingUnit).as_deref(), Some("300 Credits"));
    assert_eq!((spent.costs.billed, spent.costs.effective), (Decimal::ZERO, dec("2")));
    assert_eq!(spent.cell(Column::PricingCurrency).as_deref(), Some("Credits"));
    assert_eq!(spent.cell(Column::PricingCurrencyEffectiveCost).as_deref(), Some("24.0"));
    assert_eq!(spent.cell(Column::PricingCurrencyListUnitPrice).as_deref(), Some("12.0"));
}

#[test]
fn bills_add_tax_credits_and_true_ups() {
    let month = Month::new();
    let rows = month.metered_rows();
    let tax = of_kind(&rows, ChargeKind::Tax);
    assert_eq!(tax.iter().map(|row| (row.description.as_str(), row.costs.billed)).collect::<Vec<_>>(), [("Tax 19 %", dec("1.90"))]);
    let credit = of_kind(&rows, ChargeKind::Credit)[0];
    assert_eq!((credit.costs.billed, credit.cell(Column::ChargeDescription).as_deref()), (dec("-1.00"), Some("'=Goodwill")));
    assert_eq!(of_kind(&rows, ChargeKind::Adjustment)[0].costs.billed, dec("5.91"));
    assert!(rows.iter().any(|row| row.is_correction && row.cell(Column::ChargeClass).as_deref() == Some("Correction")));
}

#[test]
fn a_line_for_days_before_the_bills_own_corrects_them() {
    let month = Month::new();
    let rows = month.metered_rows();
    let late: Vec<_> = rows.iter().filter(|row| row.is_correction).collect();
    assert_eq!(late.len(), 1);
    assert_eq!((late[0].costs.billed, late[0].kind.category(), late[0].invoice.id.as_str()), (dec("0.01"), "Usage", "INV-METERED"));
    assert!(late[0].ends <= late[0].invoice.starts && late[0].pricing.is_none());
}

#[test]
fn the_same_month_is_the_same_file_whatever_the_order() {
    let month = Month::new();
    let first = Sheet::of(Profile::V1_2, &month.all()).csv();
    let mut reversed = month.all();
    reversed.reverse();
    assert_eq!(Sheet::of(Profile::V1_2, &reversed).csv(), first);
    assert_eq!(Sheet::read(&first).unwrap().csv(), first);
    insta::assert_snapshot!(first);
}

#[test]
fn versions_differ_in_their_columns() {
    let names = |profile: Profile| profile.columns(false).iter().map(|column| column.name()).collect::<Vec<_>>();
    let (old, new) = (names(Profile::V1_2), names(Profile::V1_4));
    assert!(old.contains(&"ProviderName") && old.contains(&"PublisherName") && !old.contains(&"ContractApplied"));
    assert!(new.contains(&"ServiceProviderName") && new.contains(&"HostProviderName") && new.contains(&"x_ModelPublisher"));
    assert!(!new.contains(&"ProviderName"));
    let standard: Vec<_> = old.iter().take_while(|name| !name.starts_with("x_")).collect();
    assert!(standard.is_sorted() && old[standard.len()..].iter().all(|name| name.starts_with("x_")));
    let month = Month::new();
    let rows = month.hybrid_charges(true).rows().unwrap();
    let applied: serde_json::Value = serde_json::from_str(&rows[0].cell(Column::ContractApplied).unwrap()).unwrap();
    assert_eq!(applied["Elements"][0]["ContractId"], "AIC-acme-subscription");
    assert_eq!(applied["Elements"][0]["ContractCommitmentAppliedQuantity"], 2_000_000);
}

#[test]
fn metadata_describes_the_file() {
    let month = Month::new();
    let sheet = Sheet::of(Profile::V1_2, &month.all());
    let data = metadata(Profile::V1_2, FocusDataset::CostAndUsage, &sheet, "0.1.0", datetime!(2026-05-02 03:04:05 UTC));
    assert_eq!((data["FocusVersion"].as_str(), data["CreationDate"].as_str()), (Some("1.2"), Some("2026-05-02T03:04:05Z")));
    assert_eq!(data["ColumnDefinition"].as_array().map(Vec::len), Some(sheet.header.len()));
    let schema = data["SchemaId"].as_str().unwrap();
    assert!(schema.starts_with("purser-focus-1.2-") && schema.len() == 29);
}

#[test]
fn an_importer_without_purchases_gets_use() {
    let month = Month::new();
    let sheet = Sheet::of(Profile::V1_2, &month.all()).with_purchases_as_usage();
    let at = sheet.place(Column::ChargeCategory).unwrap();
    assert!(sheet.rows.iter().all(|row| row[at] != "Purchase"));
}

#[test]
fn prices_in_another_currency_are_none() {
    let month = Month::new();
    let euros = UnitPrice::new(dec("2.50"), dec("1000000"), "EUR".parse().unwrap()).unwrap();
    let uses = [DayUse { list: Some((euros, None)), ..used(2, "gpt", Meter::Input, 5, None) }];
    let (rows, omitted) = metered(&month.metered, month.invoice("INV-METERED"), &month.zone, &uses, false).unwrap();
    assert_eq!((rows.len(), omitted.len()), (0, 1));
}

static MONTH: LazyLock<Month> = LazyLock::new(Month::new);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn whatever_is_used_the_rows_come_to_the_fee(
        share in 1_i64..100_000_000,
        included in 1_u64..10_000_000_000,
        days in prop::collection::vec((1_u8..16, 0_i64..5_000_000_000, any::<bool>()), 0..6),
        is_closed in any::<bool>(),
    ) {
        let mut all = MONTH.hybrid_charges(true);
        all.resets.truncate(1);
        let share = crate::finance::Money::new(Decimal::new(share, 2), "USD".parse().unwrap()).unwrap();
        all.fees[0].amount = share;
        let reset = &mut all.resets[0];
        reset.share = share;
        reset.included = included.into();
        reset.is_closed = is_closed;
        reset.overage_billed = None;
        let price = |priced: bool| priced.then_some("2.50");
        reset.uses = days.iter().map(|(day, quantity, priced)| used(*day, "gpt", Meter::Input, *quantity, price(*priced))).collect();
        let consumed: Decimal = reset.uses.iter().map(|used| used.quantity).sum();
        let rows = all.rows().unwrap();
        let spread: Decimal = rows.iter().filter(|row| row.commitment.is_some()).map(|row| row.costs.effective).sum();
        let counted: Decimal = rows.iter().filter_map(|row| row.consumed.as_ref()).map(|consumed| consumed.value).sum();
        prop_assert_eq!(counted, consumed, "no token is lost or doubled");
        if is_closed || consumed >= Decimal::from(included) {
            prop_assert_eq!(spread, share.amount());
        } else {
            prop_assert!(spread <= share.amount());
        }
    }
}
