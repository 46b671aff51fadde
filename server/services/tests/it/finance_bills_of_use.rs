//! Bills of what was used: metered, beyond an allowance, up to a minimum; and use that nobody can price yet.

use crate::finance_export::{NOVEMBER, active_metered_with_minimum};
use crate::finance_world::*;
use crate::support::House;
use domain::finance::UnitPrice;
use domain::finance::bill::Bill;
use domain::finance::contract::{Contract, ContractTerms};
use domain::finance::evaluation::Subject;
use domain::people::Caller;
use rust_decimal::Decimal;
use services::finance::{AllowanceEdit, BillQuery, ExportQuery, PriceEdit};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};
use vocab::finance::{BillLineKind, ContractType, Meter, ResetInterval, WorkItemType};
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

/// What a metered contract includes, what was used, and what its months cost.
struct Included {
    why: &'static str,
    starts: Date,
    allowance: fn(&mut AllowanceEdit),
    used: [u64; 3],
    billed: [&'static str; 3],
}

const INCLUDED: [Included; 4] = [
    Included {
        why: "a quarter's million is given once, not with every bill",
        starts: date!(2026 - 11 - 01),
        allowance: |edit| edit.terms.reset = ResetInterval::Quarterly,
        used: [1_000_000, 1_000_000, 1_000_000],
        billed: ["", "2.00 USD", "2.00 USD"],
    },
    Included {
        why: "half of it is left for the months after",
        starts: date!(2026 - 11 - 01),
        allowance: |edit| edit.terms.reset = ResetInterval::Quarterly,
        used: [500_000, 1_000_000, 250_000],
        billed: ["", "1.00 USD", "0.50 USD"],
    },
    Included {
        why: "15 of 30 days have half of it",
        starts: date!(2026 - 11 - 16),
        allowance: |edit| edit.terms.prorate_included = true,
        used: [800_000, 1_000_000, 1_500_000],
        billed: ["0.60 USD", "", "1.00 USD"],
    },
    Included {
        why: "what is left over is carried on, up to the cap",
        starts: date!(2026 - 11 - 01),
        allowance: |edit| edit.terms.rollover_cap = Some(400_000.into()),
        used: [200_000, 1_300_000, 1_500_000],
        billed: ["", "", "0.80 USD"],
    },
];

async fn metered_with(house: &House, case: &Included) -> (Contract, Caller) {
    let (plan, chief) = (openai_by_key(house).await, person(house, Role::Finance).await);
    let terms = ContractTerms {
        contract_type: Some(ContractType::Metered),
        commitment_amount: None,
        start_date: Some(case.starts),
        anchor_date: Some(date!(2026 - 11 - 01)),
        ..subscription(&plan, chief.actor.user_id().unwrap())
    };
    let plan = finance(house).edit_contract(&chief, plan.id, plan.version, terms).await.unwrap();
    let mut allowance = tokens();
    (case.allowance)(&mut allowance);
    let plan = finance(house).edit_allowances(&chief, plan.id, plan.version, vec![allowance]).await.unwrap();
    (finance(house).activate_contract(&chief, plan.id, plan.version).await.unwrap(), chief)
}

/// Units beyond the allowance, as the closed figures have them.
async fn beyond(house: &House, plan: &Contract) -> Decimal {
    let closed = snapshots(house, plan.id).await.into_iter().map(|row| row.evaluation);
    let closed = closed.filter(|row| matches!(row.subject, Subject::Allowance(_)) && row.days_elapsed == row.days_in_period);
    closed.filter_map(|row| Some((row.consumed - row.included?).max(Decimal::ZERO))).sum()
}

#[tokio::test]
async fn metered_use_draws_on_an_allowance_as_its_figures_do() {
    for case in &INCLUDED {
        for house in House::each().await {
            let (plan, chief) = metered_with(&house, case).await;
            let days = [datetime!(2026-11-25 11:00 UTC), datetime!(2026-12-10 11:00 UTC), datetime!(2027-01-10 11:00 UTC)];
            for (at, tokens) in days.into_iter().zip(case.used) {
                used(&house, &[request(&at.to_string(), "openai", at, tokens)]).await;
            }
            // Each month is billed when it is over, also while a longer allowance goes on.
            for (first, billed) in [datetime!(2026-12-01 03:00 UTC), datetime!(2027-01-01 03:00 UTC), datetime!(2027-02-01 03:00 UTC)]
                .into_iter()
                .zip(case.billed)
            {
                let (bills, skipped) = drafted(&house, first).await;
                assert_eq!((bills, skipped), (u32::from(!billed.is_empty()), u32::from(billed.is_empty())), "{}, {first}", case.why);
            }
            let bills = bills(&house, &chief).await;
            let month = |first: Date| bills.iter().find(|bill| bill.source.is_some_and(|source| source.period_start == first));
            let months = [case.starts, date!(2026 - 12 - 01), date!(2027 - 01 - 01)];
            let billed = months.map(|first| month(first).map(|bill| bill.total().unwrap().to_string()).unwrap_or_default());
            assert_eq!(billed, case.billed, "{}", case.why);
            let tokens: Decimal = bills.iter().flat_map(|bill| &bill.lines).map(|line| line.content.quantity).sum();
            assert_eq!(tokens * Decimal::from(1_000_000), beyond(&house, &plan).await, "{}: bills and figures agree", case.why);
            let all = ExportQuery { to: date!(2027 - 02 - 01), ..NOVEMBER };
            finance(&house).export(&chief, &all).await.unwrap();
        }
    }
}
