//! Charts of AI spend: use of the last days, by day and by provider.

use super::Finance;
use super::measured::{DayUsed, UseOf, uncountable};
use super::spend_views::{DayPart, DaySeries, ProviderSpend};
use crate::error::ServiceResult;
use crate::ports::CoverageOf;
use domain::finance::contract::{Contract, Coverage};
use domain::finance::period::Period;
use domain::finance::price::PriceBook;
use domain::finance::profile::{FinanceProfile, Payee};
use domain::finance::spend::{DayTotal, by_day};
use domain::finance::usage::Machine;
use domain::finance::zone::Zone;
use domain::finance::{Currency, Money, Totals};
use rust_decimal::Decimal;
use std::cmp::Reverse;
use time::{Duration, OffsetDateTime};
use vocab::ContractId;
use vocab::finance::ContractType;

/// A provider's use, added up.
#[derive(Default)]
struct Tally {
    /// On our own machine: its energy is the cost.
    is_own: bool,
    /// Does use cost anything by itself, rather than a plan covering it?
    is_charged: bool,
    sums: Totals,
    included: Totals,
    days: Vec<DayTotal>,
    requests: u64,
    unpriced: u64,
}

impl Tally {
    fn add(&mut self, used: &DayUsed) -> ServiceResult<()> {
        let energy = || Machine::assumed().and_then(|machine| machine.cost(used.sum.milliseconds).ok());
        let value = if self.is_own { energy() } else { used.value.filter(|value| !value.is_zero()) };
        let lacks = if used.value.is_none() && !self.is_own { used.sum.requests } else { 0 };
        self.requests += used.sum.requests;
        self.unpriced += lacks;
        let totals = if self.is_charged { &mut self.sums } else { &mut self.included };
        if let Some(value) = value {
            totals.add(value).map_err(|error| uncountable(&error))?;
        }
        if self.is_charged {
            self.days.push(DayTotal { date: used.date, sums: value.into_iter().collect(), unpriced: lacks });
        }
        Ok(())
    }
}

/// Each provider's days in a currency, dearest first.
fn parts(days: &[(String, Vec<DayTotal>)], currency: Currency, shown: Period) -> ServiceResult<Vec<DayPart>> {
    let mut parts: Vec<DayPart> = Vec::new();
    for (name, totals) in days {
        let mut own = by_day(shown, totals, Some(shown.start()), shown.last_day()).map_err(|error| uncountable(&error))?;
        let amounts: Vec<Money> = own.remove(&currency).unwrap_or_default().into_iter().filter_map(|point| point.amount).collect();
        if !amounts.is_empty() {
            parts.push(DayPart { name: name.clone(), amounts });
        }
    }
    parts.sort_by_key(|part| Reverse(part.amounts.iter().map(|amount| amount.amount()).sum::<Decimal>()));
    Ok(parts)
}

/// The last days that are over, in UTC.
fn last_days(days: u16, now: OffsetDateTime) -> Option<Period> {
    let today = now.date();
    Period::new(today.checked_sub(Duration::days(days.max(1).into()))?, today).ok()
}

impl Finance {
    /// Use of the last days through every provider that Finance knows, in UTC.
    pub(super) async fn charts(
        &self,
        contracts: &[Contract],
        profiles: &[FinanceProfile],
        days: u16,
        now: OffsetDateTime,
    ) -> ServiceResult<(Vec<DaySeries>, Vec<ProviderSpend>)> {
        let (zone, book) = (Zone::utc(), self.price_book().await?);
        let Some(shown) = last_days(days, now) else { return Ok((Vec::new(), Vec::new())) };
        let coverage = self.rows().coverage(&CoverageOf::All).await?;
        let (mut days, mut providers) = (Vec::new(), Vec::new());
        for profile in profiles {
            let covering = coverage.iter().rfind(|coverage| coverage.profile_id == profile.id).map(|coverage| coverage.contract_id);
            let contract = contracts.iter().find(|contract| Some(contract.id) == covering);
            let (of_days, spend) = self.provider_spend(profile, contract, shown, &zone, &book).await?;
            days.push((spend.name.clone(), of_days));
            providers.extend(Some(spend).filter(|spend| spend.requests > 0));
        }
        let since = self.figures.measured_since().await?.map(OffsetDateTime::date);
        let totals: Vec<DayTotal> = days.iter().flat_map(|(_, days)| days.clone()).collect();
        let mut series = Vec::new();
        for (currency, points) in by_day(shown, &totals, since, shown.last_day()).map_err(|error| uncountable(&error))? {
            series.push(DaySeries { currency, points, parts: parts(&days, currency, shown)? });
        }
        providers.sort_by_key(|spend: &ProviderSpend| Reverse(spend.sums.iter().chain(&spend.included).map(|sum| sum.amount()).max()));
        Ok((series, providers))
    }

    /// What the energy of our own machine cost in the last days; `None` when it was not used.
    pub(super) async fn energy_cost(&self, profile: &FinanceProfile, days: u16, now: OffsetDateTime) -> ServiceResult<Option<Money>> {
        let Some(shown) = last_days(days, now) else { return Ok(None) };
        let (_, spend) = self.provider_spend(profile, None, shown, &Zone::utc(), &PriceBook::default()).await?;
        Ok(spend.sums.first().copied())
    }

    async fn provider_spend(
        &self,
        profile: &FinanceProfile,
        contract: Option<&Contract>,
        shown: Period,
        zone: &Zone,
        book: &PriceBook,
    ) -> ServiceResult<(Vec<DayTotal>, ProviderSpend)> {
        let always = Coverage {
            contract_id: ContractId::new(uuid::Uuid::nil()),
            profile_id: profile.id,
            from: OffsetDateTime::UNIX_EPOCH,
            to: None,
        };
        let of = UseOf {
            zone,
            coverage: vec![(&always, &profile.provider_id)],
            book,
            vendor: profile.payee.account().map(domain::finance::vendor::BillingAccount::vendor),
            contract_id: contract.map(|contract| contract.id),
            by_agent: false,
        };
        let is_own = matches!(profile.payee, Payee::Nobody);
        let is_metered = contract.and_then(Contract::probable_type).is_none_or(|kind| kind == ContractType::Metered);
        let mut tally = Tally { is_own, is_charged: is_own || is_metered, ..Tally::default() };
        for used in self.used_on(shown, &of).await? {
            tally.add(&used)?;
        }
        let Tally { sums, included, days, requests, unpriced, .. } = tally;
        let spend = ProviderSpend {
            id: profile.provider_id.clone(),
            name: self.provider_name(&profile.provider_id),
            sums: sums.sums().map(Money::to_minor).collect(),
            included: included.sums().map(Money::to_minor).collect(),
            requests,
            unpriced,
        };
        Ok((days, spend))
    }
}
