//! A contract's page.

use super::charts::burn_down;
use super::contract_form::form_of;
use super::fields::{choice, field, options};
use super::items::item_rows;
use super::read::{Fields, Reader};
use super::reports::{report_fields, report_rows};
use super::suppliers::bill_rows;
use super::words::{NO_DATA, chip, day, grid, instant, link, money, noted, percent, quantity, text, used};
use crate::routes;
use crate::wire::{AppError, Cell, ContractView, Fact, FieldKind, FormField, Grid};
use domain::audit::{Action, AuditRecord};
use domain::finance::contract::{Contract, ContractTerms};
use domain::finance::price::PriceFact;
use domain::finance::{Currency, UnitPrice};
use services::finance::{AllowanceState, BillRow, ContractFigures, ContractPage, ContractRow, Covered, PriceEdit, ReportRow, field_errors};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use vocab::finance::Meter;
use vocab::{ContractId, UserId};

/// The page; `people` is empty for who may not change it.
pub fn contract_view(
    page: &ContractPage,
    figures: &ContractFigures,
    (bills, reports): (&[BillRow], &[ReportRow]),
    people: Option<&[(UserId, String)]>,
    now: OffsetDateTime,
) -> ContractView {
    let contract = &page.contract;
    let today = contract.terms.time_zone.date(now);
    let changed_by = page.history.first().map(|line| line.actor_name.clone()).unwrap_or_default();
    let edit = people.filter(|_| !contract.status().is_terminal()).map(|people| form_of(contract, &page.allowances, people, changed_by));
    let rate = |price: &PriceFact| (price.id.to_string(), price_row(price));
    ContractView {
        id: contract.id,
        number: contract.number.clone(),
        title: contract.about(&page.supplier.details.name),
        supplier: link(page.supplier.details.name.clone(), routes::supplier(page.supplier.id)),
        status: contract.status(),
        status_cell: chip(contract.status_label(today), contract.status().tone()),
        facts: facts(contract, page.owner.as_deref(), figures),
        problems: field_errors(&page.problems).0,
        edit,
        usage: figures.burn_downs.iter().map(burn_down).collect(),
        allowances: allowance_rows(&figures.allowances),
        coverage: coverage(&page.coverage),
        prices: page.prices.iter().map(rate).collect(),
        reports: report_rows(reports),
        add_report: if people.is_some() { report_fields(contract, &page.allowances, now) } else { Vec::new() },
        add_price: if people.is_some() && !contract.status().is_terminal() {
            price_fields(contract.terms.currency, now)
        } else {
            Vec::new()
        },
        bills: bill_rows(bills),
        items: item_rows(page.open_items.iter()),
        versions: grid(&["Version", "State", "From"], page.versions.iter().map(|other| version_row(other, now)).collect()),
        history: history(&page.history),
    }
}

/// An amount with how often it is due.
pub fn commitment(terms: &ContractTerms) -> Option<String> {
    let cadence = terms.cadence.map(|cadence| match cadence.months() {
        1 => " / month",
        3 => " / quarter",
        _ => " / year",
    });
    Some(format!("{}{}", money(terms.commitment()?), cadence.unwrap_or_default()))
}

fn facts(contract: &Contract, owner: Option<&str>, figures: &ContractFigures) -> Vec<Fact> {
    let terms = &contract.terms;
    let fact = |label: &str, value: Option<Cell>| value.map(|value| Fact { label: label.to_owned(), value });
    let words = |label: &str, value: Option<String>| fact(label, value.map(text));
    let kind = match (terms.contract_type, contract.suggested_type) {
        (Some(kind), _) => Some(kind.label().to_owned()),
        (None, Some(guess)) => Some(format!("Probably {}", guess.label().to_lowercase())),
        (None, None) => None,
    };
    let evaluated = match (figures.last_evaluated, figures.is_overdue) {
        (Some(at), false) => Some(text(instant(at))),
        (Some(at), true) => Some(noted(text(instant(at)), "Evaluation overdue")),
        (None, _) => None,
    };
    let facts = [
        words("Type", kind),
        words("Commitment", Some(commitment(terms).unwrap_or_else(|| "Not known".to_owned()))),
        words("Minimum spend", terms.minimum().map(money)),
        words("Budget", terms.budget().map(|budget| format!("{}, {}", money(budget), terms.budget_window.label().to_lowercase()))),
        words("Budget owner", Some(owner.unwrap_or("Nobody yet").to_owned())),
        words("Starts", terms.start_date.map(day)),
        words("Ends", terms.end_date.map(day)),
        words("Renews", terms.renewal_date.map(day)),
        words("Days count in", Some(terms.time_zone.name().to_owned())),
        fact("Billing", terms.billing_url.as_ref().map(site)),
        fact("Usage", terms.usage_url.as_ref().map(site)),
        fact("Last evaluated", evaluated),
    ];
    facts.into_iter().flatten().collect()
}

/// A link named after its host.
pub fn site(url: &impl ToString) -> Cell {
    let url = url.to_string();
    let host = url.trim_start_matches("https://").split('/').next().unwrap_or_default().to_owned();
    link(host, url)
}

fn allowance_rows(allowances: &[AllowanceState]) -> Grid {
    let row = |state: &AllowanceState| vec![text(state.name.clone()), utilisation(state), remaining(state), outlook(state)];
    grid(&["Allowance", "Utilisation", "#Remaining", "If it goes on like this"], allowances.iter().map(row).collect())
}

/// How much is used and where it leads, or why that is not known.
pub fn utilisation(state: &AllowanceState) -> Cell {
    let Some(newest) = &state.newest else { return text(NO_DATA) };
    let Some(figures) = &newest.figures else {
        return noted(text("Not disclosed"), format!("{} {} used", quantity(newest.consumed), state.unit));
    };
    let Some(share) = figures.utilization_pct else { return text(format!("{} {} used", quantity(newest.consumed), state.unit)) };
    let projected = figures.projected_utilization_pct.map(|share| format!(" → {} projected", percent(share))).unwrap_or_default();
    let words = format!("{} used, day {} of {}{projected}", percent(share), newest.days_elapsed, newest.days_in_period);
    Cell { used: Some(used(share, newest.days_elapsed, newest.days_in_period)), ..text(words) }
}

/// What is left, or how much it is over by.
pub fn remaining(state: &AllowanceState) -> Cell {
    let figures = state.newest.as_ref().and_then(|newest| newest.figures.as_ref());
    let Some(figures) = figures else { return text("—") };
    if figures.remaining.is_sign_negative() && !figures.remaining.is_zero() {
        return noted(text(format!("0 {}", state.unit)), format!("over by {}", quantity(-figures.remaining)));
    }
    text(format!("{} {}", quantity(figures.remaining), state.unit))
}

fn outlook(state: &AllowanceState) -> Cell {
    let figures = state.newest.as_ref().and_then(|newest| newest.figures.as_ref());
    let Some(figures) = figures else { return text(NO_DATA) };
    if !figures.projected_overage.is_zero() {
        let words = format!("{} {} too many", quantity(figures.projected_overage), state.unit);
        let cost = figures.projected_overage_cost.map_or_else(|| "use will be blocked".to_owned(), |cost| format!("costs {}", money(cost)));
        return noted(text(words), cost);
    }
    let lost = figures.projected_unused_value.filter(|value| !value.is_zero());
    match lost {
        Some(value) => noted(text(format!("{} unused", money(value))), format!("{} {}", quantity(figures.projected_unused), state.unit)),
        None => text("Everything used"),
    }
}

fn coverage(coverage: &[Covered]) -> Grid {
    let row = |covered: &Covered| {
        vec![
            link(covered.name.clone(), routes::provider(&covered.id)),
            text(instant(covered.from)),
            text(covered.to.map_or_else(|| "now".to_owned(), instant)),
        ]
    };
    grid(&["Provider", "From", "To"], coverage.iter().map(row).collect())
}

/// A price in cells.
pub fn price_row(price: &PriceFact) -> Vec<Cell> {
    let amount = format!("{} {}", price.price.price().normalize(), price.price.currency());
    vec![
        text(price.model_id.clone()),
        text(price.meter.label()),
        noted(text(amount), format!("for {}", quantity(price.price.per()))),
        text(day(price.effective.from())),
        text(price.effective.until().map_or_else(|| "—".to_owned(), day)),
    ]
}

/// A form for one more price.
pub fn price_fields(currency: Option<Currency>, now: OffsetDateTime) -> Vec<FormField> {
    use FieldKind::{Date, Decimal, Text};
    let currency = currency.map(|currency| currency.to_string()).unwrap_or_default();
    vec![
        field(Text, "model_id", "Model", "", "As the provider names it, without the provider."),
        choice("meter", "What is priced", Meter::Input.as_str(), options!(Meter), ""),
        field(Decimal, "price", "Price", "", ""),
        field(Decimal, "per", "for how many", "1000000", ""),
        field(Text, "price_currency", "Currency", currency, ""),
        field(Date, "from", "From", now.date().to_string(), "In UTC. The price it takes the place of ends then."),
    ]
}

/// What was entered.
///
/// # Errors
/// With every field that cannot be read.
pub fn price_edit(fields: &Fields) -> Result<PriceEdit, AppError> {
    let mut reader = Reader::new(fields);
    let (price, per) = (reader.decimal("price"), reader.decimal("per"));
    let currency = reader.with("price_currency", Currency::parse);
    let (meter, from) = (reader.word("meter"), reader.date("from"));
    let (price, per) = (reader.needed("price", price), reader.needed("per", per));
    let (currency, from) = (reader.needed("price_currency", currency), reader.needed("from", from));
    let meter: Option<Meter> = reader.needed("meter", meter);
    let made = price.zip(per).zip(currency).map(|((price, per), currency)| UnitPrice::new(price, per, currency));
    let made = made.and_then(|made| made.map_err(|error| reader.wrong("price", error.to_string())).ok());
    let edit = made.zip(meter).zip(from).map(|((price, meter), from)| PriceEdit {
        model_id: reader.owned("model_id").unwrap_or_default(),
        meter,
        variant: None,
        price,
        from,
    });
    reader.done(edit)
}

fn version_row(contract: &Contract, now: OffsetDateTime) -> Vec<Cell> {
    let label = contract.status_label(contract.terms.time_zone.date(now));
    vec![
        link(contract.number.clone(), routes::contract(contract.id)),
        chip(label, contract.status().tone()),
        text(contract.terms.start_date.map_or_else(|| "—".to_owned(), day)),
    ]
}

/// What was done to something, newest first.
pub fn history(lines: &[AuditRecord]) -> Grid {
    let row = |line: &AuditRecord| {
        let words = Action::words(&line.action).to_owned();
        vec![text(instant(line.at)), text(line.actor_name.clone()), noted(text(words), line.detail.clone())]
    };
    grid(&["When", "Who", "What"], lines.iter().map(row).collect())
}

/// Contracts in a list, with the allowance of each that comes first.
pub fn contract_rows(rows: &[ContractRow], figures: &BTreeMap<ContractId, Vec<AllowanceState>>, now: OffsetDateTime) -> Grid {
    let row = |row: &ContractRow| {
        let contract = &row.contract;
        let covers: Vec<&str> = row.covers.iter().map(|covered| covered.name.as_str()).collect();
        vec![
            noted(link(contract.number.clone(), routes::contract(contract.id)), covers.join(" · ")),
            chip(contract.status_label(contract.terms.time_zone.date(now)), contract.status().tone()),
            text(amount_words(contract)),
            figures.get(&contract.id).and_then(|all| all.first()).map_or_else(|| text(NO_DATA), utilisation),
            text(contract.terms.renewal_date.or(contract.terms.end_date).map_or_else(|| "—".to_owned(), day)),
            text(row.open_items.len().to_string()),
        ]
    };
    grid(&["Contract", "State", "#Commitment", "Utilisation", "Next renewal", "#Items"], rows.iter().map(row).collect())
}

/// The commitment, or why there is none.
pub fn amount_words(contract: &Contract) -> String {
    let metered = contract.terms.contract_type == Some(vocab::finance::ContractType::Metered);
    let words = commitment(&contract.terms).or_else(|| metered.then(|| "metered".to_owned()));
    words.unwrap_or_else(|| "not known".to_owned())
}
