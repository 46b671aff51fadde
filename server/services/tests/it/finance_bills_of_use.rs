//! Bills of what was used: metered, beyond an allowance, up to a minimum; and use that nobody can price yet.

use crate::finance_export::active_metered_with_minimum;
use crate::finance_world::*;
use crate::support::House;
use domain::finance::UnitPrice;
use domain::finance::bill::Bill;
use domain::finance::contract::ContractTerms;
use domain::people::Caller;
use rust_decimal::Decimal;
use services::finance::{BillQuery, PriceEdit};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};
use vocab::finance::{BillLineKind, ContractType, Meter, WorkItemType};
use vocab::{AuthMethod, Role};

/// Evaluates and drafts at an instant to come; how many bills, and how many periods passed over.
async fn drafted(house: &House, at: OffsetDateTime) -> (u32, u32) {
    until(house, at);
    let evaluated = finance(house).evaluate_due(house.environment.now()).await.unwrap();
    assert_eq!(evaluated.failed, []);
    draft(house).await
}

async fn draft(house: &House) -> (u32, u32) {
    let run = finance(house).draft_due_bills(house.environment.now()).await.unwrap();
    assert_eq!(run.failed, []);
    (run.drafted, run.skipped)
}

/// Bills of use, oldest first: their date and their lines.
async fn bills(house: &House, chief: &Caller) -> Vec<Bill> {
    let rows = finance(house).bills(chief, &BillQuery::default()).await.unwrap();
    rows.into_iter().map(|row| row.bill).rev().collect()
}

fn lines(bill: &Bill) -> Vec<(BillLineKind, String)> {
    bill.lines.iter().map(|line| (line.content.kind, line.content.net.to_string())).collect()
}

fn million(price: i64, currency: &str) -> UnitPrice {
    UnitPrice::new(price.into(), 1_000_000.into(), currency.parse().unwrap()).unwrap()
}

fn price(model: &str, price: UnitPrice, from: Date) -> PriceEdit {
    PriceEdit { model_id: model.into(), meter: Meter::Input, variant: None, price, from }
}

/// Use of a model that is in nobody's price list.
fn unheard_of(name: &str, at: OffsetDateTime, input: u64) -> domain::inference::UsageRecord {
    domain::inference::UsageRecord { model_id: "nobody-knows".into(), ..request(name, "openai", at, input) }
}

#[tokio::test]
async fn a_month_without_a_price_waits_and_is_billed_once_there_is_one() {
    for house in House::each().await {
        let (plan, chief) = active_metered(&house).await;
        used(&house, &[unheard_of("a", datetime!(2026-11-23 11:00 UTC), 2_000_000)]).await;
        assert_eq!(drafted(&house, datetime!(2026-12-01 03:00 UTC)).await, (0, 1));
        assert_eq!(draft(&house).await, (0, 0), "said once");
        let item = open(&house, WorkItemType::BillBlocked).await.remove(0);
        assert!(item.description.unwrap().ends_with("could not be billed: its use has no price in the contract's currency"));
        finance(&house).set_price(&chief, plan.id, price("nobody-knows", million(3, "USD"), date!(2026 - 11 - 01))).await.unwrap();
        assert_eq!(draft(&house).await, (1, 0));
        assert_eq!(lines(&bills(&house, &chief).await[0]), [(BillLineKind::Usage, "6.00 USD".to_owned())]);
        assert_eq!(open(&house, WorkItemType::BillBlocked).await.len(), 0, "closed by itself");
    }
}

#[tokio::test]
async fn a_list_in_another_currency_is_no_price() {
    for house in House::each().await {
        let (plan, chief) = (openai_by_key(&house).await, person(&house, Role::Finance).await);
        let terms = ContractTerms {
            contract_type: Some(ContractType::Metered),
            commitment_amount: None,
            currency: "EUR".parse().ok(),
            ..subscription(&plan, chief.actor.user_id().unwrap())
        };
        let plan = finance(&house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
        assert_eq!(wrong(finance(&house).activate_contract(&chief, plan.id, plan.version).await), ["price_source"]);
        let dollars = price("gpt-5.2", million(2, "USD"), date!(2026 - 11 - 24));
        finance(&house).set_price(&chief, plan.id, dollars).await.unwrap();
        assert_eq!(wrong(finance(&house).activate_contract(&chief, plan.id, plan.version).await), ["price_source"], "not in euros");
        finance(&house).set_price(&chief, plan.id, price("gpt-5.2", million(4, "EUR"), date!(2026 - 11 - 24))).await.unwrap();
        finance(&house).activate_contract(&chief, plan.id, plan.version).await.unwrap();

        // On the 23rd only the list has a price, in dollars.
        used(&house, &[request("a", "openai", datetime!(2026-11-23 11:00 UTC), 2_000_000)]).await;
        assert_eq!(drafted(&house, datetime!(2026-11-24 03:00 UTC)).await, (0, 0));
        assert_eq!(open(&house, WorkItemType::PriceMissing).await.len(), 1);
        assert_eq!(drafted(&house, datetime!(2026-12-01 03:00 UTC)).await, (0, 1));
        assert_eq!(open(&house, WorkItemType::BillBlocked).await.len(), 1);
        finance(&house).set_price(&chief, plan.id, price("gpt-5.2", million(4, "EUR"), date!(2026 - 11 - 01))).await.unwrap();
        assert_eq!(draft(&house).await, (1, 0));
        assert_eq!(lines(&bills(&house, &chief).await[0]), [(BillLineKind::Usage, "8.00 EUR".to_owned())]);
    }
}

#[tokio::test]
async fn what_lacks_to_a_minimum_is_a_line_of_its_own_and_waits_for_prices() {
    for house in House::each().await {
        let (plan, chief) = active_metered_with_minimum(&house).await;
        used(&house, &[request("a", "openai", datetime!(2026-11-23 11:00 UTC), 1_000_000)]).await;
        used(&house, &[unheard_of("b", datetime!(2026-12-10 11:00 UTC), 5)]).await;
        assert_eq!(drafted(&house, datetime!(2027-01-01 03:00 UTC)).await, (1, 1));
        let november = [(BillLineKind::Usage, "2.00 USD".to_owned()), (BillLineKind::TrueUp, "8.00 USD".to_owned())];
        assert_eq!(lines(&bills(&house, &chief).await[0]), november);
        // Nobody can say what lacks while nobody can say what was used.
        assert_eq!(open(&house, WorkItemType::BillBlocked).await.len(), 1);
        finance(&house).set_price(&chief, plan.id, price("nobody-knows", million(1_000_000, "USD"), date!(2026 - 12 - 01))).await.unwrap();
        assert_eq!(draft(&house).await, (1, 0));
        let december = [(BillLineKind::Usage, "5.00 USD".to_owned()), (BillLineKind::TrueUp, "5.00 USD".to_owned())];
        assert_eq!(lines(&bills(&house, &chief).await[1]), december);
        assert_eq!(drafted(&house, datetime!(2027-02-01 03:00 UTC)).await, (1, 0), "a month without use");
        assert_eq!(lines(&bills(&house, &chief).await[2]), [(BillLineKind::TrueUp, "10.00 USD".to_owned())]);
    }
}

#[tokio::test]
async fn use_beyond_a_plan_is_billed_when_its_period_is_over() {
    for house in House::each().await {
        seeded(&house, "codex", AuthMethod::OAuth).await;
        let (plan, chief) = (contract(&house, "openai:subscription").await, person(&house, Role::Finance).await);
        let owner = chief.actor.user_id().unwrap();
        let terms = ContractTerms { contract_type: Some(ContractType::Hybrid), allows_overage: true, ..subscription(&plan, owner) };
        let plan = finance(&house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
        let mut allowance = tokens();
        allowance.terms.overage = Some(million(5, "USD"));
        let plan = finance(&house).edit_allowances(&chief, plan.id, plan.version, vec![allowance]).await.unwrap();
        let plan = finance(&house).activate_contract(&chief, plan.id, plan.version).await.unwrap();
        used(&house, &[request("a", "codex", datetime!(2026-11-24 11:00 UTC), 900_000)]).await;
        used(&house, &[request("b", "codex", datetime!(2026-11-26 11:00 UTC), 700_000)]).await;
        assert_eq!(draft(&house).await, (1, 0), "the fee is due on the first day");
        assert_eq!(drafted(&house, datetime!(2026-12-01 03:00 UTC)).await, (2, 0), "December's fee, and November's overage");
        let of_use = bills(&house, &chief).await.into_iter().find(|bill| bill.lines[0].content.kind != BillLineKind::Commitment);
        let of_use = of_use.unwrap();
        assert_eq!(lines(&of_use), [(BillLineKind::Overage, "3.00 USD".to_owned())]);
        let line = &of_use.lines[0].content;
        let allowance = house.ports.finance.allowances(&[plan.id]).await.unwrap().remove(0).id;
        assert_eq!((line.quantity, line.unit_price, line.allowance_id), ("0.6".parse().unwrap(), Decimal::from(5), Some(allowance)));
        assert_eq!((of_use.issue_date, of_use.is_estimate), (date!(2026 - 12 - 01), false));
        assert_eq!(drafted(&house, datetime!(2027-01-01 03:00 UTC)).await, (1, 1), "nothing beyond it in December");
    }
}
