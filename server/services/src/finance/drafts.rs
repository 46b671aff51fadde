//! Draft bills: what is due of every contract, made once, whatever becomes of the bill.

use super::Finance;
use super::course::Course;
use super::day_use::{beyond_allowances, drawn_since};
use super::ledger::Decision;
use super::measured::{UseOf, uncountable};
use crate::error::ServiceResult;
use crate::ports::{ContractsOf, FinanceWrite, SnapshotsOf};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object, Origin};
use domain::events::Event;
use domain::finance::bill::{
    Bill, BillLine, BillState, BillingPeriod, BillingProgress, Draft, DraftError, Drafting, DueDraft, MeterUse, OverageUse, PeriodState,
    PeriodUse, Tax, obstacle,
};
use domain::finance::contract::Contract;
use domain::finance::evaluation::{Snapshot, Subject};
use domain::finance::period::Period;
use domain::finance::price::PriceBook;
use domain::finance::work_item::Finding;
use domain::people::Actor;
use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};
use vocab::finance::{BillingPeriodKind, ContractStatus, ContractType, SkipReason};
use vocab::{BillId, BillLineId, ContractId, UserId};

/// What a run of the drafting did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillingRun {
    /// Bills drafted.
    pub drafted: u32,
    /// Periods passed over, each for a reason that is kept.
    pub skipped: u32,
    /// Contracts that could not be billed, by number, and why.
    pub failed: Vec<(String, String)>,
}

/// What came of a due period.
pub(super) enum Made {
    Bill(Box<Bill>),
    Skipped(SkipReason),
}

impl Finance {
    /// Drafts every bill that is due at `now`. One contract that fails does not keep the others from theirs.
    ///
    /// # Errors
    /// When contracts or prices cannot be read.
    pub async fn draft_due_bills(&self, now: OffsetDateTime) -> ServiceResult<BillingRun> {
        let book = self.price_book().await?;
        let mut run = BillingRun::default();
        for contract in self.rows().contracts(&ContractsOf::All).await? {
            if !is_billed(&contract, now) {
                continue;
            }
            let (id, book) = (contract.id, &book);
            match self.ledger.change(move || self.decide_drafts(id, now, book)).await {
                Ok((drafted, skipped)) => (run.drafted, run.skipped) = (run.drafted + drafted, run.skipped + skipped),
                Err(error) => {
                    tracing::warn!(contract = %contract.number, %error, "a contract could not be billed; it will be tried again");
                    run.failed.push((contract.number, error.to_string()));
                }
            }
        }
        Ok(run)
    }

    async fn decide_drafts(&self, id: ContractId, now: OffsetDateTime, book: &PriceBook) -> ServiceResult<Decision<(u32, u32)>> {
        let Some(course) = Course::load(self, id, now).await? else { return Ok(Decision::nothing((0, 0))) };
        let rows = self.figures.billing_periods(id).await?;
        let due = course.due_drafts(&rows, now);
        let mut sequence = if due.is_empty() { 0 } else { self.figures.last_bill().await? };
        let (mut writes, mut findings, mut counts) = (Vec::new(), Vec::new(), (0, 0));
        let mut trail = TrailBuilder::of(&self.environment, Actor::System, Origin::default());
        for due in due {
            let made = self.make(&course, &due, book, sequence + 1, None).await?;
            match &made {
                Made::Bill(bill) => {
                    (sequence, counts.0) = (sequence + 1, counts.0 + 1);
                    trail = trail.done(Action::BILL_DRAFT, Object::Bill(bill.id), said(bill));
                }
                Made::Skipped(reason) if is_known(&rows, &due, *reason) => continue,
                Made::Skipped(_) => counts.1 += 1,
            }
            writes.extend(made.writes(&due, now));
            findings.push(course.bill_finding(&due, &made));
        }
        if writes.is_empty() {
            return Ok(Decision::nothing((0, 0)));
        }
        writes.extend(course.around.found(self, findings, None));
        Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: counts })
    }

    /// The bill of a period, or why there is none.
    pub(super) async fn make(
        &self,
        course: &Course,
        due: &DueDraft,
        book: &PriceBook,
        sequence: u64,
        by: Option<UserId>,
    ) -> ServiceResult<Made> {
        let contract = &course.around.contract;
        if let Some(reason) = obstacle(contract, course.around.supplier.status) {
            return Ok(Made::Skipped(reason));
        }
        let (metered, overage) = match due.key.kind {
            BillingPeriodKind::Fixed => (Vec::new(), Vec::new()),
            BillingPeriodKind::Usage => (self.metered_use(course, due, book).await?, self.overage_use(course, due).await?),
        };
        let title = contract.about(&course.around.supplier.details.name);
        let drafting = Drafting {
            agreed: &course.agreed,
            title: &title,
            payment_terms: contract.terms.payment_terms.as_deref().or(course.around.supplier.details.payment_terms.as_deref()),
            account_code: contract.terms.account_code.as_deref(),
            tax: Tax::Unconfirmed,
        };
        match drafting.draft(due, &PeriodUse { metered: &metered, overage: &overage }) {
            Ok(draft) => Ok(Made::Bill(Box::new(self.bill_of(contract, draft, sequence, by)))),
            Err(DraftError::Skipped(reason)) => Ok(Made::Skipped(reason)),
            Err(DraftError::Money(error)) => Err(uncountable(&error)),
        }
    }

    fn bill_of(&self, contract: &Contract, draft: Draft, sequence: u64, by: Option<UserId>) -> Bill {
        let notes = draft.notes();
        let line = |content| BillLine { id: BillLineId::new(self.environment.uuid()), content };
        Bill {
            id: BillId::new(self.environment.uuid()),
            number: Bill::number(draft.issue_date.year(), sequence),
            supplier_id: contract.supplier_id,
            state: BillState::Draft { returned: None },
            invoice_ref: None,
            source: Some(draft.source),
            issue_date: draft.issue_date,
            due_date: draft.due_date,
            currency: draft.currency,
            lines: draft.lines.into_iter().map(line).collect(),
            is_estimate: draft.is_estimate,
            notes,
            created_by: by,
            version: 0,
        }
    }

    /// Metered use, beyond what allowances include.
    async fn metered_use(&self, course: &Course, due: &DueDraft, book: &PriceBook) -> ServiceResult<Vec<MeterUse>> {
        if course.agreed.contract_type != ContractType::Metered {
            return Ok(Vec::new());
        }
        let around = &course.around;
        let of = UseOf::contract(&around.contract, &around.coverage, &around.profiles, book);
        let since = drawn_since(course, due.active);
        let read = Period::new(since, due.active.end()).unwrap_or(due.active);
        let used = self.used_on(read, &of).await?;
        let closed = self.closed_since(around.contract.id, since).await?;
        let billed = beyond_allowances(self, course, due.active, (&used, &of), &closed)?.beyond;
        let mut meters: Vec<MeterUse> = Vec::new();
        for day in billed {
            let price = day.agreed.or(day.list.map(|(price, _)| price));
            let same = |used: &&mut MeterUse| {
                used.provider_id == day.provider_id && used.model_id == day.model_id && used.meter == day.meter && used.price == price
            };
            match meters.iter_mut().find(same) {
                Some(used) => used.quantity += day.quantity,
                None => meters.push(MeterUse {
                    provider_id: day.provider_id,
                    model_id: day.model_id,
                    meter: day.meter,
                    quantity: day.quantity,
                    price,
                }),
            }
        }
        meters.sort_by(|a, b| (&a.provider_id, &a.model_id, a.meter).cmp(&(&b.provider_id, &b.model_id, b.meter)));
        Ok(meters)
    }

    /// The closed figures of periods that end on or after the day before this one.
    pub(super) async fn closed_since(&self, id: ContractId, day: Date) -> ServiceResult<Vec<Snapshot>> {
        Ok(self.figures.snapshots(&SnapshotsOf::Closed(id, day.previous_day().unwrap_or(day))).await?)
    }

    /// Use beyond allowances in periods of theirs that ended in the billing period.
    async fn overage_use(&self, course: &Course, due: &DueDraft) -> ServiceResult<Vec<OverageUse>> {
        let closed = self.closed_since(course.around.contract.id, due.active.start()).await?;
        let over = closed.into_iter().filter(|row| due.active.contains(row.evaluation.date)).filter_map(|row| {
            let Subject::Allowance(id) = row.evaluation.subject else { return None };
            let allowance = course.around.allowances.iter().find(|allowance| allowance.id == id)?;
            let quantity = row.corrected_consumption() - row.evaluation.included?;
            (course.agreed.allows_overage && quantity > Decimal::ZERO).then(|| OverageUse {
                allowance_id: id,
                name: allowance.terms.name.clone(),
                unit: allowance.terms.unit.clone(),
                period: row.evaluation.period,
                quantity,
                price: allowance.terms.overage,
            })
        });
        Ok(over.collect())
    }
}

impl Course {
    fn due_drafts(&self, rows: &[BillingPeriod], now: OffsetDateTime) -> Vec<DueDraft> {
        let progress = BillingProgress {
            contract_id: self.around.contract.id,
            agreed: &self.agreed,
            billed_from: self.billed_from(),
            final_through: self.settled_through(),
            rows,
        };
        progress.due(self.agreed.time_zone.date(now))
    }

    /// The day it was activated, or its first if that came later.
    fn billed_from(&self) -> Date {
        let activated = self.around.contract.standing.activated().map(|stamp| self.agreed.time_zone.date(stamp.at));
        activated.map_or(self.agreed.span.from(), |day| day.max(self.agreed.span.from()))
    }

    pub(super) fn bill_finding(&self, due: &DueDraft, made: &Made) -> Finding {
        let (blocked, bill) = match made {
            Made::Bill(bill) => (None, Some(bill.id)),
            Made::Skipped(reason) => (Some(*reason), None),
        };
        let about = self.around.contract.about(&self.around.supplier.details.name);
        self.around.subject(&about).bill_blocked(due.key.period_start, blocked, bill)
    }
}

impl Made {
    /// The bill and the memory of it.
    pub(super) fn writes(&self, due: &DueDraft, now: OffsetDateTime) -> Vec<FinanceWrite> {
        let state = match self {
            Self::Bill(bill) => PeriodState::Drafted(bill.id),
            Self::Skipped(reason) => PeriodState::Skipped(*reason),
        };
        let period = FinanceWrite::BillingPeriod(BillingPeriod { key: due.key, period: due.active, state });
        match self {
            Self::Bill(bill) => vec![FinanceWrite::InsertBill((**bill).clone(), now), period],
            Self::Skipped(_) => vec![period],
        }
    }
}

/// Drafts are not billed, and suspended contracts wait.
fn is_billed(contract: &Contract, now: OffsetDateTime) -> bool {
    match contract.status() {
        ContractStatus::Active => true,
        ContractStatus::Draft | ContractStatus::Suspended => false,
        ContractStatus::Expired | ContractStatus::Terminated | ContractStatus::Superseded => {
            let ended = contract.last_end().map_or(contract.updated_at, |day| contract.terms.time_zone.start_of(day));
            contract.standing.was_activated() && ended.max(contract.updated_at) > now - time::Duration::days(90)
        }
    }
}

fn is_known(rows: &[BillingPeriod], due: &DueDraft, reason: SkipReason) -> bool {
    rows.iter().any(|row| row.key == due.key && row.state == PeriodState::Skipped(reason))
}

/// A bill in the audit log.
pub(super) fn said(bill: &Bill) -> String {
    let total = bill.total().map(|total| total.to_minor().to_string()).unwrap_or_default();
    format!("{} for {total}", bill.number)
}
