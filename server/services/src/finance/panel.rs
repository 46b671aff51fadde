//! The finance panel of a provider's page: each role sees its part.

use super::Finance;
use super::contracts::open_states;
use crate::error::ServiceResult;
use crate::ports::{ContractsOf, CoverageOf, ItemsOf};
use domain::finance::access::PanelView;
use domain::finance::contract::Contract;
use domain::finance::money::Money;
use domain::finance::profile::{FinanceProfile, Payee};
use domain::finance::work_item::WorkItem;
use domain::people::Caller;
use url::Url;
use vocab::finance::{BillingCadence, CommercialKind, ContractStatus, ContractType, ProfileStatus, SeedStatus, Severity};
use vocab::{ContractId, Permission, ProviderId, SupplierId};

/// Days that the energy of our own machine is summed over.
const ENERGY_DAYS: u16 = 30;

/// A provider's panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// How far the hand-off has come.
    pub hand_off: HandOffProgress,
    /// May this caller ask for the hand-off, or for another try?
    pub may_hand_off: bool,
    /// What is known; `None` before it was handed over.
    pub facts: Option<PanelFacts>,
}

/// How far a hand-off to Finance has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOffProgress {
    /// Nothing was handed over, and nothing waits.
    None,
    /// Waiting for its first or next try.
    Pending,
    /// It failed again and again; a person can try it.
    Failed,
    /// Finance knows the provider.
    Done,
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelFacts {
    /// How far Finance has come.
    pub status: ProfileStatus,
    /// Who is paid: a vendor, a reseller, or nobody.
    pub kind: CommercialKind,
    /// Whom.
    pub supplier: Option<(SupplierId, String)>,
    /// Under which contract.
    pub contract: Option<PanelContract>,
    /// Items about it or its contract that are open.
    pub open_items: u32,
    /// The worst of them.
    pub worst: Option<Severity>,
    /// Where the bills are.
    pub billing_url: Option<Url>,
    /// Where the use is shown.
    pub usage_url: Option<Url>,
    /// Other providers under the same contract, by name.
    pub shared_with: Vec<String>,
    /// Amounts, for who may see them.
    pub amounts: Option<PanelAmounts>,
}

/// The contract of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelContract {
    /// Its id.
    pub id: ContractId,
    /// `AIC-…`.
    pub number: String,
    /// Where it stands.
    pub status: ContractStatus,
    /// That in words, "Pending" before its start.
    pub status_label: &'static str,
    /// How it is paid for, or probably is.
    pub contract_type: Option<ContractType>,
    /// How many contracts the provider has been under, this one included.
    pub count: u32,
}

/// The amounts of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PanelAmounts {
    /// Fixed amount a billing period.
    pub commitment: Option<Money>,
    /// How often it is due.
    pub cadence: Option<BillingCadence>,
    /// What Finance means to spend a month.
    pub budget: Option<Money>,
    /// What the energy of our own machine cost in the last 30 days, estimated.
    pub energy: Option<Money>,
}

impl Finance {
    /// The panel of a provider; `None` for a caller who does not get to see one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn panel(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Option<Panel>> {
        let view = PanelView::of(caller);
        let outside = caller.limits().is_some_and(|limits| !limits.allows_provider(id));
        if view == PanelView::Hidden || outside || self.catalogue.get(id).is_none() {
            return Ok(None);
        }
        let profile = self.rows().profiles().await?.into_iter().find(|profile| profile.provider_id == *id);
        let hand_off = self.progress(id, profile.is_some()).await?;
        let may_hand_off = caller.may(Permission::ManageFinance)
            && matches!(hand_off, HandOffProgress::None | HandOffProgress::Failed)
            && self.connections.of_provider(id).await?.is_some();
        let facts = match profile {
            Some(profile) => Some(self.facts(profile, view).await?),
            None => None,
        };
        Ok(Some(Panel { hand_off, may_hand_off, facts }))
    }

    async fn progress(&self, id: &ProviderId, is_known: bool) -> ServiceResult<HandOffProgress> {
        Ok(match self.hand_offs.newest(id).await?.map(|newest| newest.status) {
            Some(SeedStatus::Failed) => HandOffProgress::Failed,
            Some(SeedStatus::Pending) => HandOffProgress::Pending,
            Some(SeedStatus::Done | SeedStatus::Skipped) | None if is_known => HandOffProgress::Done,
            Some(SeedStatus::Done | SeedStatus::Skipped) | None => HandOffProgress::None,
        })
    }

    async fn facts(&self, profile: FinanceProfile, view: PanelView) -> ServiceResult<PanelFacts> {
        let rows = self.rows();
        let own = rows.coverage(&CoverageOf::Either(vec![profile.id], vec![])).await?;
        let mut ids: Vec<ContractId> = own.iter().map(|coverage| coverage.contract_id).collect();
        let newest = ids.last().copied();
        ids.sort_unstable();
        ids.dedup();
        let contract = match newest {
            Some(id) => rows.contracts(&ContractsOf::Ids(vec![id])).await?.pop(),
            None => None,
        };
        let about =
            ItemsOf { statuses: open_states(), profiles: vec![profile.id], contracts: newest.into_iter().collect(), ..ItemsOf::default() };
        let items: Vec<WorkItem> = rows.items(&about).await?;
        let supplier = match profile.payee.supplier_id() {
            Some(id) => Some((id, self.stored_supplier(id).await?.details.name)),
            None => None,
        };
        let links = |own: &Option<Url>, agreed: fn(&Contract) -> &Option<Url>| {
            own.clone().or_else(|| contract.as_ref().and_then(|c| agreed(c).clone()))
        };
        Ok(PanelFacts {
            status: profile.status,
            kind: profile.payee.kind(),
            supplier,
            open_items: u32::try_from(items.len()).unwrap_or(u32::MAX),
            worst: items.iter().map(|item| item.severity).max(),
            billing_url: links(&profile.settings.billing_url, |contract| &contract.terms.billing_url),
            usage_url: links(&profile.settings.usage_url, |contract| &contract.terms.usage_url),
            shared_with: self.shared_with(&profile, newest).await?,
            amounts: match view {
                PanelView::Amounts => Some(self.amounts(&profile, contract.as_ref()).await?),
                PanelView::Facts | PanelView::Hidden => None,
            },
            contract: contract.map(|contract| self.panel_contract(contract, ids.len())),
        })
    }

    fn panel_contract(&self, contract: Contract, count: usize) -> PanelContract {
        let today = contract.terms.time_zone.date(self.environment.now());
        PanelContract {
            id: contract.id,
            status: contract.status(),
            status_label: contract.status_label(today),
            contract_type: contract.probable_type(),
            count: u32::try_from(count).unwrap_or(u32::MAX),
            number: contract.number,
        }
    }

    async fn shared_with(&self, profile: &FinanceProfile, contract: Option<ContractId>) -> ServiceResult<Vec<String>> {
        let Some(contract) = contract else { return Ok(Vec::new()) };
        let coverage = self.rows().coverage(&CoverageOf::Either(vec![], vec![contract])).await?;
        let others = coverage.iter().filter(|c| c.contract_id == contract && c.to.is_none() && c.profile_id != profile.id);
        Ok(self.covered(others, &self.rows().profiles().await?).into_iter().map(|covered| covered.name).collect())
    }

    async fn amounts(&self, profile: &FinanceProfile, contract: Option<&Contract>) -> ServiceResult<PanelAmounts> {
        let energy = match profile.payee {
            Payee::Nobody => self.energy_cost(profile, ENERGY_DAYS, self.environment.now()).await?,
            Payee::Supplier { .. } => None,
        };
        Ok(PanelAmounts {
            commitment: contract.and_then(|contract| contract.terms.commitment()),
            cadence: contract.and_then(|contract| contract.terms.cadence),
            budget: profile.settings.budget(),
            energy,
        })
    }
}
