//! Fixtures, values people get wrong, and the matrix of required fields.

use super::*;
use crate::finance::allowance::{AllowanceTerms, Scope, Thresholds, Valuation};
use crate::finance::money::{Currency, UnitPrice};
use crate::finance::zone::Zone;
use rust_decimal::Decimal;
use std::str::FromStr;
use time::macros::{date, datetime};
use uuid::Uuid;
use vocab::UserId;
use vocab::finance::{BillingCadence, BudgetWindow, ContractField as Field, ContractType, MetricKey, ResetInterval, SupplierStatus};

pub(super) const NOW: time::OffsetDateTime = datetime!(2026-04-01 09:00 UTC);
pub(super) const GOOD: Surroundings = Surroundings { owner_active: true, supplier: SupplierStatus::Active, prices_known: true };

pub(super) fn dec(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

pub(super) fn owner() -> UserId {
    UserId::new(Uuid::from_u128(77))
}

pub(super) fn stamp() -> Stamp {
    Stamp { at: NOW, by: Some(owner()) }
}

pub(super) fn allowance() -> AllowanceTerms {
    AllowanceTerms {
        name: "Included tokens".into(),
        metric: MetricKey::TotalTokens,
        scope: Scope::default(),
        unit: "Tokens".into(),
        included: Some(dec("1000000")),
        reset: ResetInterval::Monthly,
        rollover_cap: None,
        prorate_included: false,
        overage: None,
        valuation: Valuation::CommitmentFirst,
        weight: None,
        thresholds: Thresholds::default(),
        sort_order: 0,
    }
}

pub(super) fn undisclosed() -> AllowanceTerms {
    AllowanceTerms { metric: MetricKey::Undisclosed, included: None, ..allowance() }
}

pub(super) fn priced() -> AllowanceTerms {
    AllowanceTerms { overage: Some(UnitPrice::new(dec("5"), dec("1000000"), Currency::USD).unwrap()), ..allowance() }
}

/// Complete terms of a subscription.
pub(super) fn terms() -> ContractTerms {
    ContractTerms {
        contract_type: Some(ContractType::Subscription),
        budget_owner: Some(owner()),
        currency: Some(Currency::USD),
        cadence: Some(BillingCadence::Monthly),
        commitment_amount: Some(dec("500.00")),
        start_date: Some(date!(2026 - 04 - 01)),
        ..ContractTerms::unknown(Zone::utc())
    }
}

pub(super) fn of_type(kind: ContractType) -> ContractTerms {
    let commitment_amount = if kind == ContractType::Metered { None } else { Some(dec("500")) };
    ContractTerms { contract_type: Some(kind), commitment_amount, ..terms() }
}

pub(super) fn draft(terms: ContractTerms) -> Contract {
    let id = ContractId::new(Uuid::from_u128(1));
    let supplier = SupplierId::new(Uuid::from_u128(2));
    Contract::draft(id, "AIC-1".into(), supplier, "openai:subscription".parse().unwrap(), terms, NOW)
}

pub(super) fn active() -> Contract {
    draft(terms()).activate(0, &[allowance()], GOOD, stamp()).unwrap()
}

fn found(terms: ContractTerms, allowances: &[AllowanceTerms], around: Surroundings) -> Vec<String> {
    let problems = activation_problems(&draft(terms), allowances, around);
    problems.iter().map(|problem| format!("{}:{}", problem.field, problem.problem.code())).collect()
}

#[test]
fn complete_contracts_of_every_type_can_be_activated() {
    use ContractType::{Hybrid, Metered, Subscription};
    let none: Vec<String> = Vec::new();
    assert_eq!(found(of_type(Subscription), &[allowance()], GOOD), none);
    assert_eq!(found(of_type(Subscription), &[undisclosed()], GOOD), none);
    assert_eq!(found(of_type(Metered), &[], GOOD), none);
    assert_eq!(found(ContractTerms { minimum_spend: Some(dec("1000")), ..of_type(Metered) }, &[], GOOD), none);
    assert_eq!(found(of_type(Hybrid), &[priced()], GOOD), none);
    assert_eq!(found(ContractTerms { commitment_amount: Some(dec("0")), ..of_type(Hybrid) }, &[priced()], GOOD), none);
}

#[test]
fn each_field_every_type_needs_is_named() {
    for kind in ContractType::ALL {
        let full = of_type(*kind);
        let allowances = [priced()];
        let allowances: &[AllowanceTerms] = if *kind == ContractType::Metered { &[] } else { &allowances };
        for (gap, expected) in [
            (ContractTerms { budget_owner: None, ..full.clone() }, "budget_owner:missing"),
            (ContractTerms { currency: None, ..full.clone() }, "currency:missing"),
            (ContractTerms { cadence: None, ..full.clone() }, "billing_cadence:missing"),
            (ContractTerms { start_date: None, ..full.clone() }, "start_date:missing"),
        ] {
            assert_eq!(found(gap, allowances, GOOD), [expected], "{kind}");
        }
        let gone = Surroundings { owner_active: false, ..GOOD };
        assert_eq!(found(full.clone(), allowances, gone), ["budget_owner:owner_inactive"]);
        let blocked = Surroundings { supplier: SupplierStatus::Blocked, ..GOOD };
        assert_eq!(found(full.clone(), allowances, blocked), ["supplier:supplier_blocked"]);
        let inactive = Surroundings { supplier: SupplierStatus::Inactive, ..GOOD };
        assert!(found(full, allowances, inactive).is_empty());
    }
}

#[test]
fn each_type_has_its_own_matrix() {
    use ContractType::{Hybrid, Metered, Subscription};
    let no_prices = Surroundings { prices_known: false, ..GOOD };
    let overage = |kind| ContractTerms { allows_overage: true, ..of_type(kind) };
    let amount = |kind, amount: Option<&str>| ContractTerms { commitment_amount: amount.map(dec), ..of_type(kind) };
    let minimum = |kind| ContractTerms { minimum_spend: Some(dec("1")), ..of_type(kind) };
    let free = |amount: &str| ContractTerms { free_plan: true, commitment_amount: Some(dec(amount)), ..terms() };
    let rows: Vec<(ContractTerms, Vec<AllowanceTerms>, Surroundings, &[&str])> = vec![
        (amount(Subscription, None), vec![allowance()], GOOD, &["commitment_amount:missing"]),
        (amount(Subscription, Some("0")), vec![allowance()], GOOD, &["commitment_amount:zero_amount"]),
        (free("0"), vec![allowance()], GOOD, &[]),
        (free("5"), vec![allowance()], GOOD, &["commitment_amount:not_free"]),
        (minimum(Subscription), vec![allowance()], GOOD, &["minimum_spend:not_allowed"]),
        (of_type(Subscription), vec![], GOOD, &["allowances:missing"]),
        (overage(Subscription), vec![allowance()], GOOD, &["overage_price:missing"]),
        (overage(Subscription), vec![priced()], GOOD, &[]),
        (overage(Subscription), vec![undisclosed()], GOOD, &[]),
        (of_type(Subscription), vec![allowance()], no_prices, &[]),
        (amount(Metered, Some("5")), vec![], GOOD, &["commitment_amount:not_allowed"]),
        (of_type(Metered), vec![priced()], GOOD, &["overage_price:not_allowed"]),
        (of_type(Metered), vec![allowance()], GOOD, &[]),
        (of_type(Metered), vec![], no_prices, &["price_source:prices_unknown"]),
        (amount(Hybrid, None), vec![priced()], GOOD, &["commitment_amount:missing"]),
        (of_type(Hybrid), vec![], no_prices, &["allowances:missing"]),
        (of_type(Hybrid), vec![undisclosed()], GOOD, &["included_quantity:quantity_needed"]),
        (overage(Hybrid), vec![allowance()], GOOD, &["overage_price:missing"]),
        (of_type(Hybrid), vec![allowance()], no_prices, &["price_source:prices_unknown"]),
        (of_type(Hybrid), vec![priced()], no_prices, &[]),
        (minimum(Hybrid), vec![priced()], GOOD, &[]),
        (of_type(Subscription), vec![allowance(), allowance()], GOOD, &["commitment_weight:allowance_weight_missing"]),
        (of_type(Subscription), vec![AllowanceTerms { unit: " ".into(), ..allowance() }], GOOD, &["usage_unit:allowance_unit_missing"]),
    ];
    for (terms, allowances, around, expected) in rows {
        assert_eq!(found(terms.clone(), &allowances, around), expected, "{terms:?}\n{allowances:?}");
    }
}

#[test]
fn weights_of_several_allowances_add_up_to_one() {
    let weighted = |weight: &str| AllowanceTerms { weight: Some(dec(weight)), ..allowance() };
    assert!(found(terms(), &[weighted("0.75"), weighted("0.25")], GOOD).is_empty());
    assert_eq!(found(terms(), &[weighted("0.75"), weighted("0.3")], GOOD), ["commitment_weight:allowance_weight_sum"]);
}

#[test]
fn a_seeded_draft_lists_what_its_suggested_type_needs() {
    let seeded = |suggested_type| Contract { suggested_type, ..draft(ContractTerms::unknown(Zone::utc())) };
    let always = [Field::ContractType, Field::BudgetOwner, Field::Currency, Field::BillingCadence, Field::StartDate];
    let fields = |kind, around| missing_fields(&seeded(kind), &[], around);
    assert_eq!(fields(None, GOOD), always);
    assert_eq!(fields(Some(ContractType::Metered), GOOD), always);
    let plan = [&always[..], &[Field::CommitmentAmount, Field::Allowances]].concat();
    assert_eq!(fields(Some(ContractType::Subscription), GOOD), plan);
    let no_prices = Surroundings { prices_known: false, ..GOOD };
    assert_eq!(fields(Some(ContractType::Metered), no_prices), [&always[..], &[Field::PriceSource]].concat());
}

#[test]
fn wrong_values_are_named_beside_their_field() {
    let wrong = |terms: ContractTerms| {
        let problems = terms.problems();
        problems.iter().map(|problem| format!("{}:{}", problem.field, problem.problem.code())).collect::<Vec<_>>().join(" ")
    };
    let amount =
        |amount: &str, code: &str| ContractTerms { commitment_amount: Some(dec(amount)), currency: Currency::parse(code).ok(), ..terms() };
    let link = |text: &str| ContractTerms { billing_url: text.parse().ok(), ..terms() };
    for (terms, expected) in [
        (amount("500.00", "USD"), ""),
        (amount("-1", "USD"), "commitment_amount:negative"),
        (amount("0.123456789", "USD"), "commitment_amount:amount_too_precise"),
        (amount("0.123456789", "?"), "commitment_amount:amount_too_precise"),
        (amount("1.2345", "?"), ""),
        (amount("49500.5", "JPY"), "commitment_amount:amount_too_precise"),
        (amount("150.125", "KWD"), ""),
        (amount("99999999999999999", "USD"), "commitment_amount:amount_too_large"),
        (amount("99999999999999999", "?"), "commitment_amount:amount_too_large"),
        (ContractTerms { end_date: terms().start_date, ..terms() }, "end_date:end_before_start"),
        (ContractTerms { end_date: Some(date!(2026 - 03 - 31)), ..terms() }, "end_date:end_before_start"),
        (ContractTerms { renewal_date: Some(date!(2026 - 03 - 31)), ..terms() }, "renewal_date:renewal_before_start"),
        (ContractTerms { renewal_date: terms().start_date, ..terms() }, ""),
        (ContractTerms { notice_days: Some(4_000), ..terms() }, "notice_days:too_many_days"),
        (link("https://console.example/billing"), ""),
        (link("http://console.example/billing"), "billing_url:unsafe_link"),
        (link("https://me:secret@console.example"), "billing_url:unsafe_link"),
        (link("javascript:alert(1)"), "billing_url:unsafe_link"),
        (ContractTerms { notes: Some("x".repeat(4_001)), ..terms() }, "notes:text_too_long"),
    ] {
        assert_eq!(wrong(terms.clone()), expected, "{terms:?}");
    }
}

#[test]
fn problems_read_as_sentences_beside_a_label() {
    let problem = FieldProblem::of(Field::CommitmentAmount, Problem::Missing);
    assert_eq!(problem.to_string(), "Committed amount: this is still needed");
    let problem = FieldProblem::of_allowance(1, Field::OveragePrice, Problem::NotAllowed(ContractType::Metered));
    assert_eq!(problem.to_string(), "Overage price (allowance 2): a metered contract has none");
}

#[test]
fn a_month_of_a_quarterly_or_annual_commitment_is_for_comparison() {
    let monthly = |amount: &str, cadence| {
        let terms = ContractTerms { commitment_amount: Some(dec(amount)), cadence: Some(cadence), ..terms() };
        terms.monthly_equivalent().unwrap().to_minor().to_string()
    };
    assert_eq!(monthly("500", BillingCadence::Monthly), "500.00 USD");
    assert_eq!(monthly("1500", BillingCadence::Quarterly), "500.00 USD");
    assert_eq!(monthly("10000", BillingCadence::Annual), "833.33 USD");
    assert_eq!(ContractTerms { currency: None, ..terms() }.monthly_equivalent(), None);
}

#[test]
fn agreed_terms_have_no_gaps() {
    let agreed = terms().agreed().unwrap();
    assert_eq!((agreed.anchor, agreed.commitment.to_string().as_str()), (date!(2026 - 04 - 01), "500.00 USD"));
    assert!(of_type(ContractType::Metered).agreed().unwrap().commitment.is_zero());
    assert_eq!(ContractTerms { cadence: None, ..terms() }.agreed(), None);
    let late = ContractTerms {
        start_date: Some(date!(2026 - 04 - 16)),
        anchor_date: Some(date!(2026 - 01 - 01)),
        budget_window: BudgetWindow::Quarterly,
        ..terms()
    };
    let window = late.agreed().unwrap().budget_period(date!(2026 - 05 - 02)).unwrap();
    assert_eq!((window.start(), window.end()), (date!(2026 - 04 - 16), date!(2026 - 07 - 01)));
}
