//! Use in rows of a day, model and meter: what metered bills and exports are made of.

use super::Finance;
use super::course::Course;
use super::measured::{DayUsed, UseOf, uncountable};
use crate::error::ServiceResult;
use domain::finance::allowance::{Allowance, AllowanceTerms};
use domain::finance::evaluation::{Snapshot, Subject, Window, carried_over};
use domain::finance::focus::DayUse;
use domain::finance::focus::charges::split;
use domain::finance::money::ratio;
use domain::finance::period::Period;
use domain::finance::price::meters;
use domain::finance::vendor::{Vendor, VendorKey};
use rust_decimal::Decimal;
use time::Date;
use vocab::ProviderId;
use vocab::finance::{Confidence, Meter, MetricKey, UsageSource};

impl Finance {
    /// One row a meter that was used. `allowance`: whose units are counted.
    pub(super) fn day_uses(&self, used: &[DayUsed], of: &UseOf<'_>, allowance: Option<&AllowanceTerms>) -> Vec<DayUse> {
        let row = |used: &DayUsed, meter: Meter, count: u64| {
            let (list, own) = (of.list_price(&used.sum, meter, used.date), of.price(&used.sum, meter, used.date));
            let agreed = own.filter(|fact| fact.origin.contract_id().is_some()).map(|fact| fact.price);
            DayUse {
                day: used.date,
                provider_id: used.sum.provider_id.clone(),
                publisher: self.publisher(&used.sum.provider_id, of.vendor),
                model_id: used.sum.model_id.clone(),
                meter,
                variant: None,
                agent_id: used.sum.token_id.map(|id| id.to_string()),
                quantity: count.into(),
                counted: allowance.map_or(Decimal::ZERO, |terms| counted(terms.metric, used, meter, count)),
                list: list.map(|fact| (fact.price, Some(fact.id))),
                agreed,
                source: UsageSource::InternalObserved,
                confidence: Confidence::Medium,
            }
        };
        let in_scope = |used: &&DayUsed| allowance.is_none_or(|terms| terms.scope.covers(&used.sum.provider_id, &used.sum.model_id));
        let of_day = |used: &DayUsed| {
            meters(&used.sum.tokens)
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(meter, count)| row(used, meter, count))
                .collect::<Vec<_>>()
        };
        used.iter().filter(in_scope).flat_map(of_day).collect()
    }

    /// Who makes the models of a provider: its vendor, as far as we know.
    pub(super) fn publisher(&self, provider: &ProviderId, vendor: Option<&VendorKey>) -> String {
        let name = self.provider_name(provider);
        vendor.map_or_else(|| name.clone(), |key| Vendor::of(key, &name).name)
    }
}

/// Units of a metric in one meter's count. Requests are spread over their tokens, as one request fills several meters.
fn counted(metric: MetricKey, used: &DayUsed, meter: Meter, count: u64) -> Decimal {
    let is_input = matches!(meter, Meter::Input | Meter::CacheRead | Meter::CacheWrite);
    let share = |whole: Decimal| ratio(whole, Decimal::from(count), Decimal::from(used.sum.tokens.total().max(1))).unwrap_or_default();
    match metric {
        MetricKey::TotalTokens | MetricKey::Undisclosed => count.into(),
        MetricKey::InputTokens if is_input => count.into(),
        MetricKey::OutputTokens if !is_input => count.into(),
        MetricKey::Requests => share(used.sum.requests.into()),
        MetricKey::Spend => used.value.map_or(Decimal::ZERO, |value| share(value.amount())),
        MetricKey::InputTokens | MetricKey::OutputTokens | MetricKey::Credits | MetricKey::Seats => Decimal::ZERO,
    }
}

/// Metered use, divided at what allowances cover.
#[derive(Default)]
pub(super) struct Beyond {
    /// What they cover.
    pub(super) within: Vec<DayUse>,
    /// What is to be paid.
    pub(super) beyond: Vec<DayUse>,
}

/// Divides the use of a metered contract on some days. Each allowance covers its own periods from their first day on, in
/// the order of use, so `used` goes back to [`drawn_since`]; what was used before these days was billed before them.
pub(super) fn beyond_allowances(
    finance: &Finance,
    course: &Course,
    days: Period,
    (used, of): (&[DayUsed], &UseOf<'_>),
    closed: &[Snapshot],
) -> ServiceResult<Beyond> {
    let of_days: Vec<DayUsed> = used.iter().filter(|used| days.contains(used.date)).cloned().collect();
    let mut divided = Beyond { within: Vec::new(), beyond: finance.day_uses(&of_days, of, None) };
    for allowance in counted_here(course) {
        let counted = finance.day_uses(used, of, Some(&allowance.terms));
        for window in windows(course, allowance, days) {
            let of_period: Vec<DayUse> = counted.iter().filter(|used| window.active().contains(used.day)).cloned().collect();
            let included = included_in(allowance, &window, closed)?.unwrap_or_default();
            let within = split(&of_period, included).map_err(|error| uncountable(&error))?.within;
            within.into_iter().filter(|part| days.contains(part.day)).for_each(|part| divided.cover(part));
        }
    }
    divided.beyond.retain(|left| left.quantity > Decimal::ZERO);
    Ok(divided)
}

/// The first day of the allowance periods that the use of these days draws on.
pub(super) fn drawn_since(course: &Course, days: Period) -> Date {
    let windows = counted_here(course).flat_map(|allowance| windows(course, allowance, days));
    windows.map(|window| window.active().start()).fold(days.start(), Date::min)
}

/// What an allowance includes in a period: as its figures have it once it is closed, until then by its terms and by what
/// the period before has left.
pub(super) fn included_in(allowance: &Allowance, window: &Window, closed: &[Snapshot]) -> ServiceResult<Option<Decimal>> {
    let ended_on = |day: Date| {
        let subject = Subject::Allowance(allowance.id);
        closed.iter().find(|row| row.evaluation.subject == subject && row.evaluation.date == day)
    };
    if let Some(included) = ended_on(window.active().last_day()).and_then(|row| row.evaluation.included) {
        return Ok(Some(included));
    }
    let before = window.active().start().previous_day().and_then(ended_on);
    let carried = before.map_or(Decimal::ZERO, |row| {
        carried_over(allowance.terms.rollover_cap, row.evaluation.included.unwrap_or_default(), row.corrected_consumption())
    });
    window.included(&allowance.terms, carried).map_err(|error| uncountable(&error))
}

fn counted_here(course: &Course) -> impl Iterator<Item = &Allowance> {
    course.around.allowances.iter().filter(|allowance| allowance.terms.metric.is_observable())
}

/// An allowance's periods that share a day with these, each as seen at its end.
fn windows(course: &Course, allowance: &Allowance, days: Period) -> Vec<Window> {
    let Some(in_force) = course.agreed.span.and(allowance.effective) else { return Vec::new() };
    let cycle = allowance.terms.cycle(course.agreed.anchor, course.agreed.cadence);
    cycle.touching(days).filter_map(|whole| Window::on(cycle, in_force, in_force.clip(whole)?.last_day())).collect()
}

impl Beyond {
    /// Takes a part out of what is to be paid. What another allowance has covered already is covered.
    fn cover(&mut self, part: DayUse) {
        let key = |used: &DayUse| (used.day, used.provider_id.clone(), used.model_id.clone(), used.meter, used.agent_id.clone());
        let Some(left) = self.beyond.iter_mut().find(|left| key(left) == key(&part)) else { return };
        let quantity = part.quantity.min(left.quantity);
        left.quantity -= quantity;
        if quantity > Decimal::ZERO {
            self.within.push(DayUse { quantity, ..part });
        }
    }
}
