//! What the evaluation judges of a contract as a whole, on its newest day: source, prices, budget.

use super::course::Course;
use super::measured::{DayUsed, worth};
use domain::finance::Money;
use domain::finance::allowance::Allowance;
use domain::finance::evaluation::signals::{judge_budget, judge_price, judge_source};
use domain::finance::evaluation::{Signal, SourceFacts, VendorFigures, Window};
use domain::finance::period::Period;
use domain::finance::work_item::{DedupeKey, Finding, Place, Scope};
use time::{Date, Duration};
use vocab::finance::{AutoResolution, ContractType, WorkItemType};

impl Course {
    /// What is judged of the contract as a whole, on the newest day.
    pub(super) fn judged(&self, used: &[DayUsed], day: Date) -> Vec<Finding> {
        let mut findings = Vec::new();
        let nothing = (None, serde_json::Map::new());
        let facts = source_facts(self, used, day);
        let unreported = facts.vendor == VendorFigures::Missing;
        let words = unreported.then(|| "No figure of the vendor was entered for a whole period".to_owned());
        findings.push(self.finding(judge_source(&facts), Place::default(), (words, serde_json::Map::new())));
        if self.agreed.contract_type == ContractType::Metered {
            let window = self.agreed.billing_cycle().containing(day);
            let in_period = |used: &&DayUsed| window.is_some_and(|window| window.contains(used.date)) && used.date <= day;
            let unpriced = used.iter().filter(in_period).any(|used| used.lacks_price(self.agreed.currency));
            findings.push(self.finding(judge_price(unpriced), Place::default(), nothing.clone()));
        }
        let Some(window) = self.agreed.budget_period(day) else { return findings };
        let place = Place { allowance_id: None, period_start: Some(window.start()) };
        let cost = self.spent(window, used, day);
        if let Ok(Some(signal)) = judge_budget(cost, self.agreed.budget) {
            let words = cost.map(|cost| format!("{} spent since {}", cost.to_minor(), window.start()));
            findings.push(self.finding(signal, place, (words, serde_json::Map::new())));
        }
        findings.extend(self.past_budgets(window.start()));
        findings
    }
}

/// Requests are seen by us, whatever the vendor reports: silent is a contract whose requests report no tokens.
fn source_facts(course: &Course, used: &[DayUsed], day: Date) -> SourceFacts {
    let recent = day.checked_sub(Duration::days(2)).unwrap_or(day);
    let counted = used.iter().filter(|used| used.date <= day && used.sum.uncounted < used.sum.requests).map(|used| used.date).max();
    let reported = course.tracks.iter().flat_map(|track| &track.reports).map(|report| report.date).filter(|date| *date <= day).max();
    let since = counted.max(reported).or_else(|| course.first_day().previous_day()).unwrap_or(day);
    SourceFacts {
        calls_routed: used.iter().any(|used| used.date >= recent && used.date <= day && used.sum.requests > 0),
        silent_days: u32::try_from((day - since).whole_days().max(0)).unwrap_or(u32::MAX),
        vendor: course.vendor_figures(day),
    }
}

impl Course {
    /// What has come of the vendor's figures, where somebody chose to wait for them. Where no quantity is disclosed there is
    /// nothing to report.
    fn vendor_figures(&self, day: Date) -> VendorFigures {
        if !self.around.awaits_vendor() {
            return VendorFigures::NotAwaited;
        }
        let of_allowance = |allowance: &Allowance| {
            let in_force = self.agreed.span.and(allowance.effective)?;
            let cycle = allowance.terms.cycle(self.agreed.anchor, self.agreed.cadence);
            let window = Window::on(cycle, in_force, day)?;
            let before = window.active().start().previous_day().and_then(|last| Window::on(cycle, in_force, last));
            let whole = before.filter(|before| self.first_day() <= before.active().start());
            let track = self.tracks.iter().find(|track| track.is_of(allowance.id));
            Some(VendorFigures::of(track.map_or(&[][..], |track| track.reports.as_slice()), &window, whole.as_ref()))
        };
        let disclosed = self.around.allowances.iter().filter(|allowance| allowance.terms.is_disclosed());
        disclosed.filter_map(of_allowance).max().unwrap_or(VendorFigures::NotAwaited)
    }
}

impl Course {
    pub(super) fn finding(
        &self,
        signal: Signal,
        place: Place,
        words: (Option<String>, serde_json::Map<String, serde_json::Value>),
    ) -> Finding {
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
