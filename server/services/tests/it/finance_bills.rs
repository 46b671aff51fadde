//! Bills: drafted once, whatever becomes of them; reviewed by people; nothing is paid by Purser.

use crate::finance_world::*;
use crate::support::House;
use domain::finance::bill::Bill;
use domain::people::Caller;
use rust_decimal::Decimal;
use services::ServiceError;
use services::finance::{BillEdit, BillQuery, BillingRun, LineEdit};
use time::macros::{date, datetime};
use vocab::Role;
use vocab::finance::{BillLineKind, BillStatus, SupplierStatus, WorkItemType};

async fn draft(house: &House) -> BillingRun {
    finance(house).draft_due_bills(house.environment.now()).await.unwrap()
}

const fn run(drafted: u32, skipped: u32) -> BillingRun {
    BillingRun { drafted, skipped, failed: Vec::new() }
}

async fn bills(house: &House, chief: &Caller) -> Vec<Bill> {
    let rows = finance(house).bills(chief, &BillQuery::default()).await.unwrap();
    rows.into_iter().map(|row| row.bill).collect()
}

/// The vendor's invoice for what was drafted, with other amounts if given.
fn invoice(bill: &Bill, net: Option<i64>) -> BillEdit {
    let line = |line: &domain::finance::bill::BillLine| LineEdit {
        id: Some(line.id),
        kind: line.content.kind,
        description: line.content.description.clone(),
        net: net.map_or(line.content.net.amount(), Decimal::from),
        tax_rate: Decimal::from(19),
        service: None,
    };
    BillEdit { invoice_ref: "INV-7".into(), lines: bill.lines.iter().map(line).collect() }
}

#[tokio::test]
async fn a_period_is_drafted_once_whatever_becomes_of_its_bill() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        assert_eq!(draft(&house).await, run(1, 0));
        assert_eq!(draft(&house).await, run(0, 0));
        let bill = bills(&house, &chief).await.remove(0);
        assert_eq!((bill.number.as_str(), bill.total().unwrap().to_string().as_str()), ("BILL-2026-000001", "500.00 USD"));
        assert_eq!((bill.issue_date, bill.due_date), (date!(2026 - 11 - 01), date!(2026 - 12 - 01)));
        let early = finance(&house).approve_bill(&chief, bill.id, bill.version).await;
        assert!(matches!(early, Err(ServiceError::Refused(_))), "{early:?}");
        let bill = finance(&house).confirm_bill(&chief, bill.id, bill.version, invoice(&bill, None)).await.unwrap();
        assert_eq!(bill.total().unwrap().to_string(), "595.00 USD");
        let bill = finance(&house).submit_bill(&chief, bill.id, bill.version).await.unwrap();
        assert_eq!(draft(&house).await, run(0, 0), "submitted");
        let bill = finance(&house).approve_bill(&chief, bill.id, bill.version).await.unwrap();
        assert_eq!(draft(&house).await, run(0, 0), "approved");
        let part = finance(&house).pay_bill(&chief, bill.id, bill.version, Decimal::from(95), date!(2026 - 11 - 23)).await.unwrap();
        let paid = finance(&house).pay_bill(&chief, bill.id, part.version, Decimal::from(500), date!(2026 - 11 - 24)).await.unwrap();
        assert_eq!(paid.status(), BillStatus::Paid);
        assert_eq!(draft(&house).await, run(0, 0), "paid");
        let page = finance(&house).bill(&chief, bill.id).await.unwrap();
        assert_eq!((page.paid.to_string(), page.row.due.to_string()), ("595.00 USD".into(), "0.00 USD".into()));
        assert_eq!(page.history.len(), 6);
    }
}

#[tokio::test]
async fn a_voided_bill_is_replaced_only_when_somebody_asks() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        draft(&house).await;
        let bill = bills(&house, &chief).await.remove(0);
        let stands = finance(&house).redraft_bill(&chief, bill.id).await;
        assert!(matches!(stands, Err(ServiceError::Refused(_))), "{stands:?}");
        assert_eq!(wrong(finance(&house).void_bill(&chief, bill.id, bill.version, " ").await), ["reason"]);
        finance(&house).void_bill(&chief, bill.id, bill.version, "sent twice").await.unwrap();
        assert_eq!(draft(&house).await, run(0, 0));
        let again = finance(&house).redraft_bill(&chief, bill.id).await.unwrap();
        assert_eq!((again.number.as_str(), again.source.unwrap().revision), ("BILL-2026-000002", 2));
        assert_eq!(again.created_by, chief.actor.user_id());
        assert!(finance(&house).redraft_bill(&chief, bill.id).await.is_err());
    }
}

#[tokio::test]
async fn a_blocked_supplier_gets_no_bill_until_it_is_cleared() {
    for house in House::each().await {
        let (plan, chief) = active_plan(&house).await;
        let supplier = house.ports.finance.supplier(plan.supplier_id).await.unwrap().unwrap();
        let status =
            |status| finance(&house).set_supplier_status(&chief, supplier.id, i64::from(status != SupplierStatus::Blocked), status);
        status(SupplierStatus::Blocked).await.unwrap();
        assert_eq!(draft(&house).await, run(0, 1));
        assert_eq!(draft(&house).await, run(0, 0), "said once");
        assert_eq!(open(&house, WorkItemType::BillBlocked).await.len(), 1);
        status(SupplierStatus::Active).await.unwrap();
        assert_eq!(draft(&house).await, run(1, 0));
        assert_eq!(open(&house, WorkItemType::BillBlocked).await.len(), 0, "closed by itself");
    }
}

#[tokio::test]
async fn fourteen_missed_months_are_drafted_in_order_and_in_steps() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        until(&house, datetime!(2027-12-05 10:00 UTC));
        assert_eq!(draft(&house).await, run(12, 0));
        assert_eq!(draft(&house).await, run(2, 0));
        assert_eq!(draft(&house).await, run(0, 0));
        let all = bills(&house, &chief).await;
        let issued: Vec<_> = all.iter().rev().map(|bill| (bill.number.clone(), bill.issue_date)).collect();
        assert_eq!(issued[0], ("BILL-2026-000001".to_owned(), date!(2026 - 11 - 01)));
        assert_eq!(issued[13], ("BILL-2027-000014".to_owned(), date!(2027 - 12 - 01)));
    }
}

#[tokio::test]
async fn metered_use_is_drafted_as_an_estimate_once_it_is_final() {
    for house in House::each().await {
        let (_, chief) = active_metered(&house).await;
        used(&house, &[request("a", "openai", datetime!(2026-11-23 11:00 UTC), 1_234_567)]).await;
        until(&house, datetime!(2026-12-01 01:00 UTC));
        assert_eq!(draft(&house).await, run(0, 0), "not final yet");
        until(&house, datetime!(2026-12-01 03:00 UTC));
        finance(&house).evaluate_due(house.environment.now()).await.unwrap();
        assert_eq!(draft(&house).await, run(1, 0));
        let bill = bills(&house, &chief).await.remove(0);
        assert_eq!((bill.total().unwrap().to_string(), bill.is_estimate), ("2.47 USD".to_owned(), true));
        let refused = finance(&house).submit_bill(&chief, bill.id, bill.version).await;
        assert!(matches!(refused, Err(ServiceError::Refused(_))), "an estimate is no invoice: {refused:?}");
        finance(&house).confirm_bill(&chief, bill.id, bill.version, invoice(&bill, Some(9))).await.unwrap();
        assert_eq!(open(&house, WorkItemType::ReconciliationReview).await.len(), 1);
    }
}

#[tokio::test]
async fn a_month_without_use_is_passed_over_and_nobody_is_told() {
    for house in House::each().await {
        active_metered(&house).await;
        until(&house, datetime!(2026-12-01 03:00 UTC));
        finance(&house).evaluate_due(house.environment.now()).await.unwrap();
        assert_eq!(draft(&house).await, run(0, 1));
        assert_eq!(draft(&house).await, run(0, 0));
        assert_eq!(open(&house, WorkItemType::BillBlocked).await.len(), 0);
    }
}

#[tokio::test]
async fn somebody_else_approves_as_soon_as_there_is_somebody_else() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        let other = person(&house, Role::Finance).await;
        draft(&house).await;
        let bill = bills(&house, &chief).await.remove(0);
        let bill = finance(&house).submit_bill(&chief, bill.id, bill.version).await.unwrap();
        let own = finance(&house).approve_bill(&chief, bill.id, bill.version).await;
        assert!(matches!(own, Err(ServiceError::Refused(_))), "{own:?}");
        let back = finance(&house).reject_bill(&other, bill.id, bill.version, "wrong month").await.unwrap();
        let bill = finance(&house).submit_bill(&chief, bill.id, back.version).await.unwrap();
        finance(&house).approve_bill(&other, bill.id, bill.version).await.unwrap();
    }
}

#[tokio::test]
async fn wrong_lines_stale_versions_and_strangers_are_refused() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        draft(&house).await;
        let bill = bills(&house, &chief).await.remove(0);
        let mut bad = invoice(&bill, None);
        bad.invoice_ref = " ".into();
        assert_eq!(wrong(finance(&house).confirm_bill(&chief, bill.id, bill.version, bad.clone()).await), ["invoice_ref"]);
        bad.lines[0] =
            LineEdit { net: "1.001".parse().unwrap(), tax_rate: Decimal::from(500), kind: BillLineKind::Credit, ..bad.lines[0].clone() };
        assert_eq!(wrong(finance(&house).confirm_bill(&chief, bill.id, bill.version, bad).await), ["lines.0.net"]);
        let none = BillEdit { invoice_ref: "x".into(), lines: Vec::new() };
        assert_eq!(wrong(finance(&house).confirm_bill(&chief, bill.id, bill.version, none).await), ["lines"]);
        let stale = finance(&house).submit_bill(&chief, bill.id, bill.version + 1).await;
        assert!(matches!(stale, Err(ServiceError::Conflict(_))), "{stale:?}");
        for role in [Role::Viewer, Role::Operator] {
            let nobody = person(&house, role).await;
            assert!(is_forbidden(&finance(&house).bills(&nobody, &BillQuery::default()).await));
            assert!(is_forbidden(&finance(&house).bill(&nobody, bill.id).await));
            assert!(is_forbidden(&finance(&house).submit_bill(&nobody, bill.id, 0).await));
            assert!(is_forbidden(&finance(&house).confirm_bill(&nobody, bill.id, 0, invoice(&bill, None)).await));
            assert!(is_forbidden(&finance(&house).redraft_bill(&nobody, bill.id).await));
            assert!(is_forbidden(&finance(&house).spend(&nobody, 30, house.environment.now()).await));
            assert!(is_forbidden(&finance(&house).spend_card(&nobody, house.environment.now()).await));
            assert!(is_forbidden(&finance(&house).jobs(&nobody).await));
            assert!(is_forbidden(&finance(&house).run_job(&nobody, vocab::finance::FinanceJob::Evaluation, None).await));
        }
    }
}

#[tokio::test]
async fn jobs_keep_a_record_and_run_when_they_are_due() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        let job = vocab::finance::FinanceJob::DraftBills;
        let row = || async { finance(&house).jobs(&chief).await.unwrap().into_iter().find(|row| row.job == job).unwrap() };
        assert_eq!((row().await.last_run, row().await.next_run), (None, None));
        finance(&house).run_due(job).await.unwrap();
        let first = row().await;
        assert_eq!((first.succeeded, first.is_running), (Some(true), false));
        assert!(first.next_run > first.last_run);
        finance(&house).run_due(job).await.unwrap();
        assert_eq!(row().await, first, "not due");
        let again = finance(&house).run_job(&chief, job, Some(datetime!(2027-01-02 03:00 UTC))).await.unwrap();
        assert!(again.last_run > first.last_run);
        assert!(again.result.unwrap().contains("bill"), "says what it did");
        let elsewhere = services::ports::LeaseOwner("somebody".into());
        house.ports.installation.take_lease("finance-job:draft_bills", &elsewhere, std::time::Duration::from_mins(1)).await.unwrap();
        let busy = finance(&house).run_job(&chief, job, None).await;
        assert!(matches!(busy, Err(ServiceError::Refused(_))), "{busy:?}");
    }
}

#[tokio::test]
async fn an_anchor_on_the_31st_bills_on_the_last_days_and_comes_back() {
    for house in House::each().await {
        seeded(&house, "codex", vocab::AuthMethod::OAuth).await;
        let (plan, chief) = (contract(&house, "openai:subscription").await, person(&house, Role::Finance).await);
        let start = Some(date!(2026 - 10 - 31));
        let terms = domain::finance::contract::ContractTerms { start_date: start, ..subscription(&plan, chief.actor.user_id().unwrap()) };
        let save = services::finance::ContractSave { terms, allowances: vec![tokens()], activate: true };
        finance(&house).save_contract(&chief, plan.id, plan.version, save).await.unwrap();
        until(&house, datetime!(2027-05-01 10:00 UTC));
        draft(&house).await;
        let mut issued: Vec<_> = bills(&house, &chief).await.into_iter().map(|bill| bill.issue_date).collect();
        issued.sort();
        let expected = [
            date!(2026 - 10 - 31),
            date!(2026 - 11 - 30),
            date!(2026 - 12 - 31),
            date!(2027 - 01 - 31),
            date!(2027 - 02 - 28),
            date!(2027 - 03 - 31),
            date!(2027 - 04 - 30),
        ];
        assert_eq!(issued, expected);
    }
}
