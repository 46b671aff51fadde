//! What Finance knows of a provider, changed by people.

use super::Finance;
use super::ledger::Decision;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{ContractsOf, CoverageOf, FinanceWrite, ItemsOf};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::contract::Contract;
use domain::finance::profile::{FinanceProfile, ProfileRefused, ProfileSettings, profile_status};
use domain::finance::work_item::{Change, Finding, ProfileSubject, WorkItem, reconcile};
use domain::people::Caller;
use time::OffsetDateTime;
use vocab::{Permission, ProviderId, SupplierId};

/// A profile with its contract and items.
struct Whole {
    profile: FinanceProfile,
    contract: Option<Contract>,
    items: Vec<WorkItem>,
}

impl Finance {
    /// What is known of a provider; `None` before it was handed over.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`.
    pub async fn profile(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Option<FinanceProfile>> {
        caller.require(Permission::ViewFinance)?;
        Ok(self.rows().profiles().await?.into_iter().find(|profile| profile.provider_id == *id))
    }

    /// Other settings: links, budget, whose figures count.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::Conflict`] when somebody saved meanwhile,
    /// [`ServiceError::Invalid`], [`ServiceError::NotFound`].
    pub async fn edit_profile(
        &self,
        caller: &Caller,
        id: &ProviderId,
        version: i64,
        settings: ProfileSettings,
    ) -> ServiceResult<FinanceProfile> {
        let settings = &settings;
        self.change_profile(caller, id, Action::FINANCE_PROFILE, |profile, now| profile.edit(version, settings.clone(), now), |_| None)
            .await
    }

    /// Another supplier, or the same one confirmed; the review of a doubtful match closes.
    ///
    /// # Errors
    /// As [`Finance::edit_profile`]; [`ServiceError::Refused`] when nobody is paid for the provider.
    pub async fn relink(&self, caller: &Caller, id: &ProviderId, version: i64, supplier: SupplierId) -> ServiceResult<FinanceProfile> {
        caller.require(Permission::ManageFinance)?;
        self.stored_supplier(supplier).await?;
        let settled = |subject: &ProfileSubject<'_>| Some(subject.supplier_review(None));
        self.change_profile(caller, id, Action::FINANCE_RELINK, move |profile, now| profile.relink(version, supplier, now), settled).await
    }

    /// Puts a profile away. History stays; connecting the provider anew brings it back.
    ///
    /// # Errors
    /// As [`Finance::edit_profile`].
    pub async fn archive_profile(&self, caller: &Caller, id: &ProviderId, version: i64) -> ServiceResult<FinanceProfile> {
        self.change_profile(caller, id, Action::FINANCE_ARCHIVE, move |profile, now| profile.archive(version, now), |_| None).await
    }

    async fn change_profile(
        &self,
        caller: &Caller,
        id: &ProviderId,
        action: Action,
        change: impl Fn(FinanceProfile, OffsetDateTime) -> Result<FinanceProfile, ProfileRefused> + Send + Sync,
        also: impl Fn(&ProfileSubject<'_>) -> Option<Finding> + Send + Sync,
    ) -> ServiceResult<FinanceProfile> {
        caller.require(Permission::ManageFinance)?;
        let (change, also) = (&change, &also);
        self.ledger
            .change(move || async move {
                let whole = self.whole(id).await?;
                let after = change(whole.profile.clone(), self.environment.now())?;
                let name = self.provider_name(id);
                let subject = ProfileSubject { id: after.id, supplier_id: after.payee.supplier_id(), about: &name };
                let linked = whole.contract.as_ref().is_some_and(|contract| contract.terms.billing_url.is_some());
                let link = subject.billing_url_missing(linked || after.settings.billing_url.is_some());
                let findings = std::iter::once(link).chain(also(&subject)).collect();
                let (writes, after) = self.written_profile(&whole, after, findings);
                let trail = TrailBuilder::new(&self.environment, caller)
                    .done(action, Object::Provider(id.clone()), "")
                    .event(Event::FinanceChanged)
                    .event(Event::ConnectionChanged { provider_id: id.clone() });
                Ok(Decision { writes, trail: trail.build(), answer: after })
            })
            .await
    }

    async fn whole(&self, id: &ProviderId) -> ServiceResult<Whole> {
        let rows = self.rows();
        let profile = rows.profiles().await?.into_iter().find(|profile| profile.provider_id == *id);
        let profile = profile.ok_or(ServiceError::NotFound("finance profile"))?;
        let covering = rows.coverage(&CoverageOf::Either(vec![profile.id], vec![])).await?;
        let ids: Vec<_> = covering.iter().filter(|coverage| coverage.to.is_none()).map(|coverage| coverage.contract_id).collect();
        let contract = rows.contracts(&ContractsOf::Ids(ids.clone())).await?.into_iter().find(|contract| !contract.status().is_terminal());
        let items = rows.items(&ItemsOf { profiles: vec![profile.id], contracts: ids, ..ItemsOf::default() }).await?;
        Ok(Whole { profile, contract, items })
    }

    /// Items that close or open, and the profile with the status that follows.
    fn written_profile(&self, whole: &Whole, after: FinanceProfile, findings: Vec<Finding>) -> (Vec<FinanceWrite>, FinanceProfile) {
        let mut items = whole.items.clone();
        let mut writes = Vec::new();
        for change in reconcile(findings, &whole.items, self.environment.now()) {
            let item = match change {
                Change::Open(new) => {
                    let id = vocab::WorkItemId::new(self.environment.uuid());
                    let number = domain::finance::number::Numbered::WorkItem.draw(self.environment.entropy());
                    let item = new.with(id, number);
                    writes.push(FinanceWrite::InsertItem(item.clone()));
                    item
                }
                Change::Update(item) => {
                    writes.push(FinanceWrite::UpdateItem(item.clone()));
                    item
                }
                Change::Seen(_) => continue,
            };
            items.retain(|stored| stored.id != item.id);
            items.push(item);
        }
        let status = profile_status(&after, whole.contract.as_ref().as_slice(), &items);
        let after = FinanceProfile { status, ..after };
        writes.push(FinanceWrite::UpdateProfile(after.clone()));
        (writes, after)
    }
}
