//! Which billing periods are to be drafted now, in order.

use super::period::{BillingPeriod, SourceKey};
use crate::finance::contract::Agreed;
use crate::finance::period::Period;
use time::Date;
use vocab::ContractId;
use vocab::finance::{BillingPeriodKind, BillingTiming, ContractType};

/// Most drafts a contract gets in one run, so that a long outage is made good in steps.
const MOST: usize = 12;

/// How far the billing of a contract has come. Only for one in force, or ended after it was: a draft and a suspended one
/// are not billed.
#[derive(Debug, Clone, Copy)]
pub struct BillingProgress<'a> {
    /// Which.
    pub contract_id: ContractId,
    /// Its terms.
    pub agreed: &'a Agreed,
    /// The day it was activated, or its start date if that is later. Periods that were over by then were billed elsewhere.
    pub billed_from: Date,
    /// Last day up to which every figure is final; use is billed no further.
    pub final_through: Option<Date>,
    /// Everything drafted, skipped or voided so far.
    pub rows: &'a [BillingPeriod],
}

/// A draft to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDraft {
    /// What it is for.
    pub key: SourceKey,
    /// The billing period as the calendar has it.
    pub whole: Period,
    /// The days of it in force.
    pub active: Period,
    /// The bill's date.
    pub issue_date: Date,
}

impl BillingProgress<'_> {
    /// The drafts due on `today`, a local date; oldest first, at most twelve.
    pub fn due(&self, today: Date) -> Vec<DueDraft> {
        let Some(tomorrow) = today.next_day() else { return Vec::new() };
        let Ok(so_far) = Period::new(self.billed_from.min(today), tomorrow) else { return Vec::new() };
        let mut due: Vec<DueDraft> = self.agreed.billing_cycle().touching(so_far).flat_map(|whole| self.of_period(whole)).collect();
        due.retain(|draft| draft.issue_date <= today);
        due.sort_by_key(|draft| (draft.issue_date, draft.key));
        due.truncate(MOST);
        due
    }

    fn of_period(&self, whole: Period) -> impl Iterator<Item = DueDraft> {
        let active = self.agreed.span.clip(whole);
        let kinds = [BillingPeriodKind::Fixed, BillingPeriodKind::Usage].into_iter();
        kinds.filter_map(move |kind| self.draft(kind, whole, active?))
    }

    fn draft(&self, kind: BillingPeriodKind, whole: Period, active: Period) -> Option<DueDraft> {
        let issue_date = match (kind, self.agreed.timing) {
            (BillingPeriodKind::Fixed, BillingTiming::Advance) => active.start(),
            (BillingPeriodKind::Fixed, BillingTiming::Arrears) | (BillingPeriodKind::Usage, _) => active.end(),
        };
        let is_known = kind == BillingPeriodKind::Fixed || self.final_through.is_some_and(|day| active.last_day() <= day);
        let is_billed = match kind {
            BillingPeriodKind::Fixed => self.agreed.contract_type != ContractType::Metered,
            BillingPeriodKind::Usage => self.agreed.contract_type != ContractType::Subscription || self.agreed.allows_overage,
        };
        let revision = self.open_revision(kind, active.start())?;
        let key = SourceKey { contract_id: self.contract_id, period_start: active.start(), kind, revision };
        (is_known && is_billed).then_some(DueDraft { key, whole, active, issue_date })
    }

    /// The revision to draft: the first, or that of a row that is still to be drafted. `None` when nothing is left to do.
    fn open_revision(&self, kind: BillingPeriodKind, start: Date) -> Option<u32> {
        let of_period = self.rows.iter().filter(|row| row.key.kind == kind && row.key.period_start == start);
        match of_period.max_by_key(|row| row.key.revision) {
            None => Some(1),
            Some(row) if row.state.is_due_again() => Some(row.key.revision),
            Some(_) => None,
        }
    }
}
