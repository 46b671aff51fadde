//! A contract with its subjects' days so far.

use super::Finance;
use super::around::Around;
use super::measured::DayUsed;
use crate::error::ServiceResult;
use crate::ports::SnapshotsOf;
use domain::finance::allowance::{Allowance, Scope, Valuation};
use domain::finance::contract::Agreed;
use domain::finance::evaluation::schedule::{first_day, last_complete_day};
use domain::finance::evaluation::{DueDay, Progress, Reported, Snapshot, Subject, Why, Window};
use domain::finance::period::{Cycle, Period, Span};
use domain::finance::usage::measure;
use domain::finance::{Currency, Money};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Duration, OffsetDateTime};
use vocab::ContractId;
use vocab::finance::{ContractType, MetricKey};

/// How long after the end of a period use that came late is looked for.
const LATE_DAYS: i64 = 3;

/// A contract in force, or that was.
pub(super) struct Course {
    pub(super) around: Around,
    pub(super) agreed: Agreed,
    /// What is evaluated of it.
    pub(super) tracks: Vec<Track>,
}

/// An allowance, or a metered contract as a whole.
pub(super) struct Track {
    pub(super) subject: Subject,
    pub(super) allowance: Option<Allowance>,
    pub(super) cycle: Cycle,
    /// When the contract and the allowance hold.
    pub(super) in_force: Span,
    /// The days of it that are evaluated.
    pub(super) evaluated: Span,
    /// The newest final day, and all after it.
    pub(super) rows: BTreeMap<Date, Snapshot>,
    /// What the vendor says was used of it, oldest day first.
    pub(super) reports: Vec<Reported>,
}

impl Course {
    /// `None` for a contract that never was in force.
    pub(super) async fn load(finance: &Finance, id: ContractId, now: OffsetDateTime) -> ServiceResult<Option<Self>> {
        let around = Around::light(finance, id, now).await?;
        let Some(agreed) = around.contract.agreed() else { return Ok(None) };
        let finals = finance.figures.snapshots(&SnapshotsOf::NewestFinal(id)).await?;
        let reports = finance.rows().reported(id).await?;
        let mut course = Self { tracks: tracks(&around, &agreed, &reports), around, agreed };
        let since = course.tracks.iter().map(|track| {
            let closed = finals.iter().find(|row| row.evaluation.subject == track.subject).map(|row| row.evaluation.date);
            closed.unwrap_or(track.evaluated.from())
        });
        let Some(since) = since.min() else { return Ok(Some(course)) };
        for row in finance.figures.snapshots(&SnapshotsOf::Since(id, since)).await? {
            if let Some(track) = course.tracks.iter_mut().find(|track| track.subject == row.evaluation.subject) {
                track.rows.insert(row.evaluation.date, row);
            }
        }
        Ok(Some(course))
    }

    /// The days each track is to be evaluated on, in order.
    pub(super) fn due(&self, now: OffsetDateTime) -> Vec<Vec<DueDay>> {
        let zone = &self.agreed.time_zone;
        let due: Vec<Vec<DueDay>> = self.tracks.iter().map(|track| track.due(zone, now)).collect();
        if due.iter().all(Vec::is_empty) { Vec::new() } else { due }
    }

    /// The days whose use has to be read: those of the periods and of the budget's window.
    pub(super) fn days_read(&self, due: &[Vec<DueDay>]) -> Option<Period> {
        let all = || self.tracks.iter().zip(due).flat_map(|(track, days)| days.iter().map(move |due| (track, due.date)));
        let last = all().map(|(_, day)| day).max()?;
        let periods = all().filter_map(|(track, day)| Some(track.window(day)?.active().start()));
        let budget = self.agreed.budget.and_then(|_| self.agreed.budget_period(last)).map(Period::start);
        Period::new(periods.chain(budget).min()?, last.next_day()?).ok()
    }

    /// The first day that is evaluated.
    pub(super) fn first_day(&self) -> Date {
        self.tracks.iter().map(|track| track.evaluated.from()).min().unwrap_or(self.agreed.span.from())
    }

    /// The last day up to which everything that is billed is final: use of days that are closed, allowances whose period
    /// has ended.
    pub(super) fn settled_through(&self) -> Option<Date> {
        self.tracks.iter().map(Track::settled_through).min().flatten()
    }
}

fn tracks(around: &Around, agreed: &Agreed, reports: &[Reported]) -> Vec<Track> {
    let Some(activated) = around.contract.standing.activated() else { return Vec::new() };
    let Ok(evaluated) = Span::new(first_day(agreed.span.from(), activated.at, &agreed.time_zone), agreed.span.until()) else {
        return Vec::new();
    };
    let of_allowance = |allowance: &Allowance| {
        let in_force = agreed.span.and(allowance.effective)?;
        let reports: Vec<Reported> = reports.iter().filter(|report| report.allowance_id == allowance.id).cloned().collect();
        // What only the vendor can count has figures from its first one on.
        let is_seen = allowance.terms.metric.is_observable() || allowance.terms.metric == MetricKey::Undisclosed;
        let known = if is_seen { Some(evaluated) } else { reports.first().and_then(|first| evaluated.and(Span::open(first.date))) };
        Some(Track {
            subject: Subject::Allowance(allowance.id),
            cycle: allowance.terms.cycle(agreed.anchor, agreed.cadence),
            in_force,
            evaluated: known?.and(in_force)?,
            rows: BTreeMap::new(),
            reports,
            allowance: Some(allowance.clone()),
        })
    };
    let mut tracks: Vec<Track> = around.allowances.iter().filter_map(of_allowance).collect();
    if agreed.contract_type == ContractType::Metered {
        let (cycle, in_force) = (agreed.billing_cycle(), agreed.span);
        let (rows, reports) = (BTreeMap::new(), Vec::new());
        tracks.push(Track { subject: Subject::Contract, allowance: None, cycle, in_force, evaluated, rows, reports });
    }
    tracks
}

impl Course {
    /// Begins to follow an allowance that only the vendor can count, from this figure on.
    pub(super) fn follow(&mut self, report: Reported) {
        let known = self.around.allowances.iter().any(|allowance| allowance.id == report.allowance_id);
        let followed = tracks(&self.around, &self.agreed, &[report]).into_iter().find(|track| known && !track.reports.is_empty());
        self.tracks.extend(followed);
    }
}

impl Track {
    /// Is it this allowance?
    pub(super) fn is_of(&self, id: vocab::AllowanceId) -> bool {
        self.subject == Subject::Allowance(id)
    }

    /// The period of a day.
    pub(super) fn window(&self, day: Date) -> Option<Window> {
        Window::on(self.cycle, self.in_force, day)
    }

    /// Does the use count here?
    pub(super) fn covers(&self, used: &DayUsed) -> bool {
        self.allowance.as_ref().is_none_or(|allowance| allowance.terms.scope.covers(&used.sum.provider_id, &used.sum.model_id))
    }

    /// Units of it that went through us; `None` where only the vendor can count them.
    pub(super) fn observed<'a>(&self, used: impl Iterator<Item = &'a DayUsed>, currency: Currency) -> Option<Decimal> {
        let sums: Vec<_> = used.map(DayUsed::counted).collect();
        match &self.allowance {
            Some(allowance) if allowance.terms.metric != MetricKey::Undisclosed => {
                measure(allowance.terms.metric, &allowance.terms.scope, &sums, currency)
            }
            Some(allowance) => measure(MetricKey::TotalTokens, &allowance.terms.scope, &sums, currency),
            None => measure(MetricKey::TotalTokens, &Scope::default(), &sums, currency),
        }
    }

    /// A cost in another currency than the contract's cannot value what is unused.
    pub(super) fn estimate(&self, cost: Option<Money>, currency: Currency) -> Option<Money> {
        let by_list = self.allowance.as_ref().is_some_and(|allowance| allowance.terms.valuation == Valuation::ListPrice);
        cost.filter(|cost| !by_list || cost.currency() == currency)
    }

    /// The newest final day.
    pub(super) fn final_through(&self) -> Option<Date> {
        self.rows.values().filter(|row| row.evaluation.is_final).map(|row| row.evaluation.date).max()
    }

    /// The last day up to which each of its periods that has ended is final. One that goes on holds nothing back before its
    /// own last day.
    fn settled_through(&self) -> Option<Date> {
        let closed = self.final_through();
        let next = closed.map_or(Some(self.evaluated.from()), Date::next_day);
        let goes_on = next.and_then(|day| self.window(day)).and_then(|window| window.active().last_day().previous_day());
        closed.max(goes_on)
    }

    fn with_progress<T>(&self, zone: &domain::finance::zone::Zone, ask: impl FnOnce(&Progress<'_>) -> T) -> T {
        let final_through = self.final_through();
        let after = self.rows.keys().copied().filter(|day| final_through.is_none_or(|last| *day > last));
        let existing: BTreeSet<Date> = after.collect();
        ask(&Progress { zone, cycle: self.cycle, span: self.evaluated, final_through, existing: &existing })
    }

    fn due(&self, zone: &domain::finance::zone::Zone, now: OffsetDateTime) -> Vec<DueDay> {
        let mut due = self.with_progress(zone, |progress| progress.due(now));
        let closed = self.final_through().zip(last_complete_day(now, zone));
        let late = closed.filter(|(last, yesterday)| *yesterday - *last <= Duration::days(LATE_DAYS)).map(|(last, _)| last);
        if let (Some(date), false) = (late, due.is_empty()) {
            due.insert(0, DueDay { date, why: Why::Closing, judges_items: false, is_final: true, ends_period: false });
        }
        due
    }
}
