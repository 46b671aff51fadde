//! What is spent on AI, as screens show it. Currencies are never mixed; what is not known is no figure rather than a zero;
//! nothing is computed or written here that the evaluation should have.

use super::Finance;
use super::bill_views::BillQuery;
use super::contracts::{ContractRow, open_states};
use super::spend_views::{AllowanceState, BurnDown, ContractFigures, SpendCard, SpendPage, SpendRow, UncoveredProvider};
use crate::error::ServiceResult;
use crate::ports::{ContractsOf, ItemsOf, SnapshotsOf};
use domain::finance::Totals;
use domain::finance::allowance::Allowance;
use domain::finance::contract::Contract;
use domain::finance::evaluation::schedule::{first_day, last_complete_day};
use domain::finance::evaluation::{Evaluation, Snapshot, Subject};
use domain::finance::profile::FinanceProfile;
use domain::finance::spend::{OpenItems, budget_use, burn_down, committed, needing_setup, suppliers, unused_at_risk};
use domain::people::Caller;
use rust_decimal::Decimal;
use time::{Date, OffsetDateTime, Time};
use vocab::finance::{BillStatus, ContractType, MetricKey, ProfileStatus};
use vocab::{ContractId, Permission};

/// Local time after which the absence of yesterday's figures is worth saying.
const OVERDUE: Time = time::macros::time!(06:00);
/// Burn-downs on one page.
const MOST_CHARTS: usize = 12;

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
        let total = |totals: &Totals| self.rates.as_ref().map_or(Ok(None), |rates| rates.total(totals, now.date()));
        let (committed, at_risk) = (committed(contracts, now).map_err(unknown)?, unused_at_risk(running).map_err(unknown)?);
        Ok(SpendCard {
            suppliers: suppliers(&profiles),
            committed_total: total(&committed.confirmed).map_err(unknown)?,
            committed,
            needs_setup: needing_setup(&items),
            open_items: OpenItems::count(&items),
            at_risk_total: total(&at_risk).map_err(unknown)?,
            unused_at_risk: at_risk,
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
        let around = super::around::Around::light(self, id, self.environment.now()).await?;
        let newest = self.newest(std::slice::from_ref(&around.contract)).await?;
        Ok(ContractFigures {
            allowances: states(&around.contract, &around.allowances, &newest, now),
            burn_downs: self.burn_downs(&around.contract, &around.supplier.details.name, &around.allowances, &newest).await?,
            last_evaluated: around.profiles.iter().filter_map(|profile| profile.last_evaluated_at).max(),
            is_overdue: is_late(&around.contract, &around.allowances, &newest, now),
        })
    }

    /// A contract's figures day by day, oldest first, from a day on.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_finance`, [`crate::ServiceError::NotFound`].
    pub async fn evaluations(&self, caller: &Caller, id: ContractId, from: Date) -> ServiceResult<Vec<Snapshot>> {
        caller.require(Permission::ViewFinance)?;
        if self.rows().contracts(&ContractsOf::Ids(vec![id])).await?.is_empty() {
            return Err(crate::ServiceError::NotFound("contract"));
        }
        Ok(self.figures.snapshots(&SnapshotsOf::Since(id, from)).await?)
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
