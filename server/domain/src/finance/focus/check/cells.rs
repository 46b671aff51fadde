//! Each cell for itself.

use super::{Finding, Record, Rule};
use crate::finance::focus::cell::{self, starts_like_a_formula};
use crate::finance::focus::column::{Column, ColumnType, Profile};
use crate::finance::focus::sheet::Sheet;
use crate::finance::money::Currency;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Columns that every row has a value in.
const NEVER_NULL: [Column; 23] = [
    Column::BilledCost,
    Column::BillingAccountId,
    Column::BillingAccountType,
    Column::BillingCurrency,
    Column::BillingPeriodEnd,
    Column::BillingPeriodStart,
    Column::ChargeCategory,
    Column::ChargeDescription,
    Column::ChargeFrequency,
    Column::ChargePeriodEnd,
    Column::ChargePeriodStart,
    Column::ContractedCost,
    Column::EffectiveCost,
    Column::InvoiceId,
    Column::InvoiceIssuerName,
    Column::ListCost,
    Column::PricingCurrency,
    Column::PricingCurrencyEffectiveCost,
    Column::ServiceCategory,
    Column::ServiceName,
    Column::ServiceSubcategory,
    Column::XContractRef,
    Column::XPeriodOpen,
];

/// Is the header that of the version?
pub fn header(sheet: &Sheet, profile: Profile) -> Vec<Finding> {
    let is_of = |with_sub_accounts| {
        let columns = profile.columns(with_sub_accounts);
        columns.len() == sheet.header.len() && columns.iter().zip(&sheet.header).all(|(column, name)| column.name() == name)
    };
    let is_ragged = sheet.rows.iter().any(|row| row.len() != sheet.header.len());
    let what = if !is_of(true) && !is_of(false) {
        format!("not the columns of FOCUS {}, in their order", profile.version())
    } else if is_ragged {
        "a record has more or fewer fields than the header".to_owned()
    } else {
        return Vec::new();
    };
    vec![Finding { record: 0, rule: Rule::Header, what }]
}

pub fn check(record: &Record<'_>, found: &mut Vec<Finding>) {
    let by_version = [[Column::ProviderName, Column::ServiceProviderName], [Column::PublisherName, Column::XModelPublisher]];
    let missing = NEVER_NULL.iter().filter(|column| record.get(**column).is_none()).map(|column| column.name());
    let unnamed = by_version.iter().filter(|names| names.iter().all(|name| record.get(*name).is_none())).map(|names| names[0].name());
    found.extend(missing.chain(unnamed).map(|name| record.finding(Rule::Missing, name)));
    for (column, text) in record.columns() {
        if !has_form(column.kind(), text) || !is_flat(column, text) {
            found.push(record.finding(Rule::Format, format!("{}: {text}", column.name())));
        }
        if !is_allowed(column, text) {
            found.push(record.finding(Rule::Value, format!("{}: {text}", column.name())));
        }
        if is_unit(column) && !is_spelled_as_a_unit(text) {
            found.push(record.finding(Rule::Unit, format!("{}: {text}", column.name())));
        }
        if column.kind() == ColumnType::Text && starts_like_a_formula(text) {
            found.push(record.finding(Rule::Formula, format!("{}: {text}", column.name())));
        }
    }
}

/// Is the text of its column's type?
pub fn has_form(kind: ColumnType, text: &str) -> bool {
    match kind {
        ColumnType::Text => text.trim() == text,
        ColumnType::Decimal => is_decimal(text),
        ColumnType::Instant => OffsetDateTime::parse(text, &Rfc3339).is_ok_and(|at| cell::instant(at) == text),
        ColumnType::Json => matches!(serde_json::from_str(text), Ok(Value::Object(_))),
    }
}

/// Tags and price details are flat; what a commitment applies to is not.
fn is_flat(column: Column, text: &str) -> bool {
    let nests = |map: &Map<String, Value>| map.values().any(|value| value.is_object() || value.is_array());
    column.kind() != ColumnType::Json || column == Column::ContractApplied || !serde_json::from_str(text).is_ok_and(|map| nests(&map))
}

fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let shape = text.strip_prefix('-').unwrap_or(text).split_once('.').is_some_and(|(whole, part)| digits(whole) && digits(part));
    shape && text.parse::<Decimal>().is_ok()
}

fn is_allowed(column: Column, text: &str) -> bool {
    let allowed: &[&str] = match column {
        Column::ChargeCategory => &["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
        Column::ChargeClass => &["Correction"],
        Column::ChargeFrequency => &["One-Time", "Recurring", "Usage-Based"],
        Column::CommitmentDiscountCategory => &["Spend", "Usage"],
        Column::CommitmentDiscountStatus => &["Used", "Unused"],
        Column::PricingCategory => &["Standard", "Dynamic", "Committed", "Other"],
        Column::BillingAccountType => &["Organization", "Subscription"],
        Column::ServiceCategory => &["AI and Machine Learning"],
        Column::ServiceSubcategory => &["Generative AI"],
        Column::XPeriodOpen => &["true", "false"],
        Column::BillingCurrency => return Currency::parse(text).is_ok_and(|currency| currency.code() == text),
        Column::PricingCurrency => return text == "Credits" || Currency::parse(text).is_ok_and(|currency| currency.code() == text),
        _ => return true,
    };
    allowed.contains(&text)
}

const fn is_unit(column: Column) -> bool {
    matches!(column, Column::PricingUnit | Column::ConsumedUnit | Column::CommitmentDiscountUnit)
}

/// A whole number or none, then words with capitals: `Tokens`, `1000000 Tokens`.
pub fn is_spelled_as_a_unit(text: &str) -> bool {
    let mut words = text.split(' ').peekable();
    let starts_with_number = words.next_if(|word| word.bytes().all(|byte| byte.is_ascii_digit()) && !word.starts_with('0'));
    let is_word = |word: &str| word.starts_with(char::is_uppercase) || (starts_with_number.is_none() && word.starts_with(char::is_numeric));
    words.peek().is_some() && words.all(is_word)
}
