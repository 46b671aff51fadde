//! Suppliers.

use super::contract::contract_rows;
use super::fields::{field, group, or_blank};
use super::items::item_rows;
use super::read::{Fields, Reader};
use super::words::{chip, counted, grid, link, noted, sums, text};
use crate::routes;
use crate::wire::{AppError, Fact, FieldKind, FormView, Grid, SupplierList, SupplierView, Tile};
use domain::finance::supplier::{Supplier, SupplierDetails};
use domain::finance::{Currency, Totals};
use services::finance::{AllowanceState, BillRow, ContractRow, SupplierPage, SupplierRow};
use std::collections::BTreeMap;
use vocab::ContractId;
use vocab::finance::{BillStatus, ContractStatus, SupplierStatus};

/// The list, with a form for a new one.
pub fn supplier_list(rows: Vec<SupplierRow>, may_manage: bool) -> SupplierList {
    let row = |row: SupplierRow| {
        let Supplier { id, number, details, status, .. } = row.supplier;
        vec![
            noted(link(details.name, routes::supplier(id)), number),
            chip(status.label(), status.tone()),
            text(if row.providers.is_empty() { "—".to_owned() } else { row.providers.join(", ") }),
            text(details.payment_terms.unwrap_or_else(|| "—".to_owned())),
            text(row.open_items.to_string()),
        ]
    };
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    SupplierList {
        suppliers: grid(&["Supplier", "State", "Paid for", "Terms", "#Open items"], rows),
        add: may_manage.then(|| form(0, &SupplierDetails { payment_terms: Some("Net 30".to_owned()), ..SupplierDetails::default() })),
    }
}

/// The page.
pub fn supplier_view(
    page: SupplierPage,
    bills: &[BillRow],
    figures: &BTreeMap<ContractId, Vec<AllowanceState>>,
    may_manage: bool,
    now: time::OffsetDateTime,
) -> SupplierView {
    let Supplier { id, number, details, status, version, .. } = page.supplier;
    let moves = SupplierStatus::ALL.iter().filter(|other| **other != status && may_manage);
    let providers = page.providers.iter().map(|linked| {
        let profile = &linked.profile;
        let settings = &profile.settings;
        vec![
            link(linked.name.clone(), routes::provider(&profile.provider_id)),
            chip(profile.status.label(), profile.status.tone()),
            text(profile.payee.account().map_or("—", |account| account.channel().label())),
            settings.billing_url.as_ref().map_or_else(|| text("—"), |url| link("Billing", url.to_string())),
            settings.usage_url.as_ref().map_or_else(|| text("—"), |url| link("Usage", url.to_string())),
            link("Settings", routes::provider_finance(&profile.provider_id)),
        ]
    });
    let providers: Vec<_> = providers.collect();
    SupplierView {
        id,
        status: chip(status.label(), status.tone()),
        facts: facts(&number, &details),
        tiles: tiles(&page.contracts, bills, page.open_items.len(), now),
        providers: (!providers.is_empty())
            .then(|| grid(&["Provider", "Finance status", "Channel", "Billing portal", "Usage portal", "Finance settings"], providers)),
        contracts: contract_rows(&page.contracts, figures, now),
        bills: bill_rows(bills),
        items: item_rows(page.open_items.iter()),
        edit: may_manage.then(|| form(version, &details)),
        moves: moves.map(|other| (other.as_str().to_owned(), move_words(*other).to_owned())).collect(),
        deletable: may_manage && Supplier::deletable(page.used).is_ok(),
        name: details.name,
    }
}

const fn move_words(to: SupplierStatus) -> &'static str {
    match to {
        SupplierStatus::Active => "Activate",
        SupplierStatus::Inactive => "Make inactive",
        SupplierStatus::Blocked => "Block: no bill is drafted",
    }
}

fn facts(number: &str, details: &SupplierDetails) -> Vec<Fact> {
    let fact = |label: &str, value: Option<String>| value.map(|value| Fact { label: label.to_owned(), value: text(value) });
    let aliases = (!details.aliases.is_empty()).then(|| details.aliases.join(", "));
    let facts = [
        fact("Number", Some(number.to_owned())),
        fact("Also known as", aliases),
        fact("Payment terms", details.payment_terms.clone()),
        fact("Usual currency", details.default_currency.map(|currency| currency.to_string())),
        fact("Contact", details.contact_name.clone()),
        fact("Email", details.email.clone()),
        fact("Phone", details.phone.clone()),
        fact("Tax number", details.tax_id.clone()),
        fact("Address", details.address.clone()),
        fact("Notes", details.notes.clone()),
    ];
    facts.into_iter().flatten().collect()
}

fn tiles(contracts: &[ContractRow], bills: &[BillRow], items: usize, now: time::OffsetDateTime) -> Vec<Tile> {
    let (mut committed, mut drafts) = (Totals::default(), Totals::default());
    for row in contracts {
        let today = row.contract.terms.time_zone.date(now);
        if let Some(amount) = row.contract.terms.monthly_equivalent().filter(|_| row.contract.in_force_on(today)) {
            // A sum that is too large for a figure is left out rather than wrong.
            let _ = committed.add(amount);
        }
    }
    for row in bills.iter().filter(|row| row.bill.status() == BillStatus::Draft) {
        let _ = drafts.add(row.total);
    }
    let active = contracts.iter().filter(|row| row.contract.status() == ContractStatus::Active).count();
    let figures = |totals: &Totals| totals.sums().map(super::words::money).collect::<Vec<_>>();
    let tile = |label: &str, figures: Vec<String>, note: String| Tile { label: label.to_owned(), figures, note };
    vec![
        tile("Committed, per month", figures(&committed), counted(active, "active contract", "active contracts")),
        tile("Draft bills", figures(&drafts), String::new()),
        tile("Open work items", vec![items.to_string()], String::new()),
    ]
}

/// Bills of one supplier or contract.
pub fn bill_rows(bills: &[BillRow]) -> Grid {
    let row = |row: &BillRow| {
        let bill = &row.bill;
        vec![
            noted(link(bill.number.clone(), routes::bill(bill.id)), bill.invoice_ref.clone().unwrap_or_default()),
            chip(bill.status().label(), bill.status().tone()),
            text(super::words::day(bill.due_date)),
            noted(text(sums([row.total]).unwrap_or_default()), if bill.is_estimate { "estimate" } else { "" }),
        ]
    };
    grid(&["Bill", "State", "Due", "#Total"], bills.iter().map(row).collect())
}

fn form(version: i64, details: &SupplierDetails) -> FormView {
    use FieldKind::{Area, Text};
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    let names = details.aliases.join("\n");
    let billing = vec![
        field(Text, "name", "Legal name", details.name.clone(), ""),
        field(Text, "payment_terms", "Payment terms", own(&details.payment_terms), "For example Net 30."),
        field(Text, "default_currency", "Usual currency", or_blank(details.default_currency), "Three letters, for example EUR."),
        field(Area, "aliases", "Also known as", names, "One name a line. Purser recognises the supplier by them."),
    ];
    let contact = vec![
        field(Text, "contact_name", "Contact", own(&details.contact_name), ""),
        field(Text, "email", "Email", own(&details.email), ""),
        field(Text, "phone", "Phone", own(&details.phone), ""),
        field(Text, "tax_id", "Tax number", own(&details.tax_id), ""),
        field(Area, "address", "Address", own(&details.address), ""),
        field(Area, "notes", "Notes", own(&details.notes), "No bank details: Purser pays nobody."),
    ];
    FormView { version, changed_by: String::new(), groups: vec![group("", "", false, billing), group("Contact", "", true, contact)] }
}

/// What was entered.
///
/// # Errors
/// For an unknown currency.
pub fn supplier_details(fields: &Fields) -> Result<SupplierDetails, AppError> {
    let mut reader = Reader::new(fields);
    let aliases = reader.text("aliases").unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    let details = SupplierDetails {
        name: reader.owned("name").unwrap_or_default(),
        aliases: aliases.map(str::to_owned).collect(),
        contact_name: reader.owned("contact_name"),
        email: reader.owned("email"),
        phone: reader.owned("phone"),
        address: reader.owned("address"),
        tax_id: reader.owned("tax_id"),
        payment_terms: reader.owned("payment_terms"),
        default_currency: reader.with("default_currency", Currency::parse),
        notes: reader.owned("notes"),
    };
    reader.done(Some(details))
}
