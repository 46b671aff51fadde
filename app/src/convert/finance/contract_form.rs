//! The contract editor: every field under the name by which the rules report problems.

use super::fields::{choice, field, group, options, or_blank, tick};
use super::read::{Fields, Reader};
use crate::wire::{AppError, FieldKind, FormField, FormGroup, FormView};
use domain::finance::allowance::{Allowance, AllowanceTerms, Scope, Thresholds, Valuation};
use domain::finance::contract::{Contract, ContractTerms};
use domain::finance::zone::Zone;
use domain::finance::{Currency, UnitPrice};
use rust_decimal::Decimal;
use services::finance::{AllowanceEdit, ContractSave};
use vocab::UserId;
use vocab::finance::{BillingCadence, BillingTiming, BudgetWindow, ContractType, MetricKey, Proration, ResetInterval, ValuationMethod};

/// The fewest places for allowances that the editor has; one more than there are, so that one can be added.
const PLACES: usize = 1;

/// The editor of a contract.
pub fn form_of(contract: &Contract, allowances: &[Allowance], people: &[(UserId, String)], changed_by: String) -> FormView {
    let mut groups = vec![agreement(contract, people), amounts(&contract.terms), dates(&contract.terms), rest(&contract.terms)];
    groups.extend(allowances.iter().enumerate().map(|(at, allowance)| {
        let terms = &allowance.terms;
        group(&format!("Allowance: {}", terms.name), "", false, allowance_fields(at, &allowance.id.to_string(), terms))
    }));
    for at in allowances.len()..allowances.len() + PLACES {
        let about = "What the plan includes. Leave the name empty if there is nothing to add.";
        groups.push(group("Add an allowance", about, !allowances.is_empty(), allowance_fields(at, "", &nothing())));
    }
    FormView { version: contract.version, changed_by, groups }
}

fn agreement(contract: &Contract, people: &[(UserId, String)]) -> FormGroup {
    let terms = &contract.terms;
    let guess = contract.suggested_type.map(|kind| format!("Probably {}, by the way it is signed in.", kind.label().to_lowercase()));
    let mut owners = vec![(String::new(), "Nobody yet".to_owned())];
    owners.extend(people.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let fields = vec![
        choice(
            "contract_type",
            "Contract type",
            or_blank(terms.contract_type),
            options!(ContractType, "Not known yet"),
            &guess.unwrap_or_default(),
        ),
        choice("budget_owner", "Budget owner", or_blank(terms.budget_owner), owners, "Gets its work items."),
    ];
    group("Agreement", "", false, fields)
}

fn amounts(terms: &ContractTerms) -> FormGroup {
    use FieldKind::{Decimal as Number, Text};
    let fields = vec![
        field(Text, "currency", "Currency", or_blank(terms.currency), "Three letters, for example USD."),
        choice("billing_cadence", "Billing cadence", or_blank(terms.cadence), options!(BillingCadence, "Not known yet"), ""),
        field(Number, "commitment_amount", "Committed amount", or_blank(terms.commitment_amount), "A billing period."),
        tick("free_plan", "Free plan", terms.free_plan, "It costs nothing, on purpose."),
        field(Number, "minimum_spend", "Minimum spend", or_blank(terms.minimum_spend), "A billing period; metered and hybrid contracts."),
        tick("allows_overage", "Overage allowed", terms.allows_overage, "Use goes on beyond the allowance, at a price."),
        field(Number, "budget_amount", "Budget", or_blank(terms.budget_amount), ""),
        choice("budget_window", "Budget window", terms.budget_window.as_str(), options!(BudgetWindow), ""),
    ];
    group("Amounts", "", false, fields)
}

fn dates(terms: &ContractTerms) -> FormGroup {
    use FieldKind::{Date, Text};
    let fields = vec![
        field(Date, "start_date", "Start date", or_blank(terms.start_date), "Its first day."),
        field(Date, "end_date", "End date", or_blank(terms.end_date), "The day after its last."),
        field(Date, "renewal_date", "Renewal date", or_blank(terms.renewal_date), ""),
        field(Text, "notice_days", "Notice (days)", or_blank(terms.notice_days), ""),
    ];
    group("Dates", "", false, fields)
}

fn rest(terms: &ContractTerms) -> FormGroup {
    use FieldKind::{Area, Date, Text, Url};
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    let fields = vec![
        choice("billing_timing", "Billed", terms.timing.as_str(), options!(BillingTiming), "Use is always billed in arrears."),
        choice("proration", "Partial periods", terms.proration.as_str(), options!(Proration), ""),
        field(
            Date,
            "anchor_date",
            "Anchor date",
            or_blank(terms.anchor_date),
            "Origin of all periods; the start date unless said otherwise.",
        ),
        field(Text, "time_zone", "Time zone", terms.time_zone.name(), "Whose days count, for example Europe/Berlin."),
        field(Url, "billing_url", "Billing link", or_blank(terms.billing_url.as_ref()), ""),
        field(Url, "usage_url", "Usage link", or_blank(terms.usage_url.as_ref()), ""),
        field(Text, "payment_terms", "Payment terms", own(&terms.payment_terms), "Other than the supplier's, for example Net 14."),
        field(Text, "account_code", "Account code", own(&terms.account_code), ""),
        field(Area, "notes", "Notes", own(&terms.notes), ""),
    ];
    group("Billing details", "", true, fields)
}

fn allowance_fields(at: usize, id: &str, terms: &AllowanceTerms) -> Vec<FormField> {
    use FieldKind::{Decimal as Number, Hidden, Text};
    let name = |field: &str| format!("allowances.{at}.{field}");
    let usual = Thresholds::default();
    let other = |value: Decimal, usual: Decimal| if value == usual { String::new() } else { value.normalize().to_string() };
    vec![
        field(Hidden, name("id"), "", id, ""),
        field(Text, name("name"), "Allowance", terms.name.clone(), "Empty it to remove the allowance."),
        choice(name("metric_key"), "Counts", terms.metric.as_str(), options!(MetricKey), ""),
        field(
            Number,
            name("included_quantity"),
            "Included quantity",
            or_blank(terms.included.map(|n| n.normalize())),
            "Empty only if the vendor does not disclose it.",
        ),
        field(Text, name("usage_unit"), "Unit", terms.unit.clone(), "For example Tokens."),
        choice(name("reset_interval"), "Starts afresh", terms.reset.as_str(), options!(ResetInterval), ""),
        field(Number, name("overage_price"), "Overage price", or_blank(terms.overage.map(|price| price.price().normalize())), ""),
        field(
            Number,
            name("overage_per"),
            "for how many units",
            or_blank(terms.overage.map(|price| price.per().normalize())),
            "1 unless said otherwise.",
        ),
        field(
            Number,
            name("commitment_weight"),
            "Share of the commitment",
            or_blank(terms.weight.map(|n| n.normalize())),
            "From 0 to 1, when there are several.",
        ),
        choice(name("valuation_method"), "Unused units are worth", terms.valuation.method().as_str(), options!(ValuationMethod), ""),
        field(Number, name("unit_value"), "Value of a unit", or_blank(terms.valuation.unit_value().map(|n| n.normalize())), ""),
        field(Number, name("rollover_cap"), "Carried over at most", or_blank(terms.rollover_cap.map(|n| n.normalize())), ""),
        tick(name("prorate_included"), "Partial periods get a share", terms.prorate_included, ""),
        field(Text, name("models"), "Only these models", terms.scope.models.join(", "), "Empty: all."),
        field(
            Text,
            name("providers"),
            "Only these providers",
            terms.scope.providers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            "Empty: all that are covered.",
        ),
        field(
            Number,
            name("underuse_threshold_pct"),
            "Underuse below %",
            other(terms.thresholds.underuse, usual.underuse),
            "75 unless said otherwise.",
        ),
        field(Number, name("low_threshold_pct"), "Low below %", other(terms.thresholds.low, usual.low), "25 unless said otherwise."),
        field(
            Number,
            name("critical_threshold_pct"),
            "Nearly exhausted below %",
            other(terms.thresholds.critical, usual.critical),
            "10 unless said otherwise.",
        ),
    ]
}

fn nothing() -> AllowanceTerms {
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

/// What was entered.
///
/// # Errors
/// With every field that cannot be read.
pub fn contract_save(fields: &Fields, activate: bool) -> Result<ContractSave, AppError> {
    let mut reader = Reader::new(fields);
    let terms = terms(&mut reader);
    let mut allowances = Vec::new();
    for at in 0.. {
        let name = format!("allowances.{at}.name");
        if !fields.contains_key(&name) {
            break;
        }
        if reader.text(&name).is_some() {
            allowances.extend(allowance(&mut reader, at, terms.currency));
        }
    }
    reader.done(Some(ContractSave { terms, allowances, activate }))
}

fn terms(reader: &mut Reader<'_>) -> ContractTerms {
    ContractTerms {
        contract_type: reader.word("contract_type"),
        budget_owner: reader.with("budget_owner", |id| id.parse().map_err(|_| "choose somebody from the list")),
        currency: reader.with("currency", Currency::parse),
        cadence: reader.word("billing_cadence"),
        timing: reader.word("billing_timing").unwrap_or(BillingTiming::Advance),
        commitment_amount: reader.decimal("commitment_amount"),
        free_plan: reader.tick("free_plan"),
        minimum_spend: reader.decimal("minimum_spend"),
        budget_amount: reader.decimal("budget_amount"),
        budget_window: reader.word("budget_window").unwrap_or(BudgetWindow::Monthly),
        allows_overage: reader.tick("allows_overage"),
        start_date: reader.date("start_date"),
        end_date: reader.date("end_date"),
        renewal_date: reader.date("renewal_date"),
        notice_days: reader.with("notice_days", |days| days.parse().map_err(|_| "write a whole number of days")),
        anchor_date: reader.date("anchor_date"),
        time_zone: reader.with("time_zone", Zone::named).unwrap_or_else(Zone::utc),
        proration: reader.word("proration").unwrap_or(Proration::None),
        billing_url: reader.with("billing_url", |url| url.parse().map_err(|_| "use a link that begins with https://")),
        usage_url: reader.with("usage_url", |url| url.parse().map_err(|_| "use a link that begins with https://")),
        payment_terms: reader.owned("payment_terms"),
        account_code: reader.owned("account_code"),
        notes: reader.owned("notes"),
    }
}

fn allowance(reader: &mut Reader<'_>, at: usize, currency: Option<Currency>) -> Option<AllowanceEdit> {
    let name = |field: &str| format!("allowances.{at}.{field}");
    let usual = Thresholds::default();
    let list = |text: Option<&str>| -> Vec<String> {
        text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (price, per) = (reader.decimal(&name("overage_price")), reader.decimal(&name("overage_per")).unwrap_or(Decimal::ONE));
    let overage = price.and_then(|price| {
        let made = match currency {
            Some(currency) => UnitPrice::new(price, per, currency).map_err(|error| error.to_string()),
            None => Err("enter the contract's currency first".to_owned()),
        };
        made.map_err(|words| reader.wrong(&name("overage_price"), words)).ok()
    });
    let unit_value = reader.decimal(&name("unit_value"));
    let method = reader.word(&name("valuation_method")).unwrap_or(ValuationMethod::CommitmentFirst);
    // A value that another method does not ask for is not lost: it is simply not part of that method.
    let unit_value = unit_value.filter(|_| method == ValuationMethod::UnitValue);
    let valuation = reader.needed(&name("unit_value"), Valuation::from_parts(method, unit_value));
    let mut providers = Vec::new();
    for word in list(reader.text(&name("providers"))) {
        match word.parse() {
            Ok(id) => providers.push(id),
            Err(_) => reader.wrong(&name("providers"), format!("{word} is no provider's id")),
        }
    }
    let terms = AllowanceTerms {
        name: reader.owned(&name("name")).unwrap_or_default(),
        metric: reader.word(&name("metric_key")).unwrap_or(MetricKey::TotalTokens),
        scope: Scope { providers, models: list(reader.text(&name("models"))) },
        unit: reader.owned(&name("usage_unit")).unwrap_or_default(),
        included: reader.decimal(&name("included_quantity")),
        reset: reader.word(&name("reset_interval")).unwrap_or(ResetInterval::Monthly),
        rollover_cap: reader.decimal(&name("rollover_cap")),
        prorate_included: reader.tick(&name("prorate_included")),
        overage,
        valuation: valuation?,
        weight: reader.decimal(&name("commitment_weight")),
        thresholds: Thresholds {
            low: reader.decimal(&name("low_threshold_pct")).unwrap_or(usual.low),
            critical: reader.decimal(&name("critical_threshold_pct")).unwrap_or(usual.critical),
            underuse: reader.decimal(&name("underuse_threshold_pct")).unwrap_or(usual.underuse),
        },
        sort_order: 0,
    };
    Some(AllowanceEdit { id: reader.text(&name("id")).and_then(|id| id.parse().ok()), terms })
}
