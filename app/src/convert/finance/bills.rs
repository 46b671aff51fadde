//! Bills.

use super::contract::history;
use super::fields::{choice, field, group, options};
use super::read::{Fields, Reader};
use super::words::{chip, day, grid, link, money, noted, quantity, text};
use crate::routes;
use crate::wire::{AppError, BillList, BillView, Cell, Fact, FieldKind, FormView, Grid};
use domain::finance::bill::{Bill, BillLine};
use domain::finance::{Currency, Money};
use rust_decimal::Decimal;
use services::finance::{BillEdit, BillPage, BillRow, LineEdit};
use time::Date;
use vocab::finance::{BillLineKind, BillStatus, FocusDataset};

/// The list, with the last month that is over for an export.
pub fn bill_list(rows: &[BillRow], today: Date) -> BillList {
    let next = today.replace_day(1).unwrap_or(today);
    let first = (next - time::Duration::DAY).replace_day(1).unwrap_or(next);
    BillList { bills: bill_grid(rows), months: (first.to_string(), next.to_string()), datasets: options!(FocusDataset) }
}

fn bill_grid(rows: &[BillRow]) -> Grid {
    let row = |row: &BillRow| {
        let bill = &row.bill;
        let due = noted(text(day(bill.due_date)), if row.is_overdue { "overdue" } else { "" });
        let contract = row.contract.as_ref().map_or_else(|| text("—"), |(id, number)| link(number.clone(), routes::contract(*id)));
        vec![
            noted(link(bill.number.clone(), routes::bill(bill.id)), bill.invoice_ref.clone().unwrap_or_default()),
            link(row.supplier.clone(), routes::supplier(bill.supplier_id)),
            contract,
            chip(bill.status().label(), bill.status().tone()),
            due,
            noted(text(money(row.total)), if bill.is_estimate { "estimate" } else { "" }),
        ]
    };
    grid(&["Bill", "Supplier", "Contract", "State", "Due", "#Total"], rows.iter().map(row).collect())
}

/// The page.
pub fn bill_view(page: &BillPage, may_manage: bool) -> BillView {
    let bill = &page.row.bill;
    let fact = |label: &str, value: Cell| Fact { label: label.to_owned(), value };
    let mut facts = vec![fact("Supplier", link(page.row.supplier.clone(), routes::supplier(bill.supplier_id)))];
    facts.extend(page.row.contract.as_ref().map(|(id, number)| fact("Contract", link(number.clone(), routes::contract(*id)))));
    facts.extend(bill.invoice_ref.clone().map(|number| fact("Vendor's invoice", text(number))));
    facts.push(fact("Issued", text(day(bill.issue_date))));
    facts.push(fact("Due", noted(text(day(bill.due_date)), if page.row.is_overdue { "overdue" } else { "" })));
    facts.extend(bill.notes.clone().map(|notes| fact("Notes", text(notes))));
    let total = |label: &str, amount| fact(label, text(money(amount)));
    let about = match (bill.status(), bill.is_estimate) {
        (BillStatus::Draft, true) => "An estimate: computed from use and prices. Enter the vendor's invoice before it is submitted.",
        (BillStatus::Draft, false) => {
            "An expectation from the contract, not the vendor's invoice. Purser submits, approves and pays nothing by itself."
        }
        _ => "",
    };
    BillView {
        id: bill.id,
        version: bill.version,
        number: bill.number.clone(),
        status: chip(bill.status().label(), bill.status().tone()),
        facts,
        lines: lines(&bill.lines),
        totals: vec![
            total("Subtotal", page.subtotal),
            total("Tax", page.tax),
            total("Total", page.row.total),
            total("Paid", page.paid),
            total("Still to be paid", page.row.due),
        ],
        about: about.to_owned(),
        review: (may_manage && bill.status() == BillStatus::Draft).then(|| review(bill)),
        steps: if may_manage { steps(bill.status()) } else { Vec::new() },
        history: history(&page.history),
    }
}

fn lines(lines: &[BillLine]) -> Grid {
    let row = |line: &BillLine| {
        let content = &line.content;
        let service = content.service.map(|period| format!("{} – {}", day(period.start()), day(period.last_day()))).unwrap_or_default();
        vec![
            noted(text(content.description.clone()), service),
            text(content.kind.label()),
            text(quantity(content.quantity)),
            text(unit_price(content.unit_price, content.net.currency())),
            noted(
                text(money(content.net)),
                if content.tax_rate.is_zero() {
                    "tax not confirmed".to_owned()
                } else {
                    format!("+ {} % tax", content.tax_rate.normalize())
                },
            ),
        ]
    };
    grid(&["What", "Kind", "#Quantity", "#Unit price", "#Net"], lines.iter().map(row).collect())
}

/// A price of whole cents as any amount; a finer one with all its digits.
fn unit_price(price: Decimal, currency: Currency) -> String {
    match Money::new(price, currency) {
        Ok(amount) if amount.to_minor().amount() == price => money(amount),
        _ => format!("{} {currency}", price.normalize()),
    }
}

fn steps(status: BillStatus) -> Vec<(String, String)> {
    let steps: &[(&str, &str)] = match status {
        BillStatus::Draft => &[("submit", "Submit for approval"), ("void", "Void")],
        BillStatus::AwaitingApproval => &[("approve", "Approve"), ("reject", "Send back"), ("void", "Void")],
        BillStatus::Approved | BillStatus::PartiallyPaid => &[("pay", "Note a payment"), ("void", "Void")],
        BillStatus::Void => &[("redraft", "Draft this period again")],
        BillStatus::Paid => &[],
    };
    steps.iter().map(|(step, words)| ((*step).to_owned(), (*words).to_owned())).collect()
}

fn review(bill: &Bill) -> FormView {
    use FieldKind::{Date, Decimal as Number, Hidden, Text};
    let invoice = field(Text, "invoice_ref", "Vendor's invoice number", bill.invoice_ref.clone().unwrap_or_default(), "");
    let mut groups = vec![group(
        "Vendor's invoice",
        "Enter what the vendor really billed. A difference that matters becomes a work item.",
        false,
        vec![invoice],
    )];
    let line_fields = |at: usize, id: String, kind: BillLineKind, description: String, net: String, tax: String| {
        let name = |field: &str| format!("lines.{at}.{field}");
        vec![
            field(Hidden, name("id"), "", id, ""),
            choice(name("kind"), "Kind", kind.as_str(), options!(BillLineKind), ""),
            field(Text, name("description"), "What for", description, "Empty it to leave the line out."),
            field(Number, name("net"), "Net", net, ""),
            field(Number, name("tax_rate"), "Tax %", tax, ""),
        ]
    };
    for (at, line) in bill.lines.iter().enumerate() {
        let content = &line.content;
        let (net, tax) = (content.net.to_minor().amount().to_string(), content.tax_rate.normalize().to_string());
        let fields = line_fields(at, line.id.to_string(), content.kind, content.description.clone(), net, tax);
        groups.push(group(&format!("Line {}", at + 1), "", false, fields));
    }
    let at = bill.lines.len();
    let mut more = line_fields(at, String::new(), BillLineKind::Adjustment, String::new(), String::new(), "0".to_owned());
    let days = "Only where it puts an earlier period right: the days of that period, and the day after the last.";
    more.push(field(Date, format!("lines.{at}.service_start"), "For days from", "", days));
    more.push(field(Date, format!("lines.{at}.service_end"), "Up to, and not including", "", ""));
    groups.push(group("Add a line", "", true, more));
    FormView { version: bill.version, changed_by: String::new(), groups }
}

/// The invoice as entered.
///
/// # Errors
/// With every field that cannot be read.
pub fn bill_edit(fields: &Fields) -> Result<BillEdit, AppError> {
    let mut reader = Reader::new(fields);
    let mut lines = Vec::new();
    for at in 0.. {
        let name = |field: &str| format!("lines.{at}.{field}");
        if !fields.contains_key(&name("description")) {
            break;
        }
        let Some(description) = reader.owned(&name("description")) else { continue };
        let net = reader.decimal(&name("net"));
        let tax_rate = reader.decimal(&name("tax_rate")).unwrap_or(Decimal::ZERO);
        let kind = reader.word(&name("kind")).unwrap_or(BillLineKind::Adjustment);
        let id = reader.text(&name("id")).and_then(|id| id.parse().ok());
        let service = reader.period(&name("service"));
        lines.extend(reader.needed(&name("net"), net).map(|net| LineEdit { id, kind, description, net, tax_rate, service }));
    }
    let edit = BillEdit { invoice_ref: reader.owned("invoice_ref").unwrap_or_default(), lines };
    reader.done(Some(edit))
}

/// Amount and day of a payment.
///
/// # Errors
/// When one of them lacks.
pub fn bill_step(fields: &Fields) -> Result<(Decimal, Date), AppError> {
    let mut reader = Reader::new(fields);
    let (amount, on) = (reader.decimal("amount"), reader.date("on"));
    let (amount, on) = (reader.needed("amount", amount), reader.needed("on", on));
    reader.done(amount.zip(on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_last_whole_month_is_offered_for_an_export() {
        for (today, months) in [
            (date!(2026 - 12 - 01), ("2026-11-01", "2026-12-01")),
            (date!(2027 - 01 - 31), ("2026-12-01", "2027-01-01")),
            (date!(2028 - 03 - 15), ("2028-02-01", "2028-03-01")),
        ] {
            let (from, to) = bill_list(&[], today).months;
            assert_eq!((from.as_str(), to.as_str()), months);
        }
    }

    #[test]
    fn a_price_of_whole_cents_is_money_and_a_finer_one_keeps_its_digits() {
        for (price, currency, words) in [("400", Currency::USD, "$400.00"), ("0.000007", Currency::USD, "0.000007 USD")] {
            assert_eq!(unit_price(price.parse().unwrap(), currency), words);
        }
    }
}
