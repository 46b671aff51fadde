//! A bill's way from draft to paid, and every step it may not take.

use super::*;
use crate::finance::contract::Stamp;
use crate::finance::evaluation::Judgement;
use crate::finance::fixtures::money;
use crate::finance::period::Period;
use time::macros::{date, datetime};
use uuid::Uuid;
use vocab::BillLineId;
use vocab::finance::{BillLineKind, Severity};

fn person(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn stamp(by: u128) -> Stamp {
    Stamp { at: datetime!(2026-05-02 09:00 UTC), by: Some(person(by)) }
}

fn approver(by: u128, activated_by: Option<UserId>, separates_duties: bool) -> Approver {
    Approver { stamp: stamp(by), activated_by, separates_duties }
}

fn line(amount: &str) -> BillLine {
    let service = Period::new(date!(2026 - 04 - 01), date!(2026 - 05 - 01)).unwrap();
    let content = LineContent::fixed(BillLineKind::Commitment, "Plan".into(), money(amount), service);
    BillLine { id: BillLineId::new(Uuid::nil()), content: content.taxed(rust_decimal::Decimal::TEN).unwrap() }
}

fn draft(amount: &str) -> Bill {
    Bill {
        id: BillId::new(Uuid::nil()),
        number: Bill::number(2026, 42),
        supplier_id: SupplierId::new(Uuid::nil()),
        state: BillState::Draft { returned: None },
        invoice_ref: None,
        source: None,
        issue_date: date!(2026 - 05 - 01),
        due_date: date!(2026 - 05 - 31),
        currency: "USD".parse().unwrap(),
        lines: vec![line(amount)],
        is_estimate: false,
        notes: None,
        created_by: None,
        version: 0,
    }
}

fn approved() -> Bill {
    draft("100 USD").submit(stamp(1)).unwrap().approve(approver(2, None, true)).unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, BillRefused>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_bill_is_submitted_approved_and_paid_in_parts() {
    let bill = approved();
    assert_eq!(bill.number, "BILL-2026-000042");
    assert_eq!(bill.total().unwrap().to_string(), "110.00 USD");
    let bill = bill.pay(money("10 USD"), date!(2026 - 05 - 20)).unwrap();
    assert_eq!((bill.status(), bill.amount_due().unwrap().to_string()), (BillStatus::PartiallyPaid, "100.00 USD".to_owned()));
    assert_eq!(code(bill.clone().pay(money("100.01 USD"), date!(2026 - 05 - 21))), "bad_payment");
    let bill = bill.pay(money("100 USD"), date!(2026 - 05 - 21)).unwrap();
    assert_eq!((bill.status(), bill.amount_paid().to_string()), (BillStatus::Paid, "110.00 USD".to_owned()));
    assert!(bill.amount_due().unwrap().is_zero());
    assert_eq!(bill.version, 4);
}

#[test]
fn payments_are_positive_and_in_the_bills_currency() {
    for bad in ["0 USD", "-1 USD"] {
        assert_eq!(code(approved().pay(money(bad), date!(2026 - 05 - 20))), "bad_payment");
    }
    assert_eq!(code(approved().pay(money("1 EUR"), date!(2026 - 05 - 20))), "mixed_currencies");
}

#[test]
fn steps_out_of_order_are_refused() {
    assert_eq!(code(draft("1 USD").approve(approver(2, None, false))), "wrong_status");
    assert_eq!(code(draft("1 USD").pay(money("1 USD"), date!(2026 - 05 - 20))), "wrong_status");
    assert_eq!(code(draft("1 USD").reject("no")), "wrong_status");
    assert_eq!(code(approved().submit(stamp(1))), "wrong_status");
    assert_eq!(code(approved().confirm("INV-1", vec![])), "wrong_status");
    let paid = approved().pay(money("110 USD"), date!(2026 - 05 - 20)).unwrap();
    assert_eq!(code(paid.clone().void("mistake", stamp(1))), "wrong_status");
    assert_eq!(code(paid.pay(money("1 USD"), date!(2026 - 05 - 20))), "wrong_status");
    assert_eq!(draft("1 USD").at_version(1), Err(BillRefused::Stale));
}

#[test]
fn a_rejected_bill_is_a_draft_again_and_a_void_one_is_nothing() {
    let submitted = draft("100 USD").submit(stamp(1)).unwrap();
    assert_eq!(code(submitted.clone().reject(" ")), "bad_reason");
    let returned = submitted.reject("wrong month").unwrap();
    assert_eq!(returned.state, BillState::Draft { returned: Some("wrong month".into()) });
    let void = approved().void("double", stamp(1)).unwrap();
    assert_eq!(void.status(), BillStatus::Void);
    assert!(void.amount_due().unwrap().is_zero());
    assert_eq!(code(void.void("again", stamp(1))), "wrong_status");
}

#[test]
fn who_is_involved_does_not_approve() {
    let submitted = || draft("100 USD").submit(stamp(1)).unwrap();
    assert_eq!(code(submitted().approve(approver(1, None, true))), "same_person");
    assert_eq!(code(submitted().approve(approver(3, Some(person(3)), true))), "same_person");
    let entered = Bill { created_by: Some(person(4)), ..submitted() };
    assert_eq!(code(entered.approve(approver(4, None, true))), "same_person");
    assert!(submitted().approve(approver(1, Some(person(1)), false)).is_ok(), "where duties are not separated");
    assert!(submitted().approve(approver(2, Some(person(1)), true)).is_ok());
}

#[test]
fn an_estimate_waits_for_the_invoice() {
    let estimate = Bill { is_estimate: true, ..draft("100 USD") };
    assert_eq!(code(estimate.clone().submit(stamp(1))), "invoice_missing");
    assert_eq!(code(estimate.clone().confirm("  ", vec![])), "bad_invoice_ref");
    let (confirmed, variance) = estimate.confirm(" INV-7 ", vec![line("108 USD")]).unwrap();
    assert_eq!((confirmed.invoice_ref.as_deref(), confirmed.total().unwrap().to_string()), (Some("INV-7"), "118.80 USD".to_owned()));
    assert_eq!(variance.signal().judgement, Judgement::Raise(Severity::Medium));
    assert!(confirmed.submit(stamp(1)).is_ok());
}

#[test]
fn a_line_that_states_tax_is_tax() {
    let mut bill = draft("100 USD");
    let mut stated = line("19 USD");
    stated.content.kind = BillLineKind::Tax;
    stated.content.tax = money("0 USD");
    bill.lines.push(stated);
    let shown = |amount: Result<Money, MoneyError>| amount.unwrap().to_string();
    assert_eq!([shown(bill.subtotal()), shown(bill.tax()), shown(bill.total())], ["100.00 USD", "29.00 USD", "129.00 USD"]);
}

#[test]
fn nothing_to_pay_is_not_submitted() {
    assert_eq!(code(draft("0 USD").submit(stamp(1))), "nothing_to_pay");
    assert_eq!(code(draft("-5 USD").submit(stamp(1))), "nothing_to_pay");
    let mixed = Bill { lines: vec![line("1 USD"), line("1 EUR")], ..draft("1 USD") };
    assert_eq!(code(mixed.submit(stamp(1))), "mixed_currencies");
}
