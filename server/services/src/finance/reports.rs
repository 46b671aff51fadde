//! What a vendor says was used, entered by a person: it counts before what went through us, and a difference that matters
//! becomes a work item.

use super::Finance;
use super::course::{Course, Track};
use super::ledger::Decision;
use super::measured::{UseOf, uncountable};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::FinanceWrite;
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::contract::Stamp;
use domain::finance::evaluation::{DueDay, Judgement, ReportRefused, Reported, Signal, Variance, Why, schedule::last_complete_day};
use domain::finance::period::Period;
use domain::finance::price::PriceBook;
use domain::finance::work_item::{Finding, Place};
use domain::people::Caller;
use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};
use vocab::finance::{AutoResolution, WorkItemType};
use vocab::{AllowanceId, ContractId, Permission};

/// A vendor's figure as a person enters it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportEdit {
    /// Of which allowance.
    pub allowance_id: AllowanceId,
    /// The last day it counts.
    pub date: Date,
    /// Units since the allowance's period began.
    pub quantity: Decimal,
    /// Where it was read; may be empty.
    pub note: String,
}

/// A vendor's figure beside ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// The vendor's.
    pub reported: Reported,
    /// The allowance's name.
    pub allowance: String,
    /// Its unit.
    pub unit: String,
    /// What went through us; `None` where only the vendor can count.
    pub ours: Option<Decimal>,
    /// Who entered it.
    pub entered_by: Option<String>,
}

impl Finance {
    /// The vendor's figures of a contract beside ours, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`.
    pub async fn reported(&self, caller: &Caller, id: ContractId) -> ServiceResult<Vec<ReportRow>> {
        caller.require(Permission::ViewFinance)?;
        let Some(course) = Course::load(self, id, self.environment.now()).await? else { return Ok(Vec::new()) };
        if course.tracks.iter().all(|track| track.reports.is_empty()) {
            return Ok(Vec::new());
        }
        let (book, names) = (self.price_book().await?, self.names().await?);
        let mut rows = Vec::new();
        for track in &course.tracks {
            let Some(allowance) = &track.allowance else { continue };
            for report in &track.reports {
                rows.push(ReportRow {
                    ours: self.ours(&course, track, report.date, &book).await?,
                    allowance: allowance.terms.name.clone(),
                    unit: allowance.terms.unit.clone(),
                    entered_by: report.entered.by.and_then(|id| names.get(&id).cloned()),
                    reported: report.clone(),
                });
            }
        }
        rows.sort_by(|a, b| (b.reported.date, &a.allowance).cmp(&(a.reported.date, &b.allowance)));
        Ok(rows)
    }

    /// Enters a vendor's figure, in place of that day's if there is one. Figures from that day on are computed anew.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::NotFound`], [`ServiceError::Invalid`] naming the
    /// wrong field, [`ServiceError::Refused`] for a contract that never was in force.
    pub async fn report_usage(&self, caller: &Caller, id: ContractId, edit: ReportEdit) -> ServiceResult<()> {
        caller.require(Permission::ManageFinance)?;
        let (edit, book) = (&edit, &self.price_book().await?);
        self.ledger
            .change(move || async move {
                let mut course = self.in_force(id).await?;
                let now = self.environment.now();
                let report = Reported {
                    contract_id: id,
                    allowance_id: edit.allowance_id,
                    date: edit.date,
                    quantity: edit.quantity.normalize(),
                    note: edit.note.trim().to_owned(),
                    entered: Stamp { at: now, by: caller.actor.user_id() },
                };
                let at = course.place_report(&report, now)?;
                let words = course.report_words(at, &report);
                let findings = vec![self.compared(&course, at, &report, book).await?].into_iter().flatten().collect();
                let writes = self.with_report(&course, at, report, findings, book).await?;
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::CONTRACT_REPORT, Object::Contract(id), words);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: () })
            })
            .await
    }

    /// Takes a vendor's figure back. Figures from that day on are computed anew.
    ///
    /// # Errors
    /// As [`Finance::report_usage`]; [`ServiceError::Refused`] once the figures of its period are final.
    pub async fn remove_report(&self, caller: &Caller, id: ContractId, allowance: AllowanceId, date: Date) -> ServiceResult<()> {
        caller.require(Permission::ManageFinance)?;
        let book = &self.price_book().await?;
        self.ledger
            .change(move || async move {
                let mut course = self.in_force(id).await?;
                let (at, report) = course.take_report(allowance, date)?;
                let words = course.report_words(at, &report);
                let settled =
                    Signal { kind: WorkItemType::ReconciliationReview, judgement: Judgement::Clear(AutoResolution::VarianceInside) };
                let findings = course.reconciliation(at, date, settled, None).into_iter().collect();
                let now = self.environment.now();
                let mut writes = vec![FinanceWrite::DeleteReport(report)];
                writes.extend(self.recomputed(&course, at, date, findings, (book, now)).await?);
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::CONTRACT_REPORT_REMOVE, Object::Contract(id), words);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: () })
            })
            .await
    }

    async fn in_force(&self, id: ContractId) -> ServiceResult<Course> {
        let never = || ServiceError::Refused("This contract has not been activated yet.".to_owned());
        Course::load(self, id, self.environment.now()).await?.ok_or_else(never)
    }

    /// What went through us from the start of a day's period to its end.
    async fn ours(&self, course: &Course, track: &Track, day: Date, book: &PriceBook) -> ServiceResult<Option<Decimal>> {
        let Some(window) = track.window(day) else { return Ok(None) };
        let Ok(days) = Period::new(window.active().start(), day.next_day().unwrap_or(day)) else { return Ok(None) };
        let of = UseOf::contract(&course.around.contract, &course.around.coverage, &course.around.profiles, book);
        let used = self.used_on(days, &of).await?;
        Ok(track.observed(used.iter(), course.agreed.currency))
    }

    /// The vendor's figure against ours.
    async fn compared(&self, course: &Course, at: usize, report: &Reported, book: &PriceBook) -> ServiceResult<Option<Finding>> {
        let Some((track, window)) = course.tracks.get(at).and_then(|track| Some((track, track.window(report.date)?))) else {
            return Ok(None);
        };
        let (Some(allowance), Some(ours)) = (&track.allowance, self.ours(course, track, report.date, book).await?) else { return Ok(None) };
        let terms = &allowance.terms;
        let included = window.included(terms, Decimal::ZERO).map_err(|error| uncountable(&error))?;
        let commitment = window.commitment(&course.agreed, terms).map_err(|error| uncountable(&error))?;
        let variance = report.variance(ours, included, commitment).map_err(|error| uncountable(&error))?;
        Ok(course.reconciliation(at, report.date, variance.signal(), Some((ours, &variance))))
    }

    async fn with_report(
        &self,
        course: &Course,
        at: usize,
        report: Reported,
        findings: Vec<Finding>,
        book: &PriceBook,
    ) -> ServiceResult<Vec<FinanceWrite>> {
        let (date, now) = (report.date, report.entered.at);
        let mut writes = vec![FinanceWrite::Report(report)];
        writes.extend(self.recomputed(course, at, date, findings, (book, now)).await?);
        Ok(writes)
    }

    /// Figures that exist already, from a day on, and the items that follow.
    async fn recomputed(
        &self,
        course: &Course,
        at: usize,
        from: Date,
        findings: Vec<Finding>,
        (book, now): (&PriceBook, OffsetDateTime),
    ) -> ServiceResult<Vec<FinanceWrite>> {
        let due = course.known_since(at, from, now);
        Ok(self.decided(course, &due, findings, (book, now)).await?.0)
    }
}

impl Course {
    /// Puts a figure among those of its allowance; returns the track's place.
    fn place_report(&mut self, report: &Reported, now: OffsetDateTime) -> ServiceResult<usize> {
        let today = self.agreed.time_zone.date(now);
        // What only the vendor counts is tracked from its first figure on: this one may be it.
        if !self.tracks.iter().any(|track| track.is_of(report.allowance_id)) {
            self.follow(report.clone());
        }
        let at = self.tracks.iter().position(|track| track.is_of(report.allowance_id)).ok_or(ServiceError::NotFound("allowance"))?;
        let track = &mut self.tracks[at];
        let terms = track.allowance.as_ref().map(|allowance| &allowance.terms).ok_or(ServiceError::NotFound("allowance"))?;
        report.check(terms, track.window(report.date).as_ref(), today, track.final_through()).map_err(wrong)?;
        track.reports.retain(|other| other.date != report.date);
        track.reports.push(report.clone());
        track.reports.sort_by_key(|report| report.date);
        Ok(at)
    }

    fn take_report(&mut self, allowance: AllowanceId, date: Date) -> ServiceResult<(usize, Reported)> {
        let none = || ServiceError::NotFound("figure");
        let at = self.tracks.iter().position(|track| track.is_of(allowance)).ok_or_else(none)?;
        let track = &mut self.tracks[at];
        if track.final_through().is_some_and(|last| date <= last) {
            return Err(super::refusal::refused(&ReportRefused::Closed));
        }
        let index = track.reports.iter().position(|report| report.date == date).ok_or_else(none)?;
        Ok((at, track.reports.remove(index)))
    }

    /// `Tokens: 1200 through 2026-11-20`.
    fn report_words(&self, at: usize, report: &Reported) -> String {
        let name = self.tracks.get(at).and_then(|track| track.allowance.as_ref()).map(|allowance| allowance.terms.name.as_str());
        format!("{}: {} through {}", name.unwrap_or_default(), report.quantity, report.date)
    }

    /// The item about a difference; `compared` has our figure.
    fn reconciliation(&self, at: usize, day: Date, signal: Signal, compared: Option<(Decimal, &Variance)>) -> Option<Finding> {
        let track = self.tracks.get(at)?;
        let (allowance, window) = (track.allowance.as_ref()?, track.window(day)?);
        let place = Place { allowance_id: Some(allowance.id), period_start: Some(window.active().start()) };
        let words = compared.map(|(ours, variance)| {
            let theirs = (ours + variance.difference).normalize();
            let share = variance.percent.map(|percent| format!(" ({} % apart)", percent.round_dp(1).normalize())).unwrap_or_default();
            format!("The vendor says {theirs} {unit} through {day}, we counted {}{share}", ours.normalize(), unit = allowance.terms.unit)
        });
        Some(self.finding(signal, place, (words, serde_json::Map::new())))
    }

    /// The days of one track from a day on that have figures which may change; the newest judges items.
    fn known_since(&self, at: usize, from: Date, now: OffsetDateTime) -> Vec<Vec<DueDay>> {
        let newest = last_complete_day(now, &self.agreed.time_zone);
        let days = |track: &Track| {
            let open = track.rows.values().filter(|row| !row.evaluation.is_final && row.evaluation.date >= from);
            let open: Vec<Date> = open.map(|row| row.evaluation.date).collect();
            let due = |date: &Date| DueDay {
                date: *date,
                why: Why::Late,
                judges_items: Some(*date) == newest,
                is_final: false,
                ends_period: false,
            };
            open.iter().map(due).collect()
        };
        self.tracks.iter().enumerate().map(|(index, track)| if index == at { days(track) } else { Vec::new() }).collect()
    }
}

/// The refusal beside its field.
fn wrong(refused: ReportRefused) -> ServiceError {
    let field = match refused {
        ReportRefused::Day | ReportRefused::Closed => "date",
        ReportRefused::Quantity => "quantity",
        ReportRefused::Undisclosed => "allowance",
        ReportRefused::Note => "note",
    };
    ServiceError::field(field, refused.to_string())
}
