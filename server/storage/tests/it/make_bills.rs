//! Bills and a day's figures to test with, every column filled.

use crate::make::{NOW, id, later};
use crate::make_finance::dec;
use domain::finance::bill::{Bill, BillLine, BillState, BillingPeriod, LineContent, PeriodState, SourceKey};
use domain::finance::contract::{Contract, Stamp};
use domain::finance::evaluation::{Evaluation, Figures, Note, Snapshot, Subject};
use domain::finance::period::Period;
use domain::finance::{Currency, Money};
use time::macros::date;
use vocab::finance::{BillLineKind, BillingPeriodKind, Confidence, UsageSource};
use vocab::{AllowanceId, BillId, BillLineId, SnapshotId, UserId};

fn usd(text: &str) -> Money {
    Money::new(dec(text), Currency::USD).unwrap()
}

fn november() -> Period {
    Period::new(date!(2026 - 11 - 01), date!(2026 - 12 - 01)).unwrap()
}

/// Final with every figure, or open without any.
pub fn snapshot(n: u128, plan: &Contract, is_final: bool) -> Snapshot {
    let some = |text: &str| Some(dec(text));
    let figures = Figures {
        utilization_pct: some("10.5000"),
        remaining: dec("-1.000001"),
        projected: dec("932142.857143"),
        projected_utilization_pct: some("93.2143"),
        pace: some("0.9321"),
        days_to_exhaustion: some("31.1111"),
        projected_unused: dec("0.5"),
        projected_unused_value: Some(usd("33.9286")),
        projected_overage: dec("0"),
        projected_overage_cost: Some(usd("0")),
        overage: dec("1.000001"),
        overage_cost: Some(usd("0.0001")),
        realized_unused_value: Some(usd("25.0000")),
    };
    let correction = Note::Correction { recorded: dec("1"), found: dec("2.5"), on: date!(2026 - 12 - 02) };
    Snapshot {
        id: SnapshotId::new(id(n)),
        evaluation: Evaluation {
            contract_id: plan.id,
            subject: if is_final { Subject::Allowance(AllowanceId::new(id(7))) } else { Subject::Contract },
            date: if is_final { date!(2026 - 11 - 30) } else { date!(2026 - 11 - 29) },
            period: november(),
            days_elapsed: if is_final { 30 } else { 29 },
            days_in_period: 30,
            source: UsageSource::InternalObserved,
            confidence: Confidence::Medium,
            consumed: dec("123456789012345.123456"),
            included: is_final.then(|| dec("1000000")),
            figures: is_final.then_some(figures),
            currency: Currency::USD,
            usage_cost_estimate: is_final.then(|| Money::new(dec("1.2345"), Currency::parse("JPY").unwrap()).unwrap()),
            input_hash: "ab".repeat(32),
            is_final,
        },
        revision: 3,
        notes: if is_final { vec![Note::Fell { before: dec("3"), after: dec("2") }, correction] } else { Vec::new() },
    }
}

/// Six bills of a contract, `BILL-2026-000001` and on.
pub fn bills_in_every_state(plan: &Contract) -> Vec<Bill> {
    let by = Some(UserId::new(id(9)));
    let stamp = Stamp { at: later(3), by };
    let states = [
        BillState::Draft { returned: Some("wrong month".into()) },
        BillState::AwaitingApproval { submitted: Stamp { at: NOW, by: None } },
        BillState::Approved { approved: stamp },
        BillState::PartiallyPaid { approved: stamp, paid: usd("1.50") },
        BillState::Paid { approved: stamp, paid: usd("11.90"), on: date!(2026 - 12 - 05) },
        BillState::Void { voided: stamp, reason: "sent twice".into() },
    ];
    (1..).zip(states).map(|(n, state)| bill(n, plan, state)).collect()
}

fn bill(n: u32, plan: &Contract, state: BillState) -> Bill {
    let content = LineContent::fixed(BillLineKind::Commitment, "Plan, \"Team\"".into(), usd("10.00"), november()).taxed(dec("19")).unwrap();
    let full = LineContent { account_code: Some("6810".into()), allowance_id: Some(AllowanceId::new(id(7))), ..content.clone() };
    let bare = LineContent { service: None, kind: BillLineKind::Credit, net: usd("0.00"), tax: usd("0.00"), ..content };
    let line = |m: u32, content| BillLine { id: BillLineId::new(id(u128::from(n * 10 + m))), content };
    Bill {
        id: BillId::new(id(100 + u128::from(n))),
        number: Bill::number(2026, n.into()),
        supplier_id: plan.supplier_id,
        state,
        invoice_ref: Some("INV-1".into()),
        source: Some(source(plan, n)),
        issue_date: date!(2026 - 11 - 01),
        due_date: date!(2026 - 12 - 01),
        currency: Currency::USD,
        lines: vec![line(1, full), line(2, bare)],
        is_estimate: true,
        notes: Some("Tax not confirmed.".into()),
        created_by: Some(UserId::new(id(9))),
        version: 4,
    }
}

fn source(plan: &Contract, revision: u32) -> SourceKey {
    SourceKey { contract_id: plan.id, period_start: date!(2026 - 11 - 01), kind: BillingPeriodKind::Usage, revision }
}

/// The period of a bill.
pub fn billing_period(bill: &Bill, state: PeriodState) -> BillingPeriod {
    BillingPeriod { key: bill.source.unwrap(), period: november(), state }
}
