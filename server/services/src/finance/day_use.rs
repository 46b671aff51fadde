//! Use in rows of a day, model and meter: what metered bills and exports are made of.

use super::Finance;
use super::measured::{DayUsed, UseOf};
use domain::finance::allowance::AllowanceTerms;
use domain::finance::focus::DayUse;
use domain::finance::money::ratio;
use domain::finance::price::meters;
use domain::finance::vendor::{Vendor, VendorKey};
use rust_decimal::Decimal;
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
