//! All rows together.

use super::{Finding, Record, Rule};
use crate::finance::focus::column::Column;
use crate::finance::money::Money;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};

/// What makes a row the only one of its kind.
const IDENTITY: [Column; 20] = [
    Column::BillingAccountId,
    Column::XContractRef,
    Column::InvoiceId,
    Column::ChargePeriodStart,
    Column::ChargePeriodEnd,
    Column::ChargeCategory,
    Column::ChargeClass,
    Column::ChargeDescription,
    Column::CommitmentDiscountId,
    Column::CommitmentDiscountStatus,
    Column::PricingCategory,
    Column::PricingCurrency,
    Column::SkuPriceId,
    Column::SubAccountId,
    Column::XProviderId,
    Column::XAllowanceId,
    Column::XAgentId,
    Column::XPriceFactId,
    Column::ListUnitPrice,
    Column::ContractedUnitPrice,
];

pub fn check(records: &[Record<'_>], payable: &BTreeMap<String, Money>, found: &mut Vec<Finding>) {
    commitments(records, found);
    invoices(records, payable, found);
    duplicates(records, found);
    parents(records, found);
}

/// What was paid for an allowance is what its use and its rest come to: exactly, once all of it is closed, and never more.
fn commitments(records: &[Record<'_>], found: &mut Vec<Finding>) {
    #[derive(Default)]
    struct Sum {
        paid: Decimal,
        spread: Decimal,
        is_open: bool,
        units: Vec<String>,
    }
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for record in records.iter().filter(|record| record.get(Column::ChargeClass).is_none()) {
        let Some(id) = record.get(Column::CommitmentDiscountId) else { continue };
        let sum = sums.entry(id).or_default();
        if record.is(Column::ChargeCategory, "Purchase") {
            sum.paid += record.number(Column::BilledCost).unwrap_or_default();
        } else {
            sum.spread += record.number(Column::EffectiveCost).unwrap_or_default();
        }
        sum.is_open |= record.is(Column::XPeriodOpen, "true");
        let unit = record.get(Column::CommitmentDiscountUnit).unwrap_or_default().to_owned();
        if !sum.units.contains(&unit) {
            sum.units.push(unit);
        }
    }
    for (id, sum) in sums {
        let holds = if sum.is_open { sum.spread <= sum.paid } else { sum.spread == sum.paid };
        if !holds {
            let what = format!("{id}: {} was paid and {} is spread", sum.paid, sum.spread);
            found.push(Finding { record: 0, rule: Rule::Sum, what });
        }
        if sum.units.len() > 1 {
            found.push(Finding { record: 0, rule: Rule::Unit, what: format!("{id}: counted in {}", sum.units.join(" and ")) });
        }
    }
}

fn invoices(records: &[Record<'_>], payable: &BTreeMap<String, Money>, found: &mut Vec<Finding>) {
    let mut sums: BTreeMap<(&str, &str), Decimal> = BTreeMap::new();
    for record in records {
        let key = (record.get(Column::InvoiceId).unwrap_or_default(), record.get(Column::BillingCurrency).unwrap_or_default());
        *sums.entry(key).or_default() += record.number(Column::BilledCost).unwrap_or_default();
    }
    for (invoice, amount) in payable {
        let sum = sums.get(&(invoice.as_str(), amount.currency().code())).copied();
        if sum != Some(amount.amount()) {
            let rows = sum.map_or_else(|| "no rows".to_owned(), |sum| format!("rows of {sum}"));
            found.push(Finding { record: 0, rule: Rule::Sum, what: format!("{invoice}: a bill of {amount}, {rows}") });
        }
    }
}

fn duplicates(records: &[Record<'_>], found: &mut Vec<Finding>) {
    let mut seen: HashMap<Vec<Option<&str>>, usize> = HashMap::new();
    for record in records {
        let identity = IDENTITY.iter().map(|column| record.get(*column)).collect();
        if let Some(first) = seen.insert(identity, record.number) {
            found.push(record.finding(Rule::Duplicate, format!("the same as record {first}")));
        }
    }
}

/// A price belongs to one SKU.
fn parents(records: &[Record<'_>], found: &mut Vec<Finding>) {
    let mut skus: HashMap<&str, &str> = HashMap::new();
    for record in records {
        let Some((price, sku)) = record.get(Column::SkuPriceId).zip(record.get(Column::SkuId)) else { continue };
        if *skus.entry(price).or_insert(sku) != sku {
            found.push(record.finding(Rule::Value, format!("SkuPriceId {price} has two SkuIds")));
        }
    }
}
