//! What exists around a provider, read before it is handed over.

use super::prices::are_known;
use super::seed::Seeding;
use crate::error::ServiceResult;
use crate::ports::{ContractsOf, CoverageOf, ItemsOf, PricesOf};
use domain::finance::allowance::Allowance;
use domain::finance::contract::{Contract, Coverage};
use domain::finance::profile::FinanceProfile;
use domain::finance::seed::World;
use domain::finance::supplier::Supplier;
use domain::finance::vendor::Commercial;
use domain::finance::work_item::WorkItem;
use domain::finance::zone::Zone;
use vocab::{ContractId, FinanceProfileId, ProviderId};

/// [`World`], owned.
pub(super) struct SeedWorld {
    profiles: Vec<FinanceProfile>,
    suppliers: Vec<Supplier>,
    contracts: Vec<Contract>,
    allowances: Vec<Allowance>,
    coverage: Vec<Coverage>,
    used: Vec<ContractId>,
    items: Vec<WorkItem>,
    owner_active: bool,
    prices_known: bool,
    time_zone: Zone,
}

impl SeedWorld {
    /// Reads it. Only profiles that are covered by one of the contracts are in it, so that nothing is derived for others.
    pub(super) async fn load(seeding: &Seeding, id: &ProviderId, commercial: &Commercial) -> ServiceResult<Self> {
        let rows = seeding.ledger.rows();
        let all = rows.profiles().await?;
        let own: Vec<FinanceProfileId> = all.iter().filter(|profile| profile.provider_id == *id).map(|profile| profile.id).collect();
        let covering: Vec<ContractId> =
            rows.coverage(&CoverageOf::Either(own.clone(), vec![])).await?.iter().map(|coverage| coverage.contract_id).collect();
        let concerns = |contract: &Contract| commercial.account() == Some(&contract.account) || covering.contains(&contract.id);
        let contracts: Vec<Contract> = rows.contracts(&ContractsOf::Running).await?.into_iter().filter(concerns).collect();
        let ids: Vec<ContractId> = contracts.iter().map(|contract| contract.id).collect();
        let under = rows.coverage(&CoverageOf::Either(own.clone(), ids.clone())).await?;
        let is_under = |profile: &FinanceProfile| {
            own.contains(&profile.id) || under.iter().any(|c| c.profile_id == profile.id && c.to.is_none() && ids.contains(&c.contract_id))
        };
        let profiles: Vec<FinanceProfile> = all.into_iter().filter(is_under).collect();
        let profile_ids: Vec<FinanceProfileId> = profiles.iter().map(|profile| profile.id).collect();
        let coverage = rows.coverage(&CoverageOf::Either(profile_ids.clone(), ids.clone())).await?;
        let ever = coverage.iter().map(|coverage| coverage.contract_id).chain(ids.iter().copied()).collect();
        let items = ItemsOf { profiles: profile_ids, contracts: ever, ..ItemsOf::default() };
        let currency = contracts.iter().find_map(|contract| contract.terms.currency);
        let prices = rows.prices(PricesOf::All).await?;
        Ok(Self {
            items: if items.profiles.is_empty() && items.contracts.is_empty() { Vec::new() } else { rows.items(&items).await? },
            suppliers: rows.suppliers().await?,
            allowances: rows.allowances(&ids).await?,
            used: rows.used(&ids).await?,
            owner_active: Self::owner_active(seeding, &contracts).await?,
            prices_known: are_known(&seeding.catalogue, &prices, std::slice::from_ref(id), None, currency),
            time_zone: Zone::utc(),
            profiles,
            contracts,
            coverage,
        })
    }

    async fn owner_active(seeding: &Seeding, contracts: &[Contract]) -> ServiceResult<bool> {
        let Some(owner) = contracts.iter().find_map(|contract| contract.terms.budget_owner) else { return Ok(true) };
        Ok(seeding.people.user(owner).await?.is_some_and(|user| user.is_active()))
    }

    /// Has the provider a profile?
    pub(super) fn knows(&self, id: &ProviderId) -> bool {
        self.profiles.iter().any(|profile| profile.provider_id == *id)
    }

    /// As the plan takes it.
    pub(super) fn lent(&self) -> World<'_> {
        World {
            profiles: &self.profiles,
            suppliers: &self.suppliers,
            contracts: &self.contracts,
            allowances: &self.allowances,
            coverage: &self.coverage,
            used: &self.used,
            items: &self.items,
            owner_active: self.owner_active,
            prices_known: self.prices_known,
            time_zone: &self.time_zone,
        }
    }
}
