//! `purser practice`: a finance history for a practice installation, lived through the use cases day by day.
//!
//! Nothing is written past them: providers are connected to stand-ins, contracts completed and activated, every day is
//! evaluated as a job would have done it on that day. What is made up says so.

use crate::config::Settings;
use crate::out;
use crate::start::{Base, KeyPolicy, SchemaPolicy, StartError, World};
use adapters::SystemEntropy;
use domain::Clock;
use domain::audit::Origin;
use domain::finance::allowance::{AllowanceTerms, Scope, Thresholds, Valuation};
use domain::finance::contract::ContractTerms;
use domain::finance::{Currency, UnitPrice};
use domain::inference::{TokenCounts, UsageRecord};
use domain::people::{Caller, User};
use rust_decimal::Decimal;
use services::connections::KeyForm;
use services::finance::{AllowanceEdit, BillEdit, BillQuery, BillRow, LineEdit};
use services::ports::{ContractsOf, Trail};
use services::{ServiceError, Services};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use time::{Duration, OffsetDateTime, Time};
use vocab::finance::{BillStatus, BillingCadence, ContractType, MetricKey, ResetInterval};
use vocab::{CostBasis, Permission, ProviderId, SessionId, UsageOutcome};

/// How far back the history goes, in days.
const DAYS: i64 = 100;
/// What every made-up thing says.
const NOTE: &str = "Practice data: this history was made up.";
const KEY: &str = "sk-practice-good-0001";

/// A day in the past that can be moved.
struct Past(Mutex<OffsetDateTime>);

impl Clock for Past {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Past {
    fn set(&self, at: OffsetDateTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

/// A provider of the story.
struct Part {
    provider: &'static str,
    model: &'static str,
    /// Thousand input tokens of a working day.
    thousands: u64,
    /// How its contract is paid for; `None`: it is still a draft.
    kind: Option<ContractType>,
    /// Is it used less of late?
    fades: bool,
}

const PARTS: [Part; 3] = [
    Part { provider: "openai", model: "gpt-5.2", thousands: 5_200, kind: Some(ContractType::Metered), fades: false },
    Part { provider: "anthropic", model: "claude-sonnet-4-6", thousands: 2_400, kind: Some(ContractType::Hybrid), fades: true },
    Part { provider: "groq", model: "llama-3.3-70b-versatile", thousands: 900, kind: None, fades: false },
];

/// Fills a practice installation; once, and only after somebody has an account there.
pub async fn run(settings: Settings) -> Result<ExitCode, StartError> {
    if !settings.practice {
        out::note(format_args!("purser: only a practice installation (PURSER_PRACTICE=1) can be given a history"));
        return Ok(ExitCode::FAILURE);
    }
    #[expect(clippy::disallowed_methods, reason = "the story ends today")]
    let today = OffsetDateTime::now_utc();
    let clock = Arc::new(Past(Mutex::new((today - Duration::days(DAYS)).replace_time(Time::MIDNIGHT) + Duration::hours(9))));
    let world = World { clock: clock.clone(), entropy: Arc::new(SystemEntropy) };
    let base = Base::open(Arc::new(settings), &world, SchemaPolicy::Expect, KeyPolicy::Look).await?;
    let (services, writer) = base.services();
    let writer = tokio::spawn(writer.run());
    let done = Story { base: &base, services: &services, clock: &clock, today }.tell().await;
    drop(services);
    drop(writer.await);
    base.storage.close().await;
    done
}

struct Story<'a> {
    base: &'a Base,
    services: &'a Services,
    clock: &'a Past,
    today: OffsetDateTime,
}

impl Story<'_> {
    async fn tell(&self) -> Result<ExitCode, StartError> {
        let people = self.base.ports.people.users().await?;
        let Some(owner) = people.iter().find(|user| user.is_active() && user.role.may(Permission::ManageFinance)) else {
            out::note(format_args!("purser: create the owner's account first"));
            return Ok(ExitCode::FAILURE);
        };
        // A local engine that was found by itself is no history: nobody is paid for it.
        if !self.base.ports.finance.contracts(&ContractsOf::All).await?.is_empty() {
            out::note(format_args!("Finance has a history already."));
            return Ok(ExitCode::SUCCESS);
        }
        let caller = Caller::person(owner.id, owner.name.clone(), owner.role, SessionId::new(uuid::Uuid::nil()), Origin::default());
        self.connect(&caller).await?;
        self.complete(&caller, owner).await?;
        self.use_providers().await?;
        self.live_through(&caller).await?;
        out::note(format_args!("{DAYS} days of practice data are in Finance."));
        Ok(ExitCode::SUCCESS)
    }

    async fn connect(&self, caller: &Caller) -> Result<(), StartError> {
        for part in &PARTS {
            let id = provider(part)?;
            self.services.connections.connect_with_key(caller, &id, KeyForm::of_any_version(KEY, None)).await?;
            self.services.models.sync(caller, &id).await?;
        }
        self.services.finance.seeding.handle_due().await?;
        self.services.finance.renew_prices(self.clock.now()).await?;
        Ok(())
    }

    /// One is paid by use, one has a commitment with tokens in it, and one is still a draft.
    async fn complete(&self, caller: &Caller, owner: &User) -> Result<(), StartError> {
        let finance = &self.services.finance;
        for row in finance.contracts(caller, None).await? {
            let Some(kind) = row.covers.first().and_then(|covered| kind_of(covered.id.as_str())) else { continue };
            let terms = terms(&row.contract.terms, kind, owner, self.clock.now());
            let id = row.contract.id;
            let mut contract = finance.edit_contract(caller, id, row.contract.version, terms).await?;
            if kind == ContractType::Hybrid {
                contract = finance.edit_allowances(caller, id, contract.version, vec![allowance()?]).await?;
            }
            finance.activate_contract(caller, id, contract.version).await?;
        }
        Ok(())
    }

    /// A hundred days of requests: fewer at weekends, and of late fewer where the commitment is.
    async fn use_providers(&self) -> Result<(), StartError> {
        for part in &PARTS {
            let id = provider(part)?;
            let Some(connection) = self.base.ports.connections.of_provider(&id).await? else { continue };
            let mut rows = Vec::new();
            for day in 0..DAYS {
                let date = self.clock.now() + Duration::days(day);
                for n in 0..requests_of(date, part, day) {
                    rows.push(record(part, &id, connection.id, date + Duration::minutes(n * 9), n));
                }
            }
            for rows in rows.chunks(2_000) {
                self.base.ports.usage.add(rows, Trail::default()).await?;
            }
        }
        Ok(())
    }

    /// Each night as the jobs would have had it; invoices come in and are paid.
    async fn live_through(&self, caller: &Caller) -> Result<(), StartError> {
        let finance = &self.services.finance;
        let start = self.clock.now().replace_time(Time::MIDNIGHT);
        for day in 1..=DAYS {
            let night = start + Duration::days(day) + Duration::hours(3);
            if night > self.today {
                break;
            }
            self.clock.set(night);
            finance.evaluate_due(night).await?;
            finance.draft_due_bills(night).await?;
            finance.upkeep(night).await?;
            self.pay_what_is_old(caller).await?;
        }
        Ok(())
    }

    async fn pay_what_is_old(&self, caller: &Caller) -> Result<(), StartError> {
        let finance = &self.services.finance;
        let now = self.clock.now();
        let drafts = BillQuery { status: Some(BillStatus::Draft), ..BillQuery::default() };
        for BillRow { bill, .. } in finance.bills(caller, &drafts).await? {
            if (now.date() - bill.issue_date).whole_days() < 12 {
                continue;
            }
            let line = |line: &domain::finance::bill::BillLine| LineEdit {
                id: Some(line.id),
                kind: line.content.kind,
                description: line.content.description.clone(),
                net: line.content.net.amount(),
                tax_rate: Decimal::ZERO,
                service: None,
            };
            let edit = BillEdit { invoice_ref: format!("PRACTICE-{}", bill.number), lines: bill.lines.iter().map(line).collect() };
            let bill = finance.confirm_bill(caller, bill.id, bill.version, edit).await?;
            let bill = finance.submit_bill(caller, bill.id, bill.version).await?;
            // With several people in Finance somebody else has to approve: those bills wait for them.
            let Ok(bill) = finance.approve_bill(caller, bill.id, bill.version).await else { continue };
            let amount = bill.total().map_err(|error| ServiceError::Refused(error.to_string()))?.amount();
            finance.pay_bill(caller, bill.id, bill.version, amount, now.date()).await?;
        }
        Ok(())
    }
}

fn provider(part: &Part) -> Result<ProviderId, StartError> {
    part.provider.parse().map_err(|_| ServiceError::NotFound("provider").into())
}

fn kind_of(provider: &str) -> Option<ContractType> {
    PARTS.iter().find(|part| part.provider == provider)?.kind
}

/// Its periods begin nineteen days before today, whatever the day: the story always ends in the middle of one.
fn terms(before: &ContractTerms, kind: ContractType, owner: &User, now: OffsetDateTime) -> ContractTerms {
    let is_hybrid = kind == ContractType::Hybrid;
    let current = (now + Duration::days(DAYS - 19)).date();
    let on_its_day = |of: OffsetDateTime| of.date().replace_day(current.day().min(28)).ok();
    ContractTerms {
        contract_type: Some(kind),
        budget_owner: Some(owner.id),
        currency: Some(Currency::USD),
        cadence: Some(BillingCadence::Monthly),
        commitment_amount: is_hybrid.then(|| Decimal::from(400)),
        allows_overage: is_hybrid,
        budget_amount: Some(Decimal::from(if is_hybrid { 500 } else { 450 })),
        start_date: on_its_day(now),
        renewal_date: on_its_day(now + Duration::days(DAYS + 45)),
        notice_days: Some(14),
        account_code: Some("6810".to_owned()),
        notes: Some(NOTE.to_owned()),
        ..before.clone()
    }
}

fn allowance() -> Result<AllowanceEdit, StartError> {
    let wrong = |error: domain::finance::money::InvalidPrice| ServiceError::Refused(error.to_string());
    let overage = UnitPrice::new(Decimal::from(7), Decimal::from(1_000_000), Currency::USD).map_err(wrong)?;
    let terms = AllowanceTerms {
        name: "Committed tokens".to_owned(),
        metric: MetricKey::TotalTokens,
        scope: Scope::default(),
        unit: "Tokens".to_owned(),
        included: Some(Decimal::from(60_000_000)),
        reset: ResetInterval::Monthly,
        rollover_cap: None,
        prorate_included: false,
        overage: Some(overage),
        valuation: Valuation::CommitmentFirst,
        weight: None,
        thresholds: Thresholds::default(),
        sort_order: 0,
    };
    Ok(AllowanceEdit { id: None, terms })
}

/// Requests of a day: the same every time, and never quite the same from day to day.
fn requests_of(date: OffsetDateTime, part: &Part, day: i64) -> i64 {
    let wobble = (day * 7 + i64::try_from(part.thousands).unwrap_or(0)) % 5;
    let usual = match date.weekday().number_days_from_monday() {
        5 | 6 => 6,
        _ => 22,
    };
    let of_late = part.fades && day > DAYS - 25;
    if of_late { (usual + wobble) / 3 } else { usual + wobble }
}

fn record(part: &Part, id: &ProviderId, connection_id: vocab::ConnectionId, at: OffsetDateTime, n: i64) -> UsageRecord {
    let input = part.thousands * 1_000 / 24 + u64::try_from(n).unwrap_or(0) * 137;
    UsageRecord {
        request_id: format!("practice-{}-{}-{n}", part.provider, at.unix_timestamp()),
        at,
        connection_id,
        provider_id: id.clone(),
        model_id: part.model.to_owned(),
        account: None,
        token_id: None,
        user_id: None,
        tokens: Some(TokenCounts { input, output: input / 9, cache_read: input / 4, cache_write: 0, reasoning: 0 }),
        latency_ms: 2_400,
        first_byte_ms: 310,
        outcome: UsageOutcome::Completed,
        status: 200,
        cost: None,
        cost_basis: CostBasis::Unknown,
    }
}
