//! The contract editor: every field under the name by which the rules report problems.

use super::allowance_form::{entered, main_fields, nothing, other_fields};
use super::fields::{choice, field, group, options, or_blank, tick};
use super::read::{Fields, Reader};
use crate::wire::{AppError, FieldKind, FormGroup, FormView};
use domain::finance::Currency;
use domain::finance::allowance::Allowance;
use domain::finance::contract::{Contract, ContractTerms};
use domain::finance::zone::Zone;
use services::finance::ContractSave;
use vocab::UserId;
use vocab::finance::{BillingCadence, BillingTiming, BudgetWindow, ContractType, Proration};

/// The editor of a contract.
pub fn form_of(contract: &Contract, allowances: &[Allowance], people: &[(UserId, String)], changed_by: String) -> FormView {
    let mut groups = vec![agreement(contract, people), amounts(&contract.terms), dates(&contract.terms), rest(&contract.terms)];
    for (at, allowance) in allowances.iter().enumerate() {
        let terms = &allowance.terms;
        groups.push(group(&format!("Allowance: {}", terms.name), "", false, main_fields(at, &allowance.id.to_string(), terms)));
        groups.push(group(&format!("More about {}", terms.name), "", true, other_fields(at, terms)));
    }
    // One place more than there are allowances, so that one can be added.
    let about = "What the plan includes. Leave the name empty if there is nothing to add.";
    let (at, nothing) = (allowances.len(), nothing());
    if allowances.is_empty() {
        groups.push(group("Add an allowance", about, false, main_fields(at, "", &nothing)));
        groups.push(group("More about the allowance", "", true, other_fields(at, &nothing)));
    } else {
        let fields = main_fields(at, "", &nothing).into_iter().chain(other_fields(at, &nothing)).collect();
        groups.push(group("Add an allowance", about, true, fields));
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

/// The day after a contract's last, if one was entered.
///
/// # Errors
/// For what is no date.
pub fn ending(entered: &str) -> Result<Option<time::Date>, AppError> {
    let fields = Fields::from([("ended_on".to_owned(), entered.to_owned())]);
    let mut reader = Reader::new(&fields);
    let day = reader.date("ended_on");
    reader.done(Some(day))
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
            allowances.extend(entered(&mut reader, at, terms.currency));
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
