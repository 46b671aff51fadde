//! The daily evaluation: each contract's last complete days, their figures, and the items that follow.
//!
//! What is due is decided from what is stored, so a missed run is made good by the next one, a second run finds nothing
//! to do, and of two workers one is overtaken and decides again. Pages never come through here.

use super::Finance;
use super::course::{Course, Track};
use super::ledger::Decision;
use super::measured::{DayUsed, UseOf, uncountable, worth};
use crate::error::ServiceResult;
use crate::ports::{ContractsOf, FinanceWrite, LeaseOwner};
use crate::trail::TrailBuilder;
use domain::audit::Origin;
use domain::events::Event;
use domain::finance::Money;
use domain::finance::contract::Contract;
use domain::finance::evaluation::schedule::{LEASE, last_complete_day, lease_name};
use domain::finance::evaluation::signals::{judge_budget, judge_price, judge_source};
use domain::finance::evaluation::{
    AllowanceDay, AllowanceRules, ContractDay, DueDay, Evaluation, Reading, Signal, Snapshot, SourceFacts, Write, carried_over, write_for,
};
use domain::finance::period::Period;
use domain::finance::price::PriceBook;
use domain::finance::usage::measure;
use domain::finance::work_item::{DedupeKey, Finding, Place, Scope, evaluation_words};
use domain::people::Actor;
use rust_decimal::Decimal;
use std::time::Duration as StdDuration;
use time::{Date, Duration, OffsetDateTime};
use vocab::finance::{AutoResolution, ContractStatus, ContractType, MetricKey, UsageSource, WorkItemType};
use vocab::{ContractId, SnapshotId};

/// An ended contract is looked at this long: until its last period is final.
const AFTERWARDS: Duration = Duration::days(60);

/// What a run of the evaluation did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvaluationRun {
    /// Contracts with something new.
    pub contracts: u32,
    /// Days written.
    pub days: u32,
    /// Contracts that could not be evaluated, by number, and why. They are tried again.
    pub failed: Vec<(String, String)>,
}

impl Finance {
    /// Evaluates what is due at `now`. One contract that fails does not keep the others from their figures.
    ///
    /// # Errors
    /// When contracts or prices cannot be read.
    pub async fn evaluate_due(&self, now: OffsetDateTime) -> ServiceResult<EvaluationRun> {
        let book = self.price_book().await?;
        let mut run = EvaluationRun::default();
        for contract in self.rows().contracts(&ContractsOf::All).await? {
            if !is_evaluated(&contract, now) {
                continue;
            }
            match self.evaluate(&contract, now, &book).await {
                Ok(0) => {}
                Ok(days) => (run.contracts, run.days) = (run.contracts + 1, run.days + days),
                Err(error) => {
                    tracing::warn!(contract = %contract.number, %error, "a contract could not be evaluated; it will be tried again");
                    run.failed.push((contract.number, error.to_string()));
                }
            }
        }
        Ok(run)
    }

    /// One contract, unless another worker is at it. Returns how many days were written.
    async fn evaluate(&self, contract: &Contract, now: OffsetDateTime, book: &PriceBook) -> ServiceResult<u32> {
        let Some(day) = last_complete_day(now, &contract.terms.time_zone) else { return Ok(0) };
        let id = contract.id;
        if Course::load(self, id).await?.is_none_or(|course| course.due(now).is_empty()) {
            return Ok(0);
        }
        let (name, owner) = (lease_name(id, day), LeaseOwner(self.environment.uuid().to_string()));
        let lease = StdDuration::try_from(LEASE).unwrap_or_default();
        if !self.installation.take_lease(&name, &owner, lease).await? {
            return Ok(0);
        }
        let done = self.ledger.change(move || self.decide_days(id, now, book)).await;
        self.installation.release_lease(&name, &owner).await?;
        done
    }

    async fn decide_days(&self, id: ContractId, now: OffsetDateTime, book: &PriceBook) -> ServiceResult<Decision<u32>> {
        let Some(course) = Course::load(self, id).await? else { return Ok(Decision::nothing(0)) };
        let due = course.due(now);
        let Some(days) = course.days_read(&due) else { return Ok(Decision::nothing(0)) };
        let of = UseOf::contract(&course.around.contract, &course.around.coverage, &course.around.profiles, book);
        let used = self.used_on(days, &of).await?;
        let mut found = Found { finance: self, used: &used, now, writes: Vec::new(), findings: Vec::new(), newest: None, days: 0 };
        for (track, days) in course.tracks.iter().zip(&due) {
            found.track(&course, track, days)?;
        }
        found.contract(&course);
        let Found { mut writes, findings, days, newest, .. } = found;
        let evaluated = newest.map(|_| now);
        writes.extend(course.around.found(self, findings, evaluated));
        let trail = TrailBuilder::of(&self.environment, Actor::System, Origin::default()).event(Event::FinanceChanged);
        Ok(Decision { writes, trail: trail.build(), answer: days })
    }
}

fn is_evaluated(contract: &Contract, now: OffsetDateTime) -> bool {
    match contract.status() {
        ContractStatus::Active => true,
        ContractStatus::Draft | ContractStatus::Suspended => false,
        ContractStatus::Expired | ContractStatus::Terminated | ContractStatus::Superseded => {
            let ended = contract.last_end().map(|day| contract.terms.time_zone.start_of(day));
            contract.standing.was_activated() && ended.unwrap_or(contract.updated_at).max(contract.updated_at) > now - AFTERWARDS
        }
    }
}

/// What evaluating comes to, as it grows.
struct Found<'a> {
    finance: &'a Finance,
    used: &'a [DayUsed],
    now: OffsetDateTime,
    writes: Vec<FinanceWrite>,
    findings: Vec<Finding>,
    /// The day items are judged on.
    newest: Option<Date>,
    days: u32,
}

impl Found<'_> {
    /// A subject's due days, in order: each rests on the one before.
    fn track(&mut self, course: &Course, track: &Track, due: &[DueDay]) -> ServiceResult<()> {
        let mut rows = track.rows.clone();
        for due in due {
            let Some(day) = self.day(course, track, &rows, due)? else { continue };
            let before = due.date.previous_day().and_then(|day| rows.get(&day)).map(|row| row.evaluation.clone());
            let existing = rows.get(&due.date);
            let today = course.around.contract.terms.time_zone.date(self.now);
            if let Some((snapshot, write)) = self.write(existing, before.as_ref(), day, today) {
                self.days += 1;
                rows.insert(due.date, snapshot);
                self.writes.push(write);
            }
            if due.judges_items {
                self.newest = Some(due.date);
            }
        }
        Ok(())
    }

    fn write(
        &self,
        existing: Option<&Snapshot>,
        before: Option<&Evaluation>,
        new: Evaluation,
        today: Date,
    ) -> Option<(Snapshot, FinanceWrite)> {
        let fresh = |evaluation, notes| Snapshot { id: SnapshotId::new(self.finance.environment.uuid()), evaluation, revision: 1, notes };
        let snapshot = match (write_for(existing, before, new, today), existing) {
            (Write::Nothing, _) => return None,
            (Write::Insert(evaluation, notes), _) => {
                let snapshot = fresh(evaluation, notes);
                return Some((snapshot.clone(), FinanceWrite::InsertSnapshot(snapshot, self.now)));
            }
            (Write::Refresh(evaluation), Some(old)) => Snapshot { evaluation, ..old.clone() },
            (Write::Revise(evaluation, revision, notes), Some(old)) => Snapshot { evaluation, revision, notes, ..old.clone() },
            (Write::Correct(note), Some(old)) => Snapshot { notes: old.notes.iter().copied().chain([note]).collect(), ..old.clone() },
            (Write::Refresh(_) | Write::Revise(..) | Write::Correct(_), None) => return None,
        };
        Some((snapshot.clone(), FinanceWrite::UpdateSnapshot(snapshot, self.now)))
    }

    /// One day's figures; its items where it is the newest, or ends its period.
    fn day(
        &mut self,
        course: &Course,
        track: &Track,
        rows: &std::collections::BTreeMap<Date, Snapshot>,
        due: &DueDay,
    ) -> ServiceResult<Option<Evaluation>> {
        let Some(window) = track.window(due.date) else { return Ok(None) };
        let contract = &course.around.contract;
        let used: Vec<&DayUsed> = self.used.iter().filter(|used| window.active().contains(used.date) && used.date <= due.date).collect();
        let readings = readings(track, &used, course);
        let in_scope = used.iter().copied().filter(|used| track.covers(used));
        let day = ContractDay {
            contract_id: contract.id,
            contract_version: contract.version,
            currency: course.agreed.currency,
            window,
            readings: &readings,
            usage_cost: track.estimate(worth(in_scope, Money::zero(course.agreed.currency)), course.agreed.currency),
            is_final: due.is_final,
        };
        let Some(allowance) = &track.allowance else { return day.evaluate().map_err(|error| uncountable(&error)) };
        let carried_in = carried_in(track, rows, due, &window)?;
        let outcome = AllowanceDay { day, allowance, agreed: &course.agreed, carried_in }.evaluate();
        let Some(outcome) = outcome.map_err(|error| uncountable(&error))? else { return Ok(None) };
        if due.judges_items || due.ends_period {
            let requests: u64 = used.iter().map(|used| used.sum.requests).sum();
            let uncounted: u64 = used.iter().map(|used| used.sum.uncounted).sum();
            let rules = AllowanceRules {
                thresholds: allowance.terms.thresholds,
                allows_overage: course.agreed.allows_overage,
                is_unmeasured: requests > 0 && uncounted == requests && allowance.terms.metric != MetricKey::Requests,
            };
            let place = Place { allowance_id: Some(allowance.id), period_start: Some(window.active().start()) };
            for signal in outcome.signals(&rules).map_err(|error| uncountable(&error))? {
                self.findings.push(course.finding(signal, place, evaluation_words(&outcome.evaluation)));
            }
        }
        Ok(Some(outcome.evaluation))
    }

    /// What is judged of the contract as a whole, on the newest day.
    fn contract(&mut self, course: &Course) {
        let Some(day) = self.newest else { return };
        let nothing = (None, serde_json::Map::new());
        let source = judge_source(&source_facts(course, self.used, day));
        self.findings.push(course.finding(source, Place::default(), nothing.clone()));
        if course.agreed.contract_type == ContractType::Metered {
            let window = course.agreed.billing_cycle().containing(day);
            let in_period = |used: &&DayUsed| window.is_some_and(|window| window.contains(used.date)) && used.date <= day;
            let unpriced = self.used.iter().filter(in_period).any(|used| used.value.is_none() && used.sum.uncounted < used.sum.requests);
            self.findings.push(course.finding(judge_price(unpriced), Place::default(), nothing.clone()));
        }
        let Some(window) = course.agreed.budget_period(day) else { return };
        let place = Place { allowance_id: None, period_start: Some(window.start()) };
        let cost = course.spent(window, self.used, day);
        if let Ok(Some(signal)) = judge_budget(cost, course.agreed.budget) {
            let words = cost.map(|cost| format!("{} spent since {}", cost.to_minor(), window.start()));
            self.findings.push(course.finding(signal, place, (words, serde_json::Map::new())));
        }
        self.findings.extend(course.past_budgets(window.start()));
    }
}

/// What went through us. An allowance that nobody publishes has at least its tokens.
fn readings(track: &Track, used: &[&DayUsed], course: &Course) -> Vec<Reading> {
    let sums: Vec<_> = used.iter().map(|used| used.counted()).collect();
    let quantity = match &track.allowance {
        Some(allowance) if allowance.terms.metric != MetricKey::Undisclosed => {
            measure(allowance.terms.metric, &allowance.terms.scope, &sums, course.agreed.currency)
        }
        Some(allowance) => measure(MetricKey::TotalTokens, &allowance.terms.scope, &sums, course.agreed.currency),
        None => measure(MetricKey::TotalTokens, &domain::finance::allowance::Scope::default(), &sums, course.agreed.currency),
    };
    quantity.map(|quantity| Reading { source: UsageSource::InternalObserved, quantity }).into_iter().collect()
}

/// What the period before left over, as far as it may be carried. A closed period keeps what it was given.
fn carried_in(
    track: &Track,
    rows: &std::collections::BTreeMap<Date, Snapshot>,
    due: &DueDay,
    window: &domain::finance::evaluation::Window,
) -> ServiceResult<Decimal> {
    let Some(terms) = track.allowance.as_ref().map(|allowance| &allowance.terms) else { return Ok(Decimal::ZERO) };
    let before = window.active().start().previous_day().and_then(|day| rows.get(&day));
    if let Some(before) = before {
        let included = before.evaluation.included.unwrap_or_default();
        return Ok(carried_over(terms.rollover_cap, included, before.corrected_consumption()));
    }
    let own = window.included(terms, Decimal::ZERO).map_err(|error| uncountable(&error))?;
    let kept = rows.get(&due.date).and_then(|row| row.evaluation.included);
    Ok(kept.zip(own).map_or(Decimal::ZERO, |(kept, own)| (kept - own).max(Decimal::ZERO)))
}

/// Requests are seen by us, whatever the vendor reports: silent is a contract whose requests report no tokens.
fn source_facts(course: &Course, used: &[DayUsed], day: Date) -> SourceFacts {
    let recent = day.checked_sub(Duration::days(2)).unwrap_or(day);
    let counted = used.iter().filter(|used| used.date <= day && used.sum.uncounted < used.sum.requests).map(|used| used.date).max();
    let since = counted.or_else(|| course.first_day().previous_day()).unwrap_or(day);
    SourceFacts {
        strategy: UsageSource::InternalObserved,
        calls_routed: used.iter().any(|used| used.date >= recent && used.date <= day && used.sum.requests > 0),
        silent_days: u32::try_from((day - since).whole_days().max(0)).unwrap_or(u32::MAX),
        period_without_report: false,
    }
}

impl Course {
    fn finding(&self, signal: Signal, place: Place, words: (Option<String>, serde_json::Map<String, serde_json::Value>)) -> Finding {
        let about = self.around.contract.about(&self.around.supplier.details.name);
        self.around.subject(&about).evaluated(signal, place, words)
    }

    /// Items of budget windows that are over.
    fn past_budgets(&self, current: Date) -> Vec<Finding> {
        let key = DedupeKey::new(WorkItemType::BudgetExceeded, Scope::Contract(self.around.contract.id), Some(current));
        let past = self.around.items.iter().filter(|item| item.kind == WorkItemType::BudgetExceeded && item.state.is_open());
        let past = past.filter(|item| item.links.contract_id == Some(self.around.contract.id) && item.key != key);
        let closed = domain::finance::evaluation::Judgement::Clear(AutoResolution::PeriodClosed);
        past.map(|item| {
            let signal = Signal { kind: WorkItemType::BudgetExceeded, judgement: closed };
            Finding { key: item.key.clone(), ..self.finding(signal, Place::default(), (None, serde_json::Map::new())) }
        })
        .collect()
    }

    /// What a window has cost so far: fixed amounts that fell due in it, and use where that is billed.
    fn spent(&self, window: Period, used: &[DayUsed], day: Date) -> Option<Money> {
        let mut sum = Money::zero(self.agreed.currency);
        for period in self.agreed.billing_cycle().touching(window).filter(|period| window.contains(period.start())) {
            if period.start() <= day {
                sum = sum.plus(self.agreed.fee(period).ok()??).ok()?;
            }
        }
        if self.agreed.contract_type != ContractType::Metered {
            return Some(sum);
        }
        let billed = used.iter().filter(|used| window.contains(used.date) && used.date <= day);
        worth(billed, sum)
    }
}
