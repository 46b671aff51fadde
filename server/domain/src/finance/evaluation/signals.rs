//! Which work items a day's figures call for. One judgement a kind: open it, close it, or leave it as it is.

use super::figures::{Figures, FiguresError, Measured};
use super::reading::EVIDENCE_DAYS;
use super::reported::VendorFigures;
use crate::finance::allowance::Thresholds;
use crate::finance::money::{Money, MoneyError, ratio};
use rust_decimal::Decimal;
use vocab::finance::{AutoResolution, Severity, WorkItemType};

/// Fewest days before underuse is judged; a quarter of the period if that is more.
const UNDERUSE_DAYS: u32 = 5;
/// An underuse item closes this many points above the threshold that opens it, so that it does not flicker.
const UNDERUSE_MARGIN: Decimal = Decimal::from_parts(5, 0, 0, false, 0);
/// Days without use after which the source is in doubt.
const SILENT_DAYS: u32 = 3;

/// What becomes of a kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It should be open, at least this severe.
    Raise(Severity),
    /// Nothing new: an open one stays open, a closed one closed.
    Hold,
    /// It should not be open, because of this.
    Clear(AutoResolution),
}

/// A judgement on one kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// The kind.
    pub kind: WorkItemType,
    /// What becomes of it.
    pub judgement: Judgement,
}

/// The kinds that belong to one allowance period.
const OF_ALLOWANCE: [WorkItemType; 4] =
    [WorkItemType::UnderuseAttention, WorkItemType::LowRemaining, WorkItemType::CriticalLowRemaining, WorkItemType::OverageRisk];

/// What an allowance is judged by, beside its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowanceRules {
    /// When to warn.
    pub thresholds: Thresholds,
    /// Is use beyond it sold? If not, the service stops.
    pub allows_overage: bool,
    /// Calls were made, but no row of use exists for the period: zero then means "not measured".
    pub is_unmeasured: bool,
}

/// Judges a quantified allowance at the end of a day.
///
/// # Errors
/// [`FiguresError`], when an amount cannot be computed.
pub fn judge_allowance(measured: &Measured, figures: &Figures, rules: &AllowanceRules) -> Result<[Signal; 4], FiguresError> {
    let (low, critical) = low_and_critical(measured, figures, rules.thresholds)?;
    let judgements = [underuse(measured, figures, rules)?, low, critical, overage(measured, figures, rules.allows_overage)];
    let mut signals = closing().map(|signal| Signal { judgement: Judgement::Hold, ..signal });
    for (signal, judgement) in signals.iter_mut().zip(judgements) {
        signal.judgement = judgement;
    }
    Ok(signals)
}

/// What the end of a period does to its items: they close.
pub fn closing() -> [Signal; 4] {
    OF_ALLOWANCE.map(|kind| Signal { kind, judgement: Judgement::Clear(AutoResolution::PeriodClosed) })
}

fn underuse(measured: &Measured, figures: &Figures, rules: &AllowanceRules) -> Result<Judgement, MoneyError> {
    let Some(projected) = figures.projected_utilization_pct else { return Ok(Judgement::Hold) };
    let earliest = UNDERUSE_DAYS.max(measured.days.div_ceil(4));
    if measured.elapsed < earliest || rules.is_unmeasured {
        return Ok(Judgement::Hold);
    }
    if projected < rules.thresholds.underuse {
        let half_lost = at_least_half(figures.projected_unused_value, measured.commitment)?;
        let in_second_half = measured.elapsed.saturating_mul(2) > measured.days;
        return Ok(Judgement::Raise(if half_lost && in_second_half { Severity::High } else { Severity::Medium }));
    }
    let recovered = projected >= rules.thresholds.underuse + UNDERUSE_MARGIN;
    Ok(if recovered { Judgement::Clear(AutoResolution::ProjectionRecovered) } else { Judgement::Hold })
}

fn at_least_half(value: Option<Money>, commitment: Money) -> Result<bool, MoneyError> {
    let Some(value) = value else { return Ok(false) };
    Ok(commitment.is_positive() && value.times(Decimal::TWO)?.compare(commitment)?.is_ge())
}

/// Near the end of an allowance that lasts as long as its period, nothing is wrong; so a small rest alone is no alarm.
fn low_and_critical(measured: &Measured, figures: &Figures, thresholds: Thresholds) -> Result<(Judgement, Judgement), MoneyError> {
    let Some(included) = measured.included.filter(|included| !included.is_zero()) else {
        return Ok((Judgement::Hold, Judgement::Hold));
    };
    let left = ratio(figures.remaining, Decimal::ONE_HUNDRED, included)?;
    let has_evidence = measured.elapsed >= EVIDENCE_DAYS;
    let falls_short = has_evidence && figures.projected > included;
    let is_used_up = figures.remaining <= Decimal::ZERO;
    if is_used_up || (left <= thresholds.critical && falls_short) {
        return Ok((Judgement::Clear(AutoResolution::Escalated), Judgement::Raise(Severity::Critical)));
    }
    let critical = if left > thresholds.critical { Judgement::Clear(AutoResolution::AllowanceRaised) } else { Judgement::Hold };
    let low = match (falls_short, has_evidence) {
        (true, _) if left <= thresholds.low => Judgement::Raise(Severity::Medium),
        (false, true) => Judgement::Clear(AutoResolution::ProjectionRecovered),
        _ => Judgement::Hold,
    };
    Ok((low, critical))
}

fn overage(measured: &Measured, figures: &Figures, is_sold: bool) -> Judgement {
    let Some(included) = measured.included else { return Judgement::Hold };
    if measured.elapsed < EVIDENCE_DAYS {
        return Judgement::Hold;
    }
    let five_percent = included / Decimal::from(20);
    match figures.projected_overage {
        over if over > five_percent => Judgement::Raise(if is_sold { Severity::Medium } else { Severity::High }),
        over if over.is_zero() => Judgement::Clear(AutoResolution::ProjectionRecovered),
        _ => Judgement::Hold,
    }
}

/// What is known of a contract's sources of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFacts {
    /// Were calls sent to a covered provider lately?
    pub calls_routed: bool,
    /// Whole days since the last row of use or report of the vendor; counted from the first evaluated day when there is
    /// none.
    pub silent_days: u32,
    /// What has come of the vendor's figures.
    pub vendor: VendorFigures,
}

/// Is the contract's use measured at all?
pub fn judge_source(facts: &SourceFacts) -> Signal {
    let is_silent = facts.calls_routed && facts.silent_days >= SILENT_DAYS;
    let judgement = if is_silent || facts.vendor == VendorFigures::Missing {
        Judgement::Raise(Severity::High)
    } else if facts.silent_days == 0 || facts.vendor == VendorFigures::Given {
        Judgement::Clear(AutoResolution::UsageReceived)
    } else {
        Judgement::Hold
    };
    Signal { kind: WorkItemType::UsageSourceMissing, judgement }
}

/// Has more been spent in the budget's window than budgeted? `None` when there is no budget or no known cost.
///
/// # Errors
/// [`MoneyError::Mixed`], when cost and budget are in two currencies.
pub fn judge_budget(cost: Option<Money>, budget: Option<Money>) -> Result<Option<Signal>, MoneyError> {
    let Some((cost, budget)) = cost.zip(budget) else { return Ok(None) };
    let judgement =
        if cost.compare(budget)?.is_gt() { Judgement::Raise(Severity::High) } else { Judgement::Clear(AutoResolution::WithinBudget) };
    Ok(Some(Signal { kind: WorkItemType::BudgetExceeded, judgement }))
}

/// Is there metered use without a price?
pub const fn judge_price(has_unpriced_use: bool) -> Signal {
    let judgement = if has_unpriced_use { Judgement::Raise(Severity::Medium) } else { Judgement::Clear(AutoResolution::PriceAvailable) };
    Signal { kind: WorkItemType::PriceMissing, judgement }
}
