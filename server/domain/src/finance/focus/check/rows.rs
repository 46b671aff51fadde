//! Each row for itself: what its kind has, and what it cannot have.

use super::{Finding, Record, Rule};
use crate::finance::focus::column::Column;
use crate::finance::money::Currency;
use rust_decimal::Decimal;

const PRICING: [Column; 5] =
    [Column::PricingQuantity, Column::PricingUnit, Column::ListUnitPrice, Column::ContractedUnitPrice, Column::PricingCategory];
const PRICES_IN_CURRENCY: [Column; 2] = [Column::PricingCurrencyListUnitPrice, Column::PricingCurrencyContractedUnitPrice];
const SKU: [Column; 3] = [Column::SkuId, Column::SkuPriceId, Column::SkuMeter];
const CONSUMED: [Column; 2] = [Column::ConsumedQuantity, Column::ConsumedUnit];
const COMMITMENT: [Column; 6] = [
    Column::CommitmentDiscountId,
    Column::CommitmentDiscountCategory,
    Column::CommitmentDiscountType,
    Column::CommitmentDiscountName,
    Column::CommitmentDiscountQuantity,
    Column::CommitmentDiscountUnit,
];
const RESOURCE: [Column; 3] = [Column::ResourceId, Column::ResourceName, Column::ResourceType];

/// What a row is, read from the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Usage,
    Used,
    Unused,
    Purchase,
    CommittedPurchase,
    Flat,
    Correction,
}

fn kind_of(record: &Record<'_>) -> Option<Kind> {
    let is_committed = record.get(Column::CommitmentDiscountId).is_some();
    Some(match record.get(Column::ChargeCategory)? {
        _ if record.get(Column::ChargeClass).is_some() => Kind::Correction,
        "Usage" if record.is(Column::CommitmentDiscountStatus, "Unused") => Kind::Unused,
        "Usage" if is_committed => Kind::Used,
        "Usage" => Kind::Usage,
        "Purchase" if is_committed => Kind::CommittedPurchase,
        "Purchase" => Kind::Purchase,
        "Tax" | "Credit" | "Adjustment" => Kind::Flat,
        _ => return None,
    })
}

pub fn check(record: &Record<'_>, found: &mut Vec<Finding>) {
    let Some(kind) = kind_of(record) else { return };
    shape(record, kind, found);
    words(record, kind, found);
    periods(record, kind, found);
    if kind != Kind::Correction {
        products(record, found);
        costs(record, kind, found);
    }
}

/// Which groups of columns have values.
fn shape(record: &Record<'_>, kind: Kind, found: &mut Vec<Finding>) {
    let is_committed = matches!(kind, Kind::Used | Kind::Unused | Kind::CommittedPurchase);
    let is_bought = matches!(kind, Kind::Unused | Kind::CommittedPurchase);
    let is_priced = kind != Kind::Flat;
    let mut group = |columns: &[Column], has: bool| {
        for column in columns {
            match (record.get(*column).is_some(), has) {
                (false, true) => found.push(record.finding(Rule::Missing, column.name())),
                (true, false) => found.push(record.finding(Rule::Null, column.name())),
                _ => {}
            }
        }
    };
    if kind == Kind::Correction {
        return;
    }
    group(&PRICING, is_priced);
    group(&PRICES_IN_CURRENCY, is_priced);
    group(&SKU, is_priced);
    group(&CONSUMED, matches!(kind, Kind::Usage | Kind::Used));
    group(&COMMITMENT, is_committed);
    group(&[Column::CommitmentDiscountStatus], matches!(kind, Kind::Used | Kind::Unused));
    group(&[Column::SkuPriceDetails, Column::XModelId, Column::XTokenType], matches!(kind, Kind::Usage | Kind::Used));
    if is_bought || kind == Kind::Flat || kind == Kind::Usage {
        group(&RESOURCE, is_bought);
    }
}

/// Values that follow from the kind.
fn words(record: &Record<'_>, kind: Kind, found: &mut Vec<Finding>) {
    let is_committed = matches!(kind, Kind::Used | Kind::Unused);
    if matches!(kind, Kind::Usage | Kind::Used | Kind::Unused | Kind::Purchase | Kind::CommittedPurchase)
        && record.is(Column::PricingCategory, "Committed") != is_committed
    {
        found.push(record.finding(Rule::Value, "PricingCategory is Committed exactly under a commitment"));
    }
    let by_use = record.is(Column::ChargeFrequency, "Usage-Based");
    if by_use != record.is(Column::ChargeCategory, "Usage") {
        found.push(record.finding(Rule::Value, "ChargeFrequency is Usage-Based exactly for use"));
    }
    if kind == Kind::Unused && record.is(Column::XPeriodOpen, "true") {
        found.push(record.finding(Rule::Value, "what is left is known only when the period is closed"));
    }
    let same_currency = record.get(Column::PricingCurrency) == record.get(Column::BillingCurrency);
    if !same_currency && !record.is(Column::PricingCurrency, "Credits") {
        found.push(record.finding(Rule::Value, "PricingCurrency is the billing currency or Credits"));
    }
}

fn periods(record: &Record<'_>, kind: Kind, found: &mut Vec<Finding>) {
    // All are UTC and of one length, so that text compares as time.
    let pair = |start: Column, end: Column| record.get(start).zip(record.get(end));
    let charge = pair(Column::ChargePeriodStart, Column::ChargePeriodEnd);
    let billing = pair(Column::BillingPeriodStart, Column::BillingPeriodEnd);
    for (name, period) in [("charge", charge), ("billing", billing)] {
        if period.is_some_and(|(start, end)| start >= end) {
            found.push(record.finding(Rule::Period, format!("the {name} period ends before it starts")));
        }
    }
    // Overage and what is left belong to an allowance period, which may be longer; credits are spent after they are billed.
    let is_of_its_period = match kind {
        Kind::Usage => record.get(Column::XAllowanceId).is_none() && !record.is(Column::PricingCurrency, "Credits"),
        Kind::Used | Kind::CommittedPurchase => true,
        Kind::Purchase => !record.is(Column::SkuMeter, "Credits"),
        Kind::Unused | Kind::Flat | Kind::Correction => false,
    };
    let is_within = charge.zip(billing).is_none_or(|(charge, billing)| billing.0 <= charge.0 && charge.1 <= billing.1);
    if is_of_its_period && !is_within {
        found.push(record.finding(Rule::Period, "the charge period is outside the billing period"));
    }
}

fn products(record: &Record<'_>, found: &mut Vec<Finding>) {
    for (price, cost) in [(Column::ListUnitPrice, Column::ListCost), (Column::ContractedUnitPrice, Column::ContractedCost)] {
        let numbers = record.number(price).zip(record.number(Column::PricingQuantity)).zip(record.number(cost));
        let Some(((price, quantity), amount)) = numbers else { continue };
        let product = price.normalize().checked_mul(quantity.normalize());
        if product != Some(amount) || price.is_sign_negative() && !price.is_zero() {
            found.push(record.finding(Rule::Product, cost.name()));
        }
    }
}

fn costs(record: &Record<'_>, kind: Kind, found: &mut Vec<Finding>) {
    let number = |column| record.number(column).unwrap_or_default();
    let (billed, effective) = (number(Column::BilledCost), number(Column::EffectiveCost));
    let is_credits = record.is(Column::PricingCurrency, "Credits") || record.is(Column::SkuMeter, "Credits");
    let holds = match kind {
        Kind::Used | Kind::Unused => billed.is_zero(),
        Kind::CommittedPurchase => effective.is_zero(),
        Kind::Usage | Kind::Purchase if is_credits => billed.is_zero() || effective.is_zero(),
        Kind::Usage | Kind::Purchase | Kind::Flat => billed == effective,
        Kind::Correction => true,
    };
    if !holds {
        found.push(record.finding(Rule::Cost, "BilledCost and EffectiveCost do not fit the kind of row"));
    }
    if kind == Kind::Flat && [number(Column::ListCost), number(Column::ContractedCost)] != [billed, billed] {
        found.push(record.finding(Rule::Cost, "a row without a price has one cost"));
    }
    let same = record.get(Column::PricingCurrency) == record.get(Column::BillingCurrency);
    if same && number(Column::PricingCurrencyEffectiveCost) != effective {
        found.push(record.finding(Rule::Cost, "PricingCurrencyEffectiveCost is EffectiveCost in the same currency"));
    }
    let is_invoiced = matches!(kind, Kind::Purchase | Kind::CommittedPurchase | Kind::Flat);
    if is_invoiced && !is_in_minor_units(billed, record.get(Column::BillingCurrency)) {
        found.push(record.finding(Rule::Scale, "BilledCost has fractions of the minor unit"));
    }
}

/// Has the amount no fractions of the minor unit?
pub fn is_in_minor_units(amount: Decimal, currency: Option<&str>) -> bool {
    currency.and_then(|code| Currency::parse(code).ok()).is_none_or(|currency| amount.normalize().scale() <= currency.digits())
}
