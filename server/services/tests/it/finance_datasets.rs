//! The datasets of FOCUS 1.4 beside costs and use, made of what is kept; and corrections of earlier periods.

use crate::finance_export::{NOVEMBER, november};
use crate::finance_world::*;
use crate::support::House;
use domain::audit::AuditFilter;
use domain::finance::focus::{Column, Profile, Sheet};
use domain::finance::period::Period;
use domain::people::Caller;
use rust_decimal::Decimal;
use services::finance::{BillEdit, BillQuery, ExportQuery, LineEdit};
use std::collections::BTreeSet;
use time::macros::{date, datetime};
use vocab::finance::{BillLineKind, BillStatus, FocusDataset};
use vocab::{AuthMethod, Role};

const COMMITMENTS: ExportQuery = ExportQuery { profile: Profile::V1_4, dataset: FocusDataset::ContractCommitment, ..NOVEMBER };
const PERIODS: ExportQuery = ExportQuery { dataset: FocusDataset::BillingPeriod, ..COMMITMENTS };
const INVOICES: ExportQuery = ExportQuery { dataset: FocusDataset::InvoiceDetail, ..COMMITMENTS };

async fn sheet(house: &House, caller: &Caller, query: &ExportQuery) -> Sheet {
    Sheet::read(&finance(house).export(caller, query).await.unwrap().csv).unwrap()
}

/// Every value of a column.
fn column(sheet: &Sheet, name: &str) -> Vec<String> {
    let at = sheet.header.iter().position(|header| header == name).unwrap();
    sheet.rows.iter().map(|row| row[at].clone()).collect()
}

#[tokio::test]
async fn each_dataset_is_the_same_file_every_time_and_names_what_the_rows_name() {
    for house in House::each().await {
        let chief = november(&house).await;
        for query in [COMMITMENTS, PERIODS, INVOICES] {
            let first = finance(&house).export(&chief, &query).await.unwrap();
            assert!(first.rows > 0, "{query:?}");
            assert!(first.metadata.contains("\"FocusVersion\": \"1.4\"") && first.metadata.contains(query.dataset.as_str()));
            assert!(first.metadata.contains("DATETIME"), "columns have their types: {}", first.metadata);
            assert!(!first.csv.contains(",=") && !first.csv.contains("\n="), "no cell is a formula");
            house.clock.advance(time::Duration::hours(5));
            assert_eq!(finance(&house).export(&chief, &query).await.unwrap().csv, first.csv, "the same bytes");
        }
        let costs = sheet(&house, &chief, &ExportQuery { profile: Profile::V1_4, ..NOVEMBER }).await;
        let applied = column(&costs, "ContractApplied").into_iter().filter(|json| !json.is_empty());
        let applied: BTreeSet<(String, String)> = applied
            .map(|json| {
                let json: serde_json::Value = serde_json::from_str(&json).unwrap();
                let element = &json["Elements"][0];
                (element["ContractId"].as_str().unwrap().to_owned(), element["ContractCommitmentId"].as_str().unwrap().to_owned())
            })
            .collect();
        let commitments = sheet(&house, &chief, &COMMITMENTS).await;
        let known: BTreeSet<(String, String)> =
            column(&commitments, "ContractId").into_iter().zip(column(&commitments, "ContractCommitmentId")).collect();
        assert!(!applied.is_empty() && applied.is_subset(&known), "{applied:?} in {known:?}");
        let invoices: BTreeSet<String> = column(&sheet(&house, &chief, &INVOICES).await, "InvoiceId").into_iter().collect();
        let named: BTreeSet<String> = column(&costs, "InvoiceId").into_iter().collect();
        assert!(invoices.contains("INV-2026-11") && invoices.is_subset(&named), "{invoices:?} in {named:?}");
        let (starts, begun) = (column(&sheet(&house, &chief, &PERIODS).await, "BillingPeriodStart"), column(&costs, "BillingPeriodStart"));
        assert!(begun.iter().all(|start| starts.contains(start)));
    }
}

#[tokio::test]
async fn commitments_say_what_is_owed_for_what_and_where_it_stands() {
    for house in House::each().await {
        let chief = november(&house).await;
        let found = sheet(&house, &chief, &COMMITMENTS).await;
        let rows: Vec<_> = column(&found, "ContractCommitmentCategory")
            .into_iter()
            .zip(column(&found, "ContractCommitmentQuantity"))
            .zip(column(&found, "ContractCommitmentCost"))
            .map(|((category, quantity), cost)| (category, quantity, cost))
            .collect();
        let row = |category: &str, quantity: &str, cost: &str| (category.to_owned(), quantity.to_owned(), cost.to_owned());
        assert_eq!(rows.len(), 2, "a plan without a quantity commits to none: {rows:?}");
        assert!(rows.contains(&row("Usage", "1000000.0", "500.0")) && rows.contains(&row("Spend", "", "10.0")), "{rows:?}");
        assert_eq!(column(&found, "ContractCommitmentLifecycleStatus"), ["Active", "Active"]);
        // A draft that says enough is a proposal, and one that was ended is canceled.
        let plan = contract(&house, "openai:subscription").await;
        finance(&house).terminate_contract(&chief, plan.id, plan.version, None, "too dear").await.unwrap();
        seeded(&house, "xai", AuthMethod::DeviceCode).await;
        let draft = contract(&house, "xai:subscription").await;
        let terms = subscription(&draft, chief.actor.user_id().unwrap());
        let draft = finance(&house).edit_contract(&chief, draft.id, draft.version, terms).await.unwrap();
        finance(&house).edit_allowances(&chief, draft.id, draft.version, vec![tokens()]).await.unwrap();
        let mut states = column(&sheet(&house, &chief, &COMMITMENTS).await, "ContractCommitmentLifecycleStatus");
        states.sort();
        assert_eq!(states, ["Active", "Canceled", "Proposed"]);
    }
}

#[tokio::test]
async fn a_period_is_closed_when_its_figures_are_final_and_no_draft_waits() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        finance(&house).draft_due_bills(house.environment.now()).await.unwrap();
        let state = || async { column(&sheet(&house, &chief, &PERIODS).await, "BillingPeriodStatus") };
        assert_eq!(state().await, ["Open"]);
        until(&house, datetime!(2026-12-01 03:00 UTC));
        finance(&house).evaluate_due(house.environment.now()).await.unwrap();
        finance(&house).draft_due_bills(house.environment.now()).await.unwrap();
        assert_eq!(state().await, ["Open"], "a draft waits");
        let bills = finance(&house).bills(&chief, &BillQuery { status: Some(BillStatus::Draft), ..BillQuery::default() }).await.unwrap();
        let bill = bills.into_iter().map(|row| row.bill).find(|bill| bill.issue_date == date!(2026 - 11 - 01)).unwrap();
        let bill = finance(&house).submit_bill(&chief, bill.id, bill.version).await.unwrap();
        assert_eq!(state().await, ["Closed"]);
        let issued = sheet(&house, &chief, &INVOICES).await;
        assert_eq!(column(&issued, "InvoiceIssueStatus"), ["Issued"]);
        finance(&house).void_bill(&chief, bill.id, bill.version, "sent twice").await.unwrap();
        finance(&house).redraft_bill(&chief, bill.id).await.unwrap();
        let mut states = column(&sheet(&house, &chief, &INVOICES).await, "InvoiceIssueStatus");
        states.sort();
        assert_eq!(states, ["Open", "Voided"], "what was voided stays in the file");
        assert_eq!(state().await, ["Open"]);
    }
}

#[tokio::test]
async fn a_dataset_is_of_1_4_for_who_may_see_finance_and_leaves_a_line_in_the_log() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        let old = ExportQuery { profile: Profile::V1_2, ..INVOICES };
        assert_eq!(wrong(finance(&house).export(&chief, &old).await), ["version"]);
        for role in [Role::Viewer, Role::Operator] {
            let nobody = person(&house, role).await;
            for query in [COMMITMENTS, PERIODS, INVOICES] {
                assert!(is_forbidden(&finance(&house).export(&nobody, &query).await));
            }
        }
        let empty = ExportQuery { from: date!(2025 - 01 - 01), to: date!(2025 - 02 - 01), ..INVOICES };
        assert_eq!(finance(&house).export(&chief, &empty).await.unwrap().rows, 0);
        let log = house.ports.audit.page(&AuditFilter::default(), 20).await.unwrap();
        let said = log.iter().find(|line| line.action == "finance_export").unwrap();
        assert!(said.detail.contains("purser-focus-1.4-invoice-detail-2025-01-01-2025-01-31"), "{said:?}");
    }
}

/// December's fee as it is invoiced, with a line that puts November right.
async fn december_with_a_correction(house: &House, chief: &Caller) {
    until(house, datetime!(2026-12-01 03:00 UTC));
    finance(house).evaluate_due(house.environment.now()).await.unwrap();
    finance(house).draft_due_bills(house.environment.now()).await.unwrap();
    let bills = finance(house).bills(chief, &BillQuery::default()).await.unwrap();
    let bill = bills.into_iter().map(|row| row.bill).find(|bill| bill.issue_date == date!(2026 - 12 - 01)).unwrap();
    let line = |id, kind, description: &str, net: i64, service| LineEdit {
        id,
        kind,
        description: description.into(),
        net: net.into(),
        tax_rate: Decimal::ZERO,
        service,
    };
    let past = Period::new(date!(2026 - 11 - 01), date!(2026 - 12 - 01)).unwrap();
    let lines = vec![
        line(Some(bill.lines[0].id), BillLineKind::Commitment, "Plan", 500, None),
        line(None, BillLineKind::Adjustment, "Counted late in November", 7, Some(past)),
        line(None, BillLineKind::Commitment, "November was billed too high", -20, Some(past)),
    ];
    let edit = BillEdit { invoice_ref: "INV-12".into(), lines };
    finance(house).confirm_bill(chief, bill.id, bill.version, edit).await.unwrap();
}

#[tokio::test]
async fn a_line_for_an_earlier_period_is_a_correction_and_the_rows_of_that_period_stay() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        used(&house, &[request("a", "codex", datetime!(2026-11-24 12:00 UTC), 333_333)]).await;
        december_with_a_correction(&house, &chief).await;
        let before = finance(&house).export(&chief, &NOVEMBER).await.unwrap().csv;
        assert!(!before.contains("Correction"), "it stands on December's invoice");
        let december = ExportQuery { from: date!(2026 - 12 - 01), to: date!(2027 - 01 - 01), ..NOVEMBER };
        let found = sheet(&house, &chief, &december).await;
        let at = |column: Column| found.place(column).unwrap();
        let corrections: Vec<_> = found.rows.iter().filter(|row| row[at(Column::ChargeClass)] == "Correction").collect();
        let shown = |row: &&Vec<String>| {
            let cells =
                [Column::ChargeCategory, Column::BilledCost, Column::InvoiceId, Column::ChargePeriodStart, Column::BillingPeriodStart];
            cells.map(|column| row[at(column)].clone()).join(" ")
        };
        let mut shown: Vec<String> = corrections.iter().map(shown).collect();
        shown.sort();
        let expected = [
            "Adjustment 7.0 INV-12 2026-11-01T00:00:00Z 2026-12-01T00:00:00Z",
            "Purchase -20.0 INV-12 2026-11-01T00:00:00Z 2026-12-01T00:00:00Z",
        ];
        assert_eq!(shown, expected);
        let fee = found.rows.iter().find(|row| row[at(Column::ChargeCategory)] == "Purchase" && row[at(Column::ChargeClass)].is_empty());
        assert_eq!(fee.map(|row| row[at(Column::BilledCost)].as_str()), Some("500.0"), "December's own fee is not changed by it");
        assert_eq!(finance(&house).export(&chief, &NOVEMBER).await.unwrap().csv, before);
        let lines = sheet(&house, &chief, &ExportQuery { from: december.from, to: december.to, ..INVOICES }).await;
        assert_eq!(lines.rows.len(), 3);
    }
}
