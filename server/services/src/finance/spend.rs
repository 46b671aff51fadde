//! What is spent on AI, as screens show it. Currencies are never mixed; what is not known is no figure rather than a zero;
//! nothing is computed or written here that the evaluation should have.

use super::Finance;
use super::bills::{BillQuery, BillRow};
use super::contracts::{ContractRow, open_states};
use super::measured::UseOf;
use crate::error::ServiceResult;
use crate::ports::{ContractsOf, CoverageOf, ItemsOf, SnapshotsOf};
use domain::finance::allowance::Allowance;
use domain::finance::contract::{Contract, Coverage};
use domain::finance::evaluation::schedule::{first_day, last_complete_day};
use domain::finance::evaluation::{Evaluation, Snapshot, Subject};
use domain::finance::period::Period;
use domain::finance::price::PriceBook;
use domain::finance::profile::{FinanceProfile, Payee};
use domain::finance::spend::{
    BurnPoint, Committed, DaySpend, DayTotal, OpenItems, budget_use, burn_down, by_day, committed, needing_setup, suppliers, unused_at_risk,
};
use domain::finance::usage::Machine;
use domain::finance::zone::Zone;
use domain::finance::{Currency, Money, Totals};
use domain::people::Caller;
use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime, Time};
use vocab::finance::{BillStatus, ContractType, MetricKey, ProfileStatus};
use vocab::{AllowanceId, ContractId, Permission, ProviderId};

/// Local time after which the absence of yesterday's figures is worth saying.
const OVERDUE: Time = time::macros::time!(06:00);
/// Burn-downs on one page.
const MOST_CHARTS: usize = 12;

/// The card of AI spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendCard {
    /// Suppliers behind providers.
    pub suppliers: usize,
    /// What is committed to a month, by currency.
    pub committed: Committed,
    /// Contracts that need setting up.
    pub needs_setup: usize,
    /// Open items.
    pub open_items: OpenItems,
    /// What may be lost this period, by currency; empty: no data.
    pub unused_at_risk: Totals,
    /// Was any provider handed over at all?
    pub has_profiles: bool,
}

/// The workspace of AI spend.
#[derive(Debug, Clone)]
pub struct SpendPage {
    /// The card's figures.
    pub card: SpendCard,
    /// Contracts that have not ended.
    pub rows: Vec<SpendRow>,
    /// Providers under no contract: our own machines, or archived.
    pub uncovered: Vec<UncoveredProvider>,
    /// What metered use cost by day, one series a currency; empty: no data.
    pub by_day: Vec<DaySeries>,
    /// The same days by provider, dearest first.
    pub by_provider: Vec<ProviderSpend>,
    /// Allowances as they melt.
    pub burn_downs: Vec<BurnDown>,
    /// Drafts to look at.
    pub draft_bills: Vec<BillRow>,
    /// When figures were last computed.
    pub last_evaluated: Option<OffsetDateTime>,
    /// Are yesterday's figures late?
    pub is_overdue: bool,
}

/// A contract on the workspace.
#[derive(Debug, Clone)]
pub struct SpendRow {
    /// The contract.
    pub row: ContractRow,
    /// Its fixed amount of a month.
    pub monthly: Option<Money>,
    /// What it includes.
    pub allowances: Vec<AllowanceState>,
    /// How much of its budget is used.
    pub budget_used_pct: Option<Decimal>,
}

/// An allowance and its newest figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowanceState {
    /// Which.
    pub id: AllowanceId,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Does the vendor publish a quantity?
    pub is_disclosed: bool,
    /// Figures of the period that runs; `None`: no data.
    pub newest: Option<Evaluation>,
}

/// A provider under no contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncoveredProvider {
    /// Which.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
    /// What Finance knows of it.
    pub profile: FinanceProfile,
}

/// A line of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySeries {
    /// What it is in.
    pub currency: Currency,
    /// One point a day.
    pub points: Vec<DaySpend>,
}

/// What a provider's use is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSpend {
    /// Which.
    pub id: ProviderId,
    /// As shown.
    pub name: String,
    /// What metered use cost, by currency; empty when none has a price.
    pub sums: Vec<Money>,
    /// What use that a plan covers would have cost, by currency.
    pub included: Vec<Money>,
    /// Requests.
    pub requests: u64,
    /// Requests without a known value.
    pub unpriced: u64,
}

/// An allowance as it melts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurnDown {
    /// Of which contract.
    pub contract_id: ContractId,
    /// What people call that.
    pub contract: String,
    /// Which allowance.
    pub allowance_id: AllowanceId,
    /// Its name.
    pub allowance: String,
    /// Its unit.
    pub unit: String,
    /// One point a day.
    pub points: Vec<BurnPoint>,
}

/// A contract's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractFigures {
    /// What it includes.
    pub allowances: Vec<AllowanceState>,
    /// Its allowances as they melt.
    pub burn_downs: Vec<BurnDown>,
    /// When figures were last computed.
    pub last_evaluated: Option<OffsetDateTime>,
    /// Are yesterday's figures late?
    pub is_overdue: bool,
}

impl Finance {
    /// The card of AI spend.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_finance`.
    pub async fn spend_card(&self, caller: &Caller, now: OffsetDateTime) -> ServiceResult<SpendCard> {
        caller.require(Permission::ViewFinance)?;
        let contracts = self.rows().contracts(&ContractsOf::Running).await?;
        let newest = self.newest(&contracts).await?;
        self.card(&contracts, &newest, now).await
    }

    async fn newest(&self, contracts: &[Contract]) -> ServiceResult<Vec<Snapshot>> {
        let ids = contracts.iter().map(|contract| contract.id).collect();
        Ok(self.figures.snapshots(&SnapshotsOf::Newest(ids)).await?)
    }

    async fn card(&self, contracts: &[Contract], newest: &[Snapshot], now: OffsetDateTime) -> ServiceResult<SpendCard> {
        let profiles = self.rows().profiles().await?;
        let items = self.rows().items(&ItemsOf { statuses: open_states(), ..ItemsOf::default() }).await?;
        let today = |evaluation: &Evaluation| {
            let contract = contracts.iter().find(|contract| contract.id == evaluation.contract_id);
            contract.map(|contract| contract.terms.time_zone.date(now))
        };
        let running = newest.iter().filter_map(|row| Some((&row.evaluation, today(&row.evaluation)?)));
        let unknown = |error: domain::finance::MoneyError| super::measured::uncountable(&error);
        Ok(SpendCard {
            suppliers: suppliers(&profiles),
            committed: committed(contracts, now).map_err(unknown)?,
            needs_setup: needing_setup(&items),
            open_items: OpenItems::count(&items),
            unused_at_risk: unused_at_risk(running).map_err(unknown)?,
            has_profiles: !profiles.is_empty(),
        })
    }

    /// The workspace of AI spend; charts show the last `days` days that are over.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_finance`.
    pub async fn spend(&self, caller: &Caller, days: u16, now: OffsetDateTime) -> ServiceResult<SpendPage> {
        let rows = self.contracts(caller, None).await?;
        let rows: Vec<ContractRow> = rows.into_iter().filter(|row| !row.contract.status().is_terminal()).collect();
        let contracts: Vec<Contract> = rows.iter().map(|row| row.contract.clone()).collect();
        let newest = self.newest(&contracts).await?;
        let allowances = self.rows().allowances(&contracts.iter().map(|contract| contract.id).collect::<Vec<_>>()).await?;
        let profiles = self.rows().profiles().await?;
        let (by_day, by_provider) = self.charts(&contracts, &profiles, days, now).await?;
        let mut burn_downs = Vec::new();
        for row in &rows {
            if burn_downs.len() < MOST_CHARTS {
                burn_downs.extend(self.burn_downs(&row.contract, &row.supplier, &allowances, &newest).await?);
            }
        }
        let is_overdue = contracts.iter().any(|contract| is_late(contract, &allowances, &newest, now));
        let drafts = BillQuery { status: Some(BillStatus::Draft), ..BillQuery::default() };
        Ok(SpendPage {
            card: self.card(&contracts, &newest, now).await?,
            uncovered: self.uncovered(&profiles, &rows),
            by_day,
            by_provider,
            burn_downs,
            draft_bills: self.bills(caller, &drafts).await?,
            last_evaluated: profiles.iter().filter_map(|profile| profile.last_evaluated_at).max(),
            is_overdue,
            rows: rows.into_iter().map(|row| spend_row(row, &allowances, &newest, now)).collect(),
        })
    }

    /// A contract's figures: for its page, its supplier's and its providers'.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_finance`, [`crate::ServiceError::NotFound`].
    pub async fn contract_figures(&self, caller: &Caller, id: ContractId, now: OffsetDateTime) -> ServiceResult<ContractFigures> {
        caller.require(Permission::ViewFinance)?;
        let around = super::around::Around::light(self, id).await?;
        let newest = self.newest(std::slice::from_ref(&around.contract)).await?;
        Ok(ContractFigures {
            allowances: states(&around.contract, &around.allowances, &newest, now),
            burn_downs: self.burn_downs(&around.contract, &around.supplier.details.name, &around.allowances, &newest).await?,
            last_evaluated: around.profiles.iter().filter_map(|profile| profile.last_evaluated_at).max(),
            is_overdue: is_late(&around.contract, &around.allowances, &newest, now),
        })
    }

    fn uncovered(&self, profiles: &[FinanceProfile], rows: &[ContractRow]) -> Vec<UncoveredProvider> {
        let is_covered =
            |profile: &FinanceProfile| rows.iter().any(|row| row.covers.iter().any(|covered| covered.id == profile.provider_id));
        let shown = profiles.iter().filter(|profile| !is_covered(profile) && profile.status != ProfileStatus::Archived);
        let row = |profile: &FinanceProfile| UncoveredProvider {
            id: profile.provider_id.clone(),
            name: self.provider_name(&profile.provider_id),
            profile: profile.clone(),
        };
        shown.map(row).collect()
    }

    async fn burn_downs(
        &self,
        contract: &Contract,
        supplier: &str,
        allowances: &[Allowance],
        newest: &[Snapshot],
    ) -> ServiceResult<Vec<BurnDown>> {
        let mut found = Vec::new();
        let own = newest.iter().filter(|row| row.evaluation.contract_id == contract.id && row.evaluation.included.is_some());
        let Some(since) = own.map(|row| row.evaluation.period.start()).min() else { return Ok(found) };
        let rows = self.figures.snapshots(&SnapshotsOf::Since(contract.id, since)).await?;
        for allowance in allowances.iter().filter(|allowance| allowance.contract_id == contract.id) {
            let of = rows.iter().filter(|row| row.evaluation.subject == Subject::Allowance(allowance.id));
            let of: Vec<Evaluation> = of.map(|row| row.evaluation.clone()).collect();
            if let Some(points) = burn_down(&of).map_err(|error| super::measured::uncountable(&error))? {
                found.push(BurnDown {
                    contract_id: contract.id,
                    contract: contract.about(supplier),
                    allowance_id: allowance.id,
                    allowance: allowance.terms.name.clone(),
                    unit: allowance.terms.unit.clone(),
                    points,
                });
            }
        }
        Ok(found)
    }

    /// Use of the last days through every provider that Finance knows, in UTC.
    async fn charts(
        &self,
        contracts: &[Contract],
        profiles: &[FinanceProfile],
        days: u16,
        now: OffsetDateTime,
    ) -> ServiceResult<(Vec<DaySeries>, Vec<ProviderSpend>)> {
        let (zone, book) = (Zone::utc(), self.price_book().await?);
        let today = now.date();
        let first = today.checked_sub(Duration::days(days.max(1).into())).unwrap_or(today);
        let Ok(shown) = Period::new(first, today) else { return Ok((Vec::new(), Vec::new())) };
        let coverage = self.rows().coverage(&CoverageOf::All).await?;
        let (mut totals, mut providers) = (Vec::new(), Vec::new());
        for profile in profiles {
            let covering = coverage.iter().rfind(|coverage| coverage.profile_id == profile.id).map(|coverage| coverage.contract_id);
            let contract = contracts.iter().find(|contract| Some(contract.id) == covering);
            let (of_days, spend) = self.provider_spend(profile, contract, shown, &zone, &book).await?;
            totals.extend(of_days);
            providers.extend(Some(spend).filter(|spend| spend.requests > 0));
        }
        let since = self.figures.measured_since().await?.map(OffsetDateTime::date);
        let series = by_day(shown, &totals, since, shown.last_day()).map_err(|error| super::measured::uncountable(&error))?;
        providers
            .sort_by_key(|spend: &ProviderSpend| std::cmp::Reverse(spend.sums.iter().chain(&spend.included).map(|sum| sum.amount()).max()));
        Ok((series.into_iter().map(|(currency, points)| DaySeries { currency, points }).collect(), providers))
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
        let (mut sums, mut included, mut days) = (Totals::default(), Totals::default(), Vec::new());
        let (mut requests, mut unpriced) = (0, 0);
        for used in self.used_on(shown, &of).await? {
            let value = if is_own { Machine::assumed().and_then(|machine| machine.cost(used.sum.milliseconds).ok()) } else { used.value };
            let value = value.filter(|value| !value.is_zero() || is_own);
            requests += used.sum.requests;
            let lacks = if used.value.is_none() && !is_own { used.sum.requests } else { 0 };
            unpriced += lacks;
            let totals = if is_metered || is_own { &mut sums } else { &mut included };
            if let Some(value) = value {
                totals.add(value).map_err(|error| super::measured::uncountable(&error))?;
            }
            if is_metered || is_own {
                days.push(DayTotal { date: used.date, sums: value.into_iter().collect(), unpriced: lacks });
            }
        }
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

fn spend_row(row: ContractRow, allowances: &[Allowance], newest: &[Snapshot], now: OffsetDateTime) -> SpendRow {
    let contract = &row.contract;
    SpendRow {
        monthly: contract.terms.monthly_equivalent(),
        allowances: states(contract, allowances, newest, now),
        budget_used_pct: budget_used(contract, newest, now),
        row,
    }
}

/// Of a metered contract whose budget window is its billing period: use at its price, of the budget.
fn budget_used(contract: &Contract, newest: &[Snapshot], now: OffsetDateTime) -> Option<Decimal> {
    let agreed = contract.agreed()?;
    let today = agreed.time_zone.date(now);
    let same = agreed.contract_type == ContractType::Metered && agreed.budget_window.months() == agreed.cadence.months();
    let whole = newest.iter().find(|row| row.evaluation.contract_id == contract.id && row.evaluation.subject == Subject::Contract)?;
    let cost = whole.evaluation.usage_cost_estimate.filter(|_| same && whole.evaluation.period.contains(today));
    budget_use(cost, agreed.budget)
}

fn states(contract: &Contract, allowances: &[Allowance], newest: &[Snapshot], now: OffsetDateTime) -> Vec<AllowanceState> {
    let today = contract.terms.time_zone.date(now);
    let state = |allowance: &Allowance| AllowanceState {
        id: allowance.id,
        name: allowance.terms.name.clone(),
        unit: allowance.terms.unit.clone(),
        is_disclosed: allowance.terms.is_disclosed(),
        newest: newest
            .iter()
            .find(|row| row.evaluation.subject == Subject::Allowance(allowance.id) && row.evaluation.period.contains(today))
            .map(|row| row.evaluation.clone()),
    };
    allowances.iter().filter(|allowance| allowance.contract_id == contract.id).map(state).collect()
}

/// Should yesterday have figures by now, and has none?
fn is_late(contract: &Contract, allowances: &[Allowance], newest: &[Snapshot], now: OffsetDateTime) -> bool {
    let zone = &contract.terms.time_zone;
    let Some((agreed, yesterday)) = contract.agreed().zip(last_complete_day(now, zone)) else { return false };
    let Some(activated) = contract.standing.activated() else { return false };
    let countable = |allowance: &Allowance| {
        allowance.contract_id == contract.id && (allowance.terms.metric.is_observable() || allowance.terms.metric == MetricKey::Undisclosed)
    };
    let is_evaluated = agreed.contract_type == ContractType::Metered || allowances.iter().any(countable);
    let begun = first_day(agreed.span.from(), activated.at, zone) <= yesterday && contract.in_force_on(yesterday);
    let latest: Option<Date> = newest.iter().filter(|row| row.evaluation.contract_id == contract.id).map(|row| row.evaluation.date).max();
    is_evaluated && begun && zone.clock(now).time() >= OVERDUE && latest.is_none_or(|latest| latest < yesterday)
}
