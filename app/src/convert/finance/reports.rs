//! Vendors' figures.

use super::fields::{choice, field};
use super::read::{Fields, Reader};
use super::words::{day, noted, quantity, text};
use crate::wire::{AppError, Cell, ErrorCode, FieldKind, FormField};
use domain::finance::allowance::Allowance;
use domain::finance::contract::Contract;
use services::finance::{ReportEdit, ReportRow};
use time::{Date, OffsetDateTime};
use vocab::AllowanceId;

/// Each with the key it is taken back by.
pub fn report_rows(rows: &[ReportRow]) -> Vec<(String, Vec<Cell>)> {
    let row = |row: &ReportRow| {
        let report = &row.reported;
        let ours = row.ours.map_or_else(|| "only the vendor can count".to_owned(), |ours| format!("we counted {}", quantity(ours)));
        let by = row.entered_by.as_ref().map(|name| format!("entered by {name}"));
        let note = [Some(report.note.clone()).filter(|note| !note.is_empty()), by].into_iter().flatten().collect::<Vec<_>>();
        let cells = vec![
            text(format!("Through {}", day(report.date))),
            text(format!("{}: {} {}", row.allowance, quantity(report.quantity), row.unit)),
            noted(text(ours), note.join(" · ")),
        ];
        (format!("{}:{}", report.allowance_id, report.date), cells)
    };
    rows.iter().map(row).collect()
}

/// A form for one more; none before the contract was in force, or where nothing is counted.
pub fn report_fields(contract: &Contract, allowances: &[Allowance], now: OffsetDateTime) -> Vec<FormField> {
    use FieldKind::{Date as Day, Decimal, Text};
    let counted = allowances.iter().filter(|allowance| allowance.terms.is_disclosed());
    let counted: Vec<(String, String)> =
        counted.map(|allowance| (allowance.id.to_string(), format!("{} ({})", allowance.terms.name, allowance.terms.unit))).collect();
    let Some((first, _)) = counted.first().cloned().filter(|_| contract.standing.was_activated()) else { return Vec::new() };
    let yesterday = contract.terms.time_zone.date(now).previous_day().map(|day| day.to_string()).unwrap_or_default();
    vec![
        choice("allowance", "Allowance", first, counted, ""),
        field(Day, "date", "Through", yesterday, "The last day it counts; it must be over."),
        field(Decimal, "quantity", "Used", "", "Since its period began, as the vendor says."),
        field(Text, "note", "Where it was read", "", "For example the usage page."),
    ]
}

/// What was entered.
///
/// # Errors
/// With every field that cannot be read.
pub fn report_edit(fields: &Fields) -> Result<ReportEdit, AppError> {
    let mut reader = Reader::new(fields);
    let allowance = reader.with("allowance", |id| id.parse().map_err(|_| "choose one from the list"));
    let (date, quantity) = (reader.date("date"), reader.decimal("quantity"));
    let allowance: Option<AllowanceId> = reader.needed("allowance", allowance);
    let (date, quantity) = (reader.needed("date", date), reader.needed("quantity", quantity));
    let note = reader.owned("note").unwrap_or_default();
    let parts = allowance.zip(date).zip(quantity);
    reader.done(parts.map(|((allowance_id, date), quantity)| ReportEdit { allowance_id, date, quantity, note }))
}

/// Allowance and day of a key.
///
/// # Errors
/// For what no page of ours has sent.
pub fn report_key(key: &str) -> Result<(AllowanceId, Date), AppError> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let parts = key.split_once(':').and_then(|(id, day)| Some((id.parse().ok()?, Date::parse(day, format).ok()?)));
    parts.ok_or_else(|| AppError::new(ErrorCode::Protocol, "This page is older than the server. Reload it and try again."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_back_to_its_figure() {
        let id: AllowanceId = "00000000-0000-0000-0000-000000000000".parse().unwrap();
        assert_eq!(report_key(&format!("{id}:2026-11-25")).unwrap(), (id, time::macros::date!(2026 - 11 - 25)));
        assert!(report_key("x:2026-11-25").is_err() && report_key("").is_err());
    }

    #[test]
    fn what_lacks_is_named() {
        let wrong = report_edit(&Fields::from([("date".to_owned(), "soon".to_owned())])).unwrap_err();
        assert_eq!(wrong.field_errors.keys().collect::<Vec<_>>(), ["allowance", "date", "quantity"]);
    }
}
