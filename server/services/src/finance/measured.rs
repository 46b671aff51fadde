//! Use as contracts see it: by local day, model and meter, with its price.

use super::Finance;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{DaySum, DaySumsOf, PricesOf};
use domain::finance::contract::{Contract, Coverage};
use domain::finance::period::Period;
use domain::finance::price::{Asked, PriceBook, PriceFact, meters};
use domain::finance::profile::FinanceProfile;
use domain::finance::usage::UsageSum;
use domain::finance::vendor::VendorKey;
use domain::finance::zone::Zone;
use domain::finance::{Currency, Money};
use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime};
use vocab::finance::Meter;
use vocab::{ContractId, ProviderId};

const DAY: Duration = Duration::hours(24);

/// Use of one model through one provider on one local day.
#[derive(Debug, Clone)]
pub(super) struct DayUsed {
    /// The day.
    pub(super) date: Date,
    /// What the database summed.
    pub(super) sum: DaySum,
    /// What that is worth; `None` when a part of it has no price.
    pub(super) value: Option<Money>,
}

/// Whose use, and at whose prices.
pub(super) struct UseOf<'a> {
    /// The contract's days.
    pub(super) zone: &'a Zone,
    /// Whose use belonged to it, and when.
    pub(super) coverage: Vec<(&'a Coverage, &'a ProviderId)>,
    /// Every price.
    pub(super) book: &'a PriceBook,
    /// Whose list prices.
    pub(super) vendor: Option<&'a VendorKey>,
    /// Whose own prices.
    pub(super) contract_id: Option<ContractId>,
    /// Apart by agent?
    pub(super) by_agent: bool,
}

/// Some local days in a row, each 24 hours long; or a single one that is not.
struct Stretch {
    first: Date,
    days: u32,
    from: OffsetDateTime,
    to: OffsetDateTime,
}

impl Finance {
    /// Every price that is known, ready to be asked.
    pub(super) async fn price_book(&self) -> ServiceResult<PriceBook> {
        Ok(PriceBook::new(self.rows().prices(PricesOf::All).await?))
    }

    /// Use on these days, in the order of days. Only the rows of these days are read, and each once.
    pub(super) async fn used_on(&self, days: Period, of: &UseOf<'_>) -> ServiceResult<Vec<DayUsed>> {
        let mut used = Vec::new();
        for stretch in stretches(of.zone, days) {
            for (coverage, provider) in &of.coverage {
                let (from, to) = (stretch.from.max(coverage.from), coverage.to.map_or(stretch.to, |end| end.min(stretch.to)));
                if from >= to {
                    continue;
                }
                let which = DaySumsOf { provider_id: (*provider).clone(), origin: stretch.from, from, to, by_agent: of.by_agent };
                for sum in self.figures.day_sums(&which).await? {
                    // The 25th hour of a day belongs to it.
                    let offset = i64::from(sum.day.min(stretch.days.saturating_sub(1)));
                    let date = stretch.first.checked_add(Duration::days(offset)).unwrap_or(stretch.first);
                    used.push(DayUsed { date, value: of.value(&sum, date), sum });
                }
            }
        }
        used.sort_by(|a, b| {
            (a.date, &a.sum.provider_id, &a.sum.model_id, a.sum.token_id).cmp(&(
                b.date,
                &b.sum.provider_id,
                &b.sum.model_id,
                b.sum.token_id,
            ))
        });
        Ok(used)
    }
}

impl<'a> UseOf<'a> {
    /// The use that belongs to a contract.
    pub(super) fn contract(contract: &'a Contract, coverage: &'a [Coverage], profiles: &'a [FinanceProfile], book: &'a PriceBook) -> Self {
        let provider = |coverage: &'a Coverage| {
            let profile = profiles.iter().find(|profile| profile.id == coverage.profile_id)?;
            (coverage.contract_id == contract.id).then_some((coverage, &profile.provider_id))
        };
        Self {
            zone: &contract.terms.time_zone,
            coverage: coverage.iter().filter_map(provider).collect(),
            book,
            vendor: Some(contract.account.vendor()),
            contract_id: Some(contract.id),
            by_agent: false,
        }
    }

    /// The price of a meter on a day. Sums of days have no tier: that is a request's.
    pub(super) fn price(&self, sum: &DaySum, meter: Meter, day: Date) -> Option<&'a PriceFact> {
        self.book.find(meter, &self.asked(sum, day, self.contract_id))
    }

    /// The same as if the contract had agreed nothing.
    pub(super) fn list_price(&self, sum: &DaySum, meter: Meter, day: Date) -> Option<&'a PriceFact> {
        self.book.find(meter, &self.asked(sum, day, None))
    }

    fn asked<'b>(&'b self, sum: &'b DaySum, day: Date, contract_id: Option<ContractId>) -> Asked<'b> {
        Asked {
            provider_id: &sum.provider_id,
            vendor: self.vendor,
            model_id: &sum.model_id,
            variant: None,
            day,
            input_tokens: 0,
            contract_id,
        }
    }

    fn value(&self, sum: &DaySum, day: Date) -> Option<Money> {
        if sum.uncounted > 0 {
            return None;
        }
        let mut value: Option<Money> = None;
        for (meter, count) in meters(&sum.tokens).into_iter().filter(|(_, count)| *count > 0) {
            let price = self.price(sum, meter, day)?.price;
            let cost = price.cost(Decimal::from(count)).ok()?;
            value = Some(match value {
                Some(sum) => sum.plus(cost).ok()?,
                None => cost,
            });
        }
        value.or(Some(Money::zero(Currency::USD)))
    }
}

impl DayUsed {
    /// As allowances count it.
    pub(super) fn counted(&self) -> UsageSum {
        let sum = &self.sum;
        UsageSum {
            provider_id: sum.provider_id.clone(),
            model_id: sum.model_id.clone(),
            requests: sum.requests,
            tokens: sum.tokens,
            value: self.value.into_iter().filter(|value| !value.is_zero()).collect(),
            unpriced: if self.value.is_none() { sum.requests } else { 0 },
        }
    }

    /// Is a part of it without a price in this currency? A source that reported nothing is another matter.
    pub(super) fn lacks_price(&self, currency: Currency) -> bool {
        let is_counted = self.sum.uncounted < self.sum.requests;
        is_counted && self.value.is_none_or(|value| !value.is_zero() && value.currency() != currency)
    }
}

/// What use is worth together: `None` where a part of it has no price, or prices are in several currencies.
pub(super) fn worth<'a>(used: impl Iterator<Item = &'a DayUsed>, nothing: Money) -> Option<Money> {
    let mut total: Option<Money> = None;
    for day in used {
        let value = day.value?;
        if value.is_zero() {
            continue;
        }
        total = Some(match total {
            Some(sum) => sum.plus(value).ok()?,
            None => value,
        });
    }
    total.or(Some(nothing))
}

/// A bookkeeping error of figures, as a use case's.
pub(super) fn uncountable(error: &impl std::fmt::Display) -> ServiceError {
    ServiceError::Refused(format!("The figures cannot be computed: {error}."))
}

fn stretches(zone: &Zone, days: Period) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut ordinary = false;
    for day in days.iter() {
        let next = day.next_day().unwrap_or(day);
        let span = zone.instants(day, next);
        let is_ordinary = span.end - span.start == DAY;
        match stretches.last_mut() {
            Some(last) if ordinary && is_ordinary => (last.to, last.days) = (span.end, last.days + 1),
            _ => stretches.push(Stretch { first: day, days: 1, from: span.start, to: span.end }),
        }
        ordinary = is_ordinary;
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn days_of_another_length_stand_alone() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let year = Period::new(date!(2026 - 01 - 01), date!(2027 - 01 - 01)).unwrap();
        let found = stretches(&berlin, year);
        assert_eq!(
            found.iter().map(|stretch| stretch.first).collect::<Vec<_>>(),
            [date!(2026 - 01 - 01), date!(2026 - 03 - 29), date!(2026 - 03 - 30), date!(2026 - 10 - 25), date!(2026 - 10 - 26),]
        );
        assert_eq!((found[1].to - found[1].from).whole_hours(), 23);
        assert_eq!((found[3].to - found[3].from).whole_hours(), 25);
        assert!(found.windows(2).all(|two| two[0].to == two[1].from));
        assert_eq!(stretches(&Zone::utc(), year).len(), 1);
    }
}
