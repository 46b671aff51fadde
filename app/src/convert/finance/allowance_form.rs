//! Allowances in the contract editor: the second one's fields are called `allowances.1.…`.

use super::fields::{choice, field, options, or_blank, tick};
use super::read::Reader;
use crate::wire::{FieldKind, FormField};
use domain::finance::allowance::{AllowanceTerms, Scope, Thresholds, Valuation};
use domain::finance::{Currency, UnitPrice};
use rust_decimal::Decimal;
use services::finance::AllowanceEdit;
use vocab::ProviderId;
use vocab::finance::{MetricKey, ResetInterval, ValuationMethod};

/// What every allowance has: what is counted, how much of it, and what goes beyond.
pub fn main_fields(at: usize, id: &str, terms: &AllowanceTerms) -> Vec<FormField> {
    let mut fields = quantity_fields(at, id, terms);
    fields.extend(overage_fields(at, terms));
    fields
}

/// What few have.
pub fn other_fields(at: usize, terms: &AllowanceTerms) -> Vec<FormField> {
    let mut fields = value_fields(at, terms);
    fields.extend(scope_fields(at, terms));
    fields
}

fn name(at: usize, field: &str) -> String {
    format!("allowances.{at}.{field}")
}

fn plain(number: Option<Decimal>) -> String {
    or_blank(number.map(|number| number.normalize()))
}

fn quantity_fields(at: usize, id: &str, terms: &AllowanceTerms) -> Vec<FormField> {
    use FieldKind::{Decimal as Number, Hidden, Text};
    let disclosed = "Empty only if the vendor does not disclose it.";
    vec![
        field(Hidden, name(at, "id"), "", id, ""),
        field(Text, name(at, "name"), "Allowance", terms.name.clone(), "Empty it to remove the allowance."),
        choice(name(at, "metric_key"), "Counts", terms.metric.as_str(), options!(MetricKey), ""),
        field(Number, name(at, "included_quantity"), "Included quantity", plain(terms.included), disclosed),
        field(Text, name(at, "usage_unit"), "Unit", terms.unit.clone(), "For example Tokens."),
        choice(name(at, "reset_interval"), "Starts afresh", terms.reset.as_str(), options!(ResetInterval), ""),
    ]
}

fn overage_fields(at: usize, terms: &AllowanceTerms) -> Vec<FormField> {
    use FieldKind::Decimal as Number;
    let (price, per) = (terms.overage.map(UnitPrice::price), terms.overage.map(UnitPrice::per));
    vec![
        field(Number, name(at, "overage_price"), "Overage price", plain(price), "What use beyond it costs."),
        field(Number, name(at, "overage_per"), "Price is for", plain(per), "So many units; 1 unless said otherwise."),
    ]
}

fn value_fields(at: usize, terms: &AllowanceTerms) -> Vec<FormField> {
    use FieldKind::Decimal as Number;
    let method = terms.valuation.method().as_str();
    vec![
        field(Number, name(at, "rollover_cap"), "Carried over at most", plain(terms.rollover_cap), ""),
        tick(name(at, "prorate_included"), "Partial periods get a share", terms.prorate_included, ""),
        field(
            Number,
            name(at, "commitment_weight"),
            "Share of the commitment",
            plain(terms.weight),
            "From 0 to 1, when there are several.",
        ),
        choice(name(at, "valuation_method"), "Unused units are worth", method, options!(ValuationMethod), ""),
        field(Number, name(at, "unit_value"), "Value of a unit", plain(terms.valuation.unit_value()), ""),
    ]
}

fn scope_fields(at: usize, terms: &AllowanceTerms) -> Vec<FormField> {
    use FieldKind::{Decimal as Number, Text};
    let usual = Thresholds::default();
    let other = |value: Decimal, usual: Decimal| if value == usual { String::new() } else { value.normalize().to_string() };
    let (now, providers) = (terms.thresholds, terms.scope.providers.iter().map(ToString::to_string).collect::<Vec<_>>());
    let all = "Empty: all that are covered.";
    vec![
        field(Text, name(at, "providers"), "Only these providers", providers.join(", "), all),
        field(Text, name(at, "models"), "Only these models", terms.scope.models.join(", "), "Empty: all."),
        field(
            Number,
            name(at, "underuse_threshold_pct"),
            "Underuse below %",
            other(now.underuse, usual.underuse),
            "75 unless said otherwise.",
        ),
        field(Number, name(at, "low_threshold_pct"), "Low below %", other(now.low, usual.low), "25 unless said otherwise."),
        field(
            Number,
            name(at, "critical_threshold_pct"),
            "Nearly exhausted below %",
            other(now.critical, usual.critical),
            "10 unless said otherwise.",
        ),
    ]
}

/// One that nobody has entered.
pub fn nothing() -> AllowanceTerms {
    AllowanceTerms {
        name: String::new(),
        metric: MetricKey::TotalTokens,
        scope: Scope::default(),
        unit: String::new(),
        included: None,
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

/// One as entered.
pub fn entered(reader: &mut Reader<'_>, at: usize, currency: Option<Currency>) -> Option<AllowanceEdit> {
    let usual = Thresholds::default();
    let (overage, valuation) = (overage(reader, at, currency), valuation(reader, at));
    let terms = AllowanceTerms {
        name: reader.owned(&name(at, "name")).unwrap_or_default(),
        metric: reader.word(&name(at, "metric_key")).unwrap_or(MetricKey::TotalTokens),
        scope: Scope { providers: providers(reader, at), models: list(reader.text(&name(at, "models"))) },
        unit: reader.owned(&name(at, "usage_unit")).unwrap_or_default(),
        included: reader.decimal(&name(at, "included_quantity")),
        reset: reader.word(&name(at, "reset_interval")).unwrap_or(ResetInterval::Monthly),
        rollover_cap: reader.decimal(&name(at, "rollover_cap")),
        prorate_included: reader.tick(&name(at, "prorate_included")),
        overage,
        valuation: valuation?,
        weight: reader.decimal(&name(at, "commitment_weight")),
        thresholds: Thresholds {
            low: reader.decimal(&name(at, "low_threshold_pct")).unwrap_or(usual.low),
            critical: reader.decimal(&name(at, "critical_threshold_pct")).unwrap_or(usual.critical),
            underuse: reader.decimal(&name(at, "underuse_threshold_pct")).unwrap_or(usual.underuse),
        },
        sort_order: 0,
    };
    Some(AllowanceEdit { id: reader.text(&name(at, "id")).and_then(|id| id.parse().ok()), terms })
}

fn overage(reader: &mut Reader<'_>, at: usize, currency: Option<Currency>) -> Option<UnitPrice> {
    let price = reader.decimal(&name(at, "overage_price"));
    let per = reader.decimal(&name(at, "overage_per")).unwrap_or(Decimal::ONE);
    let made = match (price?, currency) {
        (price, Some(currency)) => UnitPrice::new(price, per, currency).map_err(|error| error.to_string()),
        (_, None) => Err("enter the contract's currency first".to_owned()),
    };
    made.map_err(|words| reader.wrong(&name(at, "overage_price"), words)).ok()
}

fn valuation(reader: &mut Reader<'_>, at: usize) -> Option<Valuation> {
    let method = reader.word(&name(at, "valuation_method")).unwrap_or(ValuationMethod::CommitmentFirst);
    // Another method has no such value.
    let value = reader.decimal(&name(at, "unit_value")).filter(|_| method == ValuationMethod::UnitValue);
    reader.needed(&name(at, "unit_value"), Valuation::from_parts(method, value))
}

fn providers(reader: &mut Reader<'_>, at: usize) -> Vec<ProviderId> {
    let mut known = Vec::new();
    for word in list(reader.text(&name(at, "providers"))) {
        match word.parse() {
            Ok(id) => known.push(id),
            Err(_) => reader.wrong(&name(at, "providers"), format!("{word} is no provider's id")),
        }
    }
    known
}

fn list(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
