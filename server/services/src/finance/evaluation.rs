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
use domain::finance::evaluation::schedule::{LEASE, is_time, last_complete_day, lease_name};
use domain::finance::evaluation::{
    AllowanceDay, AllowanceRules, ContractDay, DueDay, Evaluation, Reading, Snapshot, Window, Write, as_reported, carried_over, write_for,
};
use domain::finance::price::PriceBook;
use domain::finance::work_item::{Finding, Place, evaluation_words};
use domain::people::Actor;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::time::Duration as StdDuration;
use time::{Date, Duration, OffsetDateTime};
use vocab::finance::{ContractStatus, MetricKey, UsageSource};
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
        let mut newest: HashMap<ContractId, Option<Date>> = HashMap::new();
        for (id, day) in self.figures.newest_days().await? {
            newest.entry(id).and_modify(|first| *first = (*first).min(day)).or_insert(day);
        }
        for contract in self.rows().contracts(&ContractsOf::All).await? {
            if !is_evaluated(&contract, now) || is_done(&contract, newest.get(&contract.id).copied().flatten(), now) {
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
        if Course::load(self, id, now).await?.is_none_or(|course| course.due(now).is_empty()) {
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
        let Some(course) = Course::load(self, id, now).await? else { return Ok(Decision::nothing(0)) };
        let due = course.due(now);
        let (writes, days) = self.decided(&course, &due, Vec::new(), (book, now)).await?;
        if days == 0 && writes.is_empty() {
            return Ok(Decision::nothing(0));
        }
        let trail = TrailBuilder::of(&self.environment, Actor::System, Origin::default()).event(Event::FinanceChanged);
        Ok(Decision { writes, trail: trail.build(), answer: days })
    }

    /// What evaluating these days comes to, and how many of them have something new. `known` is what was found before.
    pub(super) async fn decided(
        &self,
        course: &Course,
        due: &[Vec<DueDay>],
        known: Vec<Finding>,
        (book, now): (&PriceBook, OffsetDateTime),
    ) -> ServiceResult<(Vec<FinanceWrite>, u32)> {
        let Some(days) = course.days_read(due) else {
            return Ok((if known.is_empty() { Vec::new() } else { course.around.found(self, known, None) }, 0));
        };
        let of = UseOf::contract(&course.around.contract, &course.around.coverage, &course.around.profiles, book);
        let used = self.used_on(days, &of).await?;
        let mut found = Found { finance: self, used: &used, now, writes: Vec::new(), findings: Vec::new(), newest: None, days: 0 };
        for (track, days) in course.tracks.iter().zip(due) {
            found.track(course, track, days)?;
        }
        let Found { mut writes, mut findings, days, newest, .. } = found;
        findings.extend(known);
        findings.extend(newest.map(|day| course.judged(&used, day)).unwrap_or_default());
        let evaluated = newest.map(|_| now);
        writes.extend(course.around.found(self, findings, evaluated));
        Ok((writes, days))
    }
}

/// Has it yesterday's figures, all of them, or is it too early for them? Then nothing else of it has to be read.
fn is_done(contract: &Contract, newest: Option<Date>, now: OffsetDateTime) -> bool {
    let zone = &contract.terms.time_zone;
    // What has an end may be due again on the day it ends.
    let goes_on = contract.status() == ContractStatus::Active && contract.terms.end_date.is_none_or(|end| end > zone.date(now));
    goes_on && (!is_time(now, zone) || newest.is_some_and(|newest| last_complete_day(now, zone).is_some_and(|day| newest >= day)))
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
            let Some(day) = self.day(course, track, &rows, *due)? else { continue };
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
            (Write::Insert(evaluation, notes), _) => {
                let snapshot = fresh(evaluation, notes);
                return Some((snapshot.clone(), FinanceWrite::InsertSnapshot(snapshot, self.now)));
            }
            (Write::Refresh(evaluation), Some(old)) => Snapshot { evaluation, ..old.clone() },
            (Write::Revise(evaluation, revision, notes), Some(old)) => Snapshot { evaluation, revision, notes, ..old.clone() },
            (Write::Correct(note), Some(old)) => Snapshot { notes: old.notes.iter().copied().chain([note]).collect(), ..old.clone() },
            (Write::Nothing, _) | (Write::Refresh(_) | Write::Revise(..) | Write::Correct(_), None) => return None,
        };
        Some((snapshot.clone(), FinanceWrite::UpdateSnapshot(snapshot, self.now)))
    }

    /// One day's figures; its items where it is the newest, or ends its period.
    fn day(
        &mut self,
        course: &Course,
        track: &Track,
        rows: &std::collections::BTreeMap<Date, Snapshot>,
        due: DueDay,
    ) -> ServiceResult<Option<Evaluation>> {
        let Some(window) = track.window(due.date) else { return Ok(None) };
        let contract = &course.around.contract;
        let used: Vec<&DayUsed> = self.used.iter().filter(|used| window.active().contains(used.date) && used.date <= due.date).collect();
        let readings = readings(track, &used, course, &window);
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
}

/// What went through us, and what the vendor says. An allowance that nobody publishes has at least its tokens.
fn readings(track: &Track, used: &[&DayUsed], course: &Course, window: &Window) -> Vec<Reading> {
    let ours = |through: Date| track.observed(used.iter().copied().filter(|used| used.date <= through), course.agreed.currency);
    let observed = ours(window.day()).map(|quantity| Reading { source: UsageSource::InternalObserved, quantity });
    let reported = as_reported(&track.reports, window, ours).map(|quantity| Reading { source: UsageSource::ProviderPortal, quantity });
    reported.into_iter().chain(observed).collect()
}

/// What the period before left over, as far as it may be carried. A closed period keeps what it was given.
fn carried_in(track: &Track, rows: &std::collections::BTreeMap<Date, Snapshot>, due: DueDay, window: &Window) -> ServiceResult<Decimal> {
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
