//! FOCUS files made by the service from what it keeps: every kind of row it makes, the same bytes every time.

use crate::finance_world::*;
use crate::support::House;
use domain::finance::UnitPrice;
use domain::finance::contract::ContractTerms;
use domain::finance::focus::{Column, Profile, Sheet};
use domain::people::Caller;
use rust_decimal::Decimal;
use services::finance::{BillEdit, BillQuery, ExportQuery, LineEdit};
use time::macros::{date, datetime};
use vocab::finance::{BillLineKind, BillingPeriodKind, ContractType, FocusDataset, MetricKey};
use vocab::{AuthMethod, Role};

pub const NOVEMBER: ExportQuery = ExportQuery {
    from: date!(2026 - 11 - 01),
    to: date!(2026 - 12 - 01),
    profile: Profile::V1_2,
    dataset: FocusDataset::CostAndUsage,
    purchases_as_usage: false,
};

/// A plan with a counted allowance and overage, one without a published quantity, and a metered account with a minimum
/// spend; their November is over, drafted, and the invoice for metered use has come with tax and a credit.
pub async fn november(house: &House) -> Caller {
    let (_, chief) = active_metered_with_minimum(house).await;
    let owner = chief.actor.user_id().unwrap();
    for (provider, account) in [("codex", "openai:subscription"), ("anthropic-sub", "anthropic:subscription")] {
        seeded(house, provider, AuthMethod::OAuth).await;
        let plan = contract(house, account).await;
        let disclosed = provider == "codex";
        let terms = ContractTerms { allows_overage: disclosed, ..subscription(&plan, owner) };
        let plan = finance(house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
        let mut allowance = tokens();
        if disclosed {
            let five = UnitPrice::new(Decimal::from(5), Decimal::from(1_000_000), domain::finance::Currency::USD).unwrap();
            allowance.terms.overage = Some(five);
        } else {
            (allowance.terms.metric, allowance.terms.included, allowance.terms.unit) = (MetricKey::Undisclosed, None, "Messages".into());
        }
        let plan = finance(house).edit_allowances(&chief, plan.id, plan.version, vec![allowance]).await.unwrap();
        finance(house).activate_contract(&chief, plan.id, plan.version).await.unwrap();
    }
    let at = |day: u8| datetime!(2026-11-23 12:00 UTC).replace_day(day).unwrap();
    used(
        house,
        &[
            request("c1", "codex", at(24), 700_000),
            request("c2", "codex", at(25), 900_000),
            request("a1", "anthropic-sub", at(24), 5_000),
            request("m1", "openai", at(24), 1_234_567),
            request("m2", "openai", at(26), 11),
        ],
    )
    .await;
    until(house, datetime!(2026-12-01 03:00 UTC));
    finance(house).evaluate_due(house.environment.now()).await.unwrap();
    finance(house).draft_due_bills(house.environment.now()).await.unwrap();
    invoiced(house, &chief).await;
    chief
}

pub async fn active_metered_with_minimum(house: &House) -> (domain::finance::contract::Contract, Caller) {
    let (plan, chief) = (openai_by_key(house).await, person(house, Role::Finance).await);
    let supplier = house.ports.finance.supplier(plan.supplier_id).await.unwrap().unwrap();
    let details = domain::finance::supplier::SupplierDetails { name: "=HYPERLINK(\"http://evil\")".into(), ..supplier.details.clone() };
    finance(house).edit_supplier(&chief, supplier.id, supplier.version, details).await.unwrap();
    let terms = ContractTerms {
        contract_type: Some(ContractType::Metered),
        commitment_amount: None,
        minimum_spend: Some(Decimal::TEN),
        ..subscription(&plan, chief.actor.user_id().unwrap())
    };
    let plan = finance(house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
    (finance(house).activate_contract(&chief, plan.id, plan.version).await.unwrap(), chief)
}

/// The invoice for metered use: the draft's lines with tax, and a credit.
async fn invoiced(house: &House, chief: &Caller) {
    let all = finance(house).bills(chief, &BillQuery::default()).await.unwrap();
    let is_metered = |bill: &domain::finance::bill::Bill| bill.is_estimate && bill.source.unwrap().kind == BillingPeriodKind::Usage;
    let bill = all.into_iter().map(|row| row.bill).find(is_metered).unwrap();
    let tax_rate = Decimal::from(19);
    let mut lines: Vec<LineEdit> = bill
        .lines
        .iter()
        .map(|line| LineEdit {
            id: Some(line.id),
            kind: line.content.kind,
            description: line.content.description.clone(),
            net: line.content.net.amount(),
            tax_rate,
            service: None,
        })
        .collect();
    let credit = LineEdit {
        id: None,
        kind: BillLineKind::Credit,
        description: "Goodwill".into(),
        net: Decimal::from(-1),
        tax_rate: Decimal::ZERO,
        service: None,
    };
    lines.push(credit);
    let edit = BillEdit { invoice_ref: "INV-2026-11".into(), lines };
    finance(house).confirm_bill(chief, bill.id, bill.version, edit).await.unwrap();
}

fn kinds(csv: &str) -> Vec<(String, String)> {
    let sheet = Sheet::read(csv).unwrap();
    let (category, status) = (sheet.place(Column::ChargeCategory).unwrap(), sheet.place(Column::CommitmentDiscountStatus).unwrap());
    let mut kinds: Vec<_> = sheet.rows.iter().map(|row| (row[category].clone(), row[status].clone())).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

#[tokio::test]
async fn a_month_with_every_kind_of_row_is_the_same_file_every_time() {
    for house in House::each().await {
        let chief = november(&house).await;
        let file = finance(&house).export(&chief, &NOVEMBER).await.unwrap();
        let words: Vec<_> = kinds(&file.csv);
        for kind in [("Adjustment", ""), ("Credit", ""), ("Purchase", ""), ("Tax", ""), ("Usage", ""), ("Usage", "Used")] {
            assert!(words.contains(&(kind.0.into(), kind.1.into())), "{kind:?} in {words:?}");
        }
        assert!(file.csv.contains("beyond"), "overage");
        assert!(!file.csv.contains("\n=") && !file.csv.contains(",=") && !file.csv.contains("\"="), "no cell is a formula");
        assert!(file.metadata.contains("\"FocusVersion\": \"1.2\""));
        house.clock.advance(time::Duration::hours(5));
        assert_eq!(finance(&house).export(&chief, &NOVEMBER).await.unwrap().csv, file.csv, "the same bytes");
        let newest = finance(&house).export(&chief, &ExportQuery { profile: Profile::V1_4, ..NOVEMBER }).await.unwrap();
        assert_eq!(newest.rows, file.rows);
        let preset = finance(&house).export(&chief, &ExportQuery { purchases_as_usage: true, ..NOVEMBER }).await.unwrap();
        assert!(!preset.csv.contains("Purchase"));
        if let Ok(path) = std::env::var("PURSER_FOCUS_SAMPLE") {
            std::fs::write(path, &file.csv).unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_left_of_a_closed_allowance_is_a_row_and_an_open_one_has_none() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        used(&house, &[request("a", "codex", datetime!(2026-11-23 12:00 UTC), 333_333)]).await;
        let open = finance(&house).export(&chief, &NOVEMBER).await.unwrap();
        assert!(!open.csv.contains("Unused") && open.csv.contains(",true,"), "{}", open.csv);
        until(&house, datetime!(2026-12-01 03:00 UTC));
        finance(&house).evaluate_due(house.environment.now()).await.unwrap();
        let closed = finance(&house).export(&chief, &NOVEMBER).await.unwrap();
        assert!(kinds(&closed.csv).contains(&("Usage".into(), "Unused".into())), "{}", closed.csv);
    }
}

#[tokio::test]
async fn only_whole_months_and_only_for_who_may_see_finance() {
    for house in House::each().await {
        let (_, chief) = active_plan(&house).await;
        let half = ExportQuery { from: date!(2026 - 11 - 15), ..NOVEMBER };
        assert_eq!(wrong(finance(&house).export(&chief, &half).await), ["from"]);
        let backwards = ExportQuery { from: date!(2027 - 01 - 01), ..NOVEMBER };
        assert_eq!(wrong(finance(&house).export(&chief, &backwards).await), ["to"]);
        let long = ExportQuery { to: date!(2036 - 01 - 01), ..NOVEMBER };
        assert_eq!(wrong(finance(&house).export(&chief, &long).await), ["to"]);
        for role in [Role::Viewer, Role::Operator] {
            let nobody = person(&house, role).await;
            assert!(is_forbidden(&finance(&house).export(&nobody, &NOVEMBER).await));
        }
        let before = ExportQuery { from: date!(2025 - 01 - 01), to: date!(2025 - 02 - 01), ..NOVEMBER };
        assert_eq!(finance(&house).export(&chief, &before).await.unwrap().rows, 0);
    }
}
