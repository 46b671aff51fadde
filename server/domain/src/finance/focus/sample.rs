//! A month with every kind of row, for tests.

use super::charge::{Account, AccountType, Charge, Invoice};
use super::charges::{
    AllowanceCharges, BillCharges, CreditPurchase, CreditUse, Credits, DayUse, Fee, Plan, Reset, covered, metered, settle,
};
use crate::finance::bill::{BillLine, LineContent};
use crate::finance::fixtures::{dec, money};
use crate::finance::money::{Money, UnitPrice};
use crate::finance::period::Period;
use crate::finance::zone::Zone;
use std::collections::BTreeMap;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;
use vocab::finance::{BillLineKind, BillingCadence, Confidence, Meter, UsageSource};
use vocab::{AllowanceId, BillLineId, PriceFactId};

/// April 2026 in Berlin.
pub struct Month {
    pub zone: Zone,
    pub april: Period,
    pub metered: Account,
    pub hybrid: Account,
    pub plan: Account,
    pub router: Account,
    invoices: Vec<Invoice>,
}

pub fn account(vendor: &str, channel: &str, kind: AccountType) -> Account {
    Account {
        billing_account_id: format!("{vendor}:{channel}"),
        billing_account_name: Some(format!("{vendor}, {channel}")),
        billing_account_type: kind,
        currency: "USD".parse().unwrap(),
        invoice_issuer: format!("{vendor} Inc."),
        provider: format!("{vendor} Inc."),
        host: None,
        vendor: vendor.into(),
        service_name: format!("{vendor} {channel}"),
        contract_ref: format!("AIC-{vendor}-{channel}"),
        channel: channel.into(),
        sub_account: None,
        tags: BTreeMap::from([("team".to_owned(), "research, \"two\"".to_owned())]),
    }
}

pub fn used(day: u8, model: &str, meter: Meter, quantity: i64, list: Option<&str>) -> DayUse {
    let million = |price: &str| UnitPrice::new(dec(price), dec("1000000"), "USD".parse().unwrap()).unwrap();
    DayUse {
        day: Date::from_calendar_date(2026, time::Month::April, day).unwrap(),
        provider_id: "openai".parse().unwrap(),
        publisher: "OpenAI".into(),
        model_id: model.into(),
        meter,
        variant: None,
        agent_id: Some("agent-1".into()),
        quantity: quantity.into(),
        counted: quantity.into(),
        list: list.map(|price| (million(price), Some(PriceFactId::new(Uuid::from_u128(5))))),
        agreed: None,
        source: UsageSource::InternalObserved,
        confidence: Confidence::Medium,
    }
}

impl Month {
    pub fn new() -> Self {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let april = Period::new(date!(2026 - 04 - 01), date!(2026 - 05 - 01)).unwrap();
        let span = zone.instants(april.start(), april.end());
        let invoice = |id: &str| Invoice { id: id.into(), detail_id: None, starts: span.start, ends: span.end };
        let ids = ["INV-METERED", "INV-FEE", "hybrid:2026-04-01:usage:1", "INV-PLAN", "INV-CREDITS"];
        Self {
            invoices: ids.iter().map(|id| invoice(id)).collect(),
            zone,
            april,
            metered: account("openai", "api", AccountType::Organization),
            hybrid: account("acme", "subscription", AccountType::Subscription),
            plan: account("anthropic", "subscription", AccountType::Subscription),
            router: account("openrouter", "router", AccountType::Organization),
        }
    }

    pub fn invoice(&self, id: &str) -> &Invoice {
        self.invoices.iter().find(|invoice| invoice.id == id).unwrap()
    }

    pub fn metered_rows(&self) -> Vec<Charge<'_>> {
        let uses = [
            used(2, "gpt", Meter::Input, 1_234_567, Some("2.50")),
            used(2, "gpt", Meter::Output, 100_001, Some("10")),
            DayUse {
                agreed: UnitPrice::new(dec("2.00"), dec("1000000"), self.metered.currency).ok(),
                ..used(3, "gpt", Meter::Input, 7, Some("2.50"))
            },
            used(3, "unknown", Meter::Input, 5, None),
        ];
        let (mut rows, omitted) = metered(&self.metered, self.invoice("INV-METERED"), &self.zone, &uses, false).unwrap();
        assert_eq!(omitted.len(), 1);
        settle(&mut rows, money("4.09 USD")).unwrap();
        let lines = self.bill_lines();
        let bill = BillCharges { account: &self.metered, invoice: self.invoice("INV-METERED"), zone: &self.zone, lines: &lines };
        rows.extend(bill.rows().unwrap());
        rows
    }

    fn bill_lines(&self) -> Vec<BillLine> {
        let line = |number: u128, kind, words: &str, amount: &str, tax: &str| {
            let content = LineContent::fixed(kind, words.into(), money(amount), self.april).taxed(dec(tax)).unwrap();
            BillLine { id: BillLineId::new(Uuid::from_u128(number)), content }
        };
        vec![
            line(1, BillLineKind::Usage, "gpt, input tokens", "3.09 USD", "19"),
            line(2, BillLineKind::Usage, "gpt, output tokens", "1.00 USD", "19"),
            line(3, BillLineKind::TrueUp, "Difference to the minimum spend", "5.91 USD", "19"),
            line(4, BillLineKind::Credit, "=Goodwill", "-1.00 USD", "0"),
            BillLine { id: BillLineId::new(Uuid::from_u128(5)), content: self.late_in_march() },
        ]
    }

    /// Use of March that is billed in April.
    fn late_in_march(&self) -> LineContent {
        let march = Period::new(date!(2026 - 03 - 01), self.april.start()).unwrap();
        LineContent::fixed(BillLineKind::Usage, "gpt, counted late".into(), money("0.01 USD"), march)
    }

    /// A fee of 500 for a million tokens in each of two halves of the month: one used up and exceeded, one half used.
    pub fn hybrid_charges(&self, is_closed: bool) -> AllowanceCharges<'_> {
        let half = |first: Date, days: i64| Period::new(first, first + Duration::days(days)).unwrap();
        let reset = |active: Period, uses: Vec<DayUse>, is_closed: bool, overage_billed: Option<Money>| Reset {
            active,
            included: dec("1000000"),
            share: money("250.00 USD"),
            is_closed,
            uses,
            overage_invoice: self.invoice("hybrid:2026-04-01:usage:1"),
            overage_billed,
        };
        let first = vec![
            used(1, "gpt", Meter::Input, 333_333, Some("2.50")),
            used(2, "gpt", Meter::Input, 333_333, None),
            used(3, "gpt", Meter::Input, 500_000, Some("2.50")),
            used(4, "gpt", Meter::Output, 433_334, Some("10")),
        ];
        let second = vec![used(20, "gpt", Meter::Input, 333_333, Some("2.50"))];
        AllowanceCharges {
            plan: Plan { account: &self.hybrid, name: "Team", cadence: BillingCadence::Monthly, zone: &self.zone },
            allowance_id: AllowanceId::new(Uuid::from_u128(9)),
            unit: "tokens".into(),
            is_spend: false,
            fees: vec![Fee { invoice: self.invoice("INV-FEE"), service: self.april, amount: money("500.00 USD") }],
            resets: vec![
                reset(half(date!(2026 - 04 - 01), 15), first, true, Some(money("3.00 USD"))),
                reset(half(date!(2026 - 04 - 16), 15), second, is_closed, None),
            ],
            overage: UnitPrice::new(dec("5.00"), dec("1000000"), self.hybrid.currency).ok(),
        }
    }

    pub fn plan_rows(&self) -> Vec<Charge<'_>> {
        let plan = Plan { account: &self.plan, name: "Max", cadence: BillingCadence::Monthly, zone: &self.zone };
        let fee = Fee { invoice: self.invoice("INV-PLAN"), service: self.april, amount: money("100.00 USD") };
        let uses = [used(5, "claude", Meter::Input, 1_000, Some("3")), used(5, "claude", Meter::Output, 10, None)];
        let mut rows = covered(&self.plan, fee.invoice, &self.zone, &uses, false).unwrap();
        rows.push(plan.purchase(&fee).unwrap());
        rows
    }

    pub fn credit_rows(&self) -> Vec<Charge<'_>> {
        let credits = Credits { account: &self.router, zone: &self.zone };
        let bought =
            CreditPurchase { invoice: self.invoice("INV-CREDITS"), service: self.april, credits: dec("300"), price: money("25.00 USD") };
        let used = used(6, "llama", Meter::Input, 2_000_000, Some("1"));
        let spent = CreditUse { invoice: self.invoice("INV-CREDITS"), used: &used, credits: dec("24") };
        vec![credits.purchase(&bought).unwrap(), credits.used(&spent, &bought).unwrap()]
    }

    /// Every kind of row.
    pub fn all(&self) -> Vec<Charge<'_>> {
        let mut rows = self.metered_rows();
        rows.extend(self.hybrid_charges(true).rows().unwrap());
        rows.extend(self.plan_rows());
        rows.extend(self.credit_rows());
        rows
    }

    /// What the bills come to. The correction is on the metered invoice.
    pub fn payable() -> BTreeMap<String, Money> {
        let bills = [
            ("INV-METERED", "10.91 USD"),
            ("INV-FEE", "500.00 USD"),
            ("hybrid:2026-04-01:usage:1", "3.00 USD"),
            ("INV-PLAN", "100.00 USD"),
            ("INV-CREDITS", "25.00 USD"),
        ];
        bills.iter().map(|(id, amount)| ((*id).to_owned(), money(amount))).collect()
    }
}
