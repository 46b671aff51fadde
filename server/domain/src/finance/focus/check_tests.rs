//! The checks find nothing in a good file, and each kind of damage in a bad one.

use super::check::Rule;
use super::sample::Month;
use super::*;
use crate::finance::fixtures::money;
use std::collections::BTreeMap;

fn sheet() -> Sheet {
    Sheet::of(Profile::V1_2, &Month::new().all())
}

fn findings(sheet: &Sheet) -> Vec<Finding> {
    let payable = Month::payable();
    check(sheet, &Expectations { profile: Profile::V1_2, payable: &payable })
}

/// Damages the first record that has `when` in its column, and says which rules notice.
fn after(when: (Column, &str), column: Column, value: &str) -> Vec<Rule> {
    let mut sheet = sheet();
    let (key, at) = (sheet.place(when.0).unwrap(), sheet.place(column).unwrap());
    let row = sheet.rows.iter_mut().find(|row| row[key].contains(when.1)).unwrap_or_else(|| panic!("no row with {when:?}"));
    assert_ne!(row[at], value, "no damage done");
    value.clone_into(&mut row[at]);
    let mut rules: Vec<Rule> = findings(&sheet).into_iter().map(|finding| finding.rule).collect();
    rules.dedup();
    rules
}

const METERED: (Column, &str) = (Column::ConsumedQuantity, "1234567.0");
const BOUGHT: (Column, &str) = (Column::ChargeDescription, "Team");
const USED: (Column, &str) = (Column::CommitmentDiscountStatus, "Used");
const UNUSED: (Column, &str) = (Column::CommitmentDiscountStatus, "Unused");
const TAX: (Column, &str) = (Column::ChargeCategory, "Tax");

#[test]
fn a_good_file_passes_in_both_versions() {
    assert_eq!(findings(&sheet()), []);
    let month = Month::new();
    let payable = Month::payable();
    let newest = Sheet::of(Profile::V1_4, &month.all());
    assert_eq!(check(&newest, &Expectations { profile: Profile::V1_4, payable: &payable }), []);
    let mut open = month.metered_rows();
    open.extend(month.hybrid_charges(false).rows().unwrap());
    let nothing = BTreeMap::new();
    assert_eq!(check(&Sheet::of(Profile::V1_2, &open), &Expectations { profile: Profile::V1_2, payable: &nothing }), []);
}

#[test]
fn one_bad_value_among_good_ones_is_found() {
    assert!(after(METERED, Column::ChargeCategory, "Usages").contains(&Rule::Value));
    assert!(after(METERED, Column::ChargeFrequency, "Recurring").contains(&Rule::Value));
    assert!(after(USED, Column::PricingCategory, "Standard").contains(&Rule::Value));
    assert!(after(METERED, Column::PricingCategory, "Committed").contains(&Rule::Value));
    assert!(after(METERED, Column::BillingCurrency, "usd").contains(&Rule::Value));
    assert!(after(METERED, Column::PricingCurrency, "EUR").contains(&Rule::Value));
    assert!(after(UNUSED, Column::XPeriodOpen, "true").contains(&Rule::Value));
    assert!(after(METERED, Column::SkuId, "openai/other").contains(&Rule::Value));
}

#[test]
fn wrong_products_are_found() {
    assert_eq!(after(METERED, Column::ListCost, "3.09"), [Rule::Product]);
    assert_eq!(after(METERED, Column::ContractedCost, "3.09"), [Rule::Product]);
    assert_eq!(after(BOUGHT, Column::PricingQuantity, "2.0"), [Rule::Product]);
}

#[test]
fn wrong_forms_are_found() {
    assert!(after(METERED, Column::ChargePeriodStart, "2026-04-01").contains(&Rule::Format));
    assert!(after(METERED, Column::ChargePeriodStart, "2026-04-02T00:00:00+02:00").contains(&Rule::Format));
    for bad in ["1", "1,0", "+1.0", "1e3", "1.", ".5", "n/a", "$1.0"] {
        assert!(after(METERED, Column::ConsumedQuantity, bad).contains(&Rule::Format), "{bad}");
    }
    assert_eq!(after(METERED, Column::SkuPriceDetails, "{\"x_Model\":"), [Rule::Format]);
    assert_eq!(after(METERED, Column::Tags, "{\"a\":{\"b\":1}}"), [Rule::Format]);
    assert_eq!(after(METERED, Column::Tags, "[1]"), [Rule::Format]);
}

#[test]
fn missing_and_superfluous_values_are_found() {
    for column in [Column::BillingAccountId, Column::InvoiceId, Column::ProviderName, Column::PublisherName, Column::XContractRef] {
        assert!(after(METERED, column, "").contains(&Rule::Missing), "{}", column.name());
    }
    for column in [Column::ConsumedQuantity, Column::PricingUnit, Column::SkuId, Column::SkuMeter, Column::ListUnitPrice] {
        assert!(after(METERED, column, "").contains(&Rule::Missing), "{}", column.name());
    }
    assert!(after(UNUSED, Column::ConsumedQuantity, "1.0").contains(&Rule::Null));
    assert!(after(TAX, Column::PricingQuantity, "1.0").contains(&Rule::Null));
    assert!(after(TAX, Column::SkuId, "x").contains(&Rule::Null));
    assert!(after(USED, Column::CommitmentDiscountName, "").contains(&Rule::Missing));
    assert!(after(BOUGHT, Column::CommitmentDiscountStatus, "Used").contains(&Rule::Null));
}

#[test]
fn costs_that_do_not_fit_are_found() {
    assert!(after(USED, Column::BilledCost, "1.0").contains(&Rule::Cost));
    assert!(after(BOUGHT, Column::EffectiveCost, "500.0").contains(&Rule::Cost));
    assert!(after(METERED, Column::EffectiveCost, "0.0").contains(&Rule::Cost));
    assert!(after(TAX, Column::ListCost, "0.0").contains(&Rule::Cost));
    assert!(after(METERED, Column::PricingCurrencyEffectiveCost, "0.5").contains(&Rule::Cost));
    assert!(after(BOUGHT, Column::BilledCost, "500.001").contains(&Rule::Scale));
}

#[test]
fn periods_out_of_order_are_found() {
    assert!(after(METERED, Column::ChargePeriodEnd, "2026-04-01T22:00:00Z").contains(&Rule::Period));
    assert!(after(METERED, Column::ChargePeriodEnd, "2026-06-01T00:00:00Z").contains(&Rule::Period));
    assert!(after(BOUGHT, Column::BillingPeriodEnd, "2026-03-01T00:00:00Z").contains(&Rule::Period));
}

#[test]
fn sums_that_do_not_match_are_found() {
    assert!(after(USED, Column::EffectiveCost, "1.0").contains(&Rule::Sum));
    assert!(after(TAX, Column::BilledCost, "1.91").contains(&Rule::Sum));
    let nothing_billed = BTreeMap::from([("INV-NONE".to_owned(), money("1 USD"))]);
    let found = check(&sheet(), &Expectations { profile: Profile::V1_2, payable: &nothing_billed });
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["sum: INV-NONE: a bill of 1.00 USD, no rows"]);
}

#[test]
fn units_formulas_and_doubles_are_found() {
    assert_eq!(after(METERED, Column::PricingUnit, "1000000 tokens"), [Rule::Unit]);
    assert_eq!(after(METERED, Column::ConsumedUnit, "tokens"), [Rule::Unit]);
    assert!(after(USED, Column::CommitmentDiscountUnit, "Credits").contains(&Rule::Unit), "one commitment, two units");
    assert_eq!(after(METERED, Column::ChargeDescription, "=HYPERLINK(\"x\")"), [Rule::Formula]);
    let mut doubled = sheet();
    doubled.rows.push(doubled.rows[0].clone());
    assert!(findings(&doubled).iter().any(|finding| finding.rule == Rule::Duplicate));
}

#[test]
fn columns_have_their_places() {
    let mut swapped = sheet();
    swapped.header.swap(0, 1);
    assert_eq!(findings(&swapped).len(), 1);
    let mut short = sheet();
    short.rows[3].pop();
    assert_eq!(findings(&short)[0].rule, Rule::Header);
    let mut extra = sheet();
    extra.header.push("x_Other".to_owned());
    assert_eq!(findings(&extra)[0].rule.code(), "header");
}

/// Writes the sample where `PURSER_FOCUS_SAMPLE` says, for the official validator: `scripts/focus-validator.sh`.
#[test]
fn the_sample_has_every_kind_of_row_and_can_be_given_to_others() {
    use super::charge::ChargeKind;
    let month = Month::new();
    let charges = month.all();
    let kinds: std::collections::BTreeSet<String> = charges.iter().map(|charge| format!("{:?}", charge.kind)).collect();
    let unused = charges.iter().filter(|charge| charge.kind == ChargeKind::Unused).count();
    assert_eq!((kinds.len(), unused), (11, 1), "{kinds:?}");
    assert!(charges.iter().any(|charge| charge.is_correction), "and a correction");
    if let Some(path) = std::env::var_os("PURSER_FOCUS_SAMPLE") {
        std::fs::write(path, sheet().csv()).unwrap();
    }
}
