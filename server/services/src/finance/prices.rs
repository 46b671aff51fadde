//! Prices of our own, for one contract, and whether any price is known at all.

use super::Finance;
use super::around::Around;
use super::ledger::Decision;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{FinanceWrite, PricesOf};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::period::Span;
use domain::finance::price::{LIST_CURRENCY, PriceFact, PriceOrigin, Seller};
use domain::finance::vendor::Commercial;
use domain::finance::{Currency, UnitPrice};
use domain::people::Caller;
use domain::provider::Catalogue;
use time::Date;
use vocab::finance::{Meter, PriceVariant};
use vocab::{ContractId, Permission, PriceFactId, ProviderId};

/// Longest name of a model.
const LONGEST_MODEL: usize = 200;

/// A price that a contract says, or Finance for a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceEdit {
    /// Bare model id, as the upstream knows it.
    pub model_id: String,
    /// What is priced.
    pub meter: Meter,
    /// The way of asking it is for.
    pub variant: Option<PriceVariant>,
    /// The price.
    pub price: UnitPrice,
    /// First day it holds, in UTC.
    pub from: Date,
}

impl Finance {
    /// Adds a price to a contract. One that held for the same meter until then ends.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::Invalid`].
    pub async fn set_price(&self, caller: &Caller, id: ContractId, edit: PriceEdit) -> ServiceResult<()> {
        caller.require(Permission::ManageFinance)?;
        let edit = &edit.cleaned()?;
        self.ledger
            .change(move || async move {
                let mut around = Around::load(self, id, self.environment.now()).await?;
                let seller = Seller::Vendor(around.contract.account.vendor().clone());
                let new = self.price_fact(edit, seller, PriceOrigin::Contract(id));
                let mut writes: Vec<FinanceWrite> = around.prices.iter().filter_map(|fact| ended(fact, &new)).collect();
                writes.push(FinanceWrite::InsertPrice(new.clone()));
                around.prices.push(new.clone());
                let (terms, surroundings) = (around.terms(), around.surroundings(self, &around.contract).await?);
                writes.extend(around.aftermath(self, &around.contract, &terms, surroundings, None));
                let said = format!("{} {} from {}", new.model_id, new.meter.label(), edit.from);
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::CONTRACT_PRICE, Object::Contract(id), said);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: () })
            })
            .await
    }

    /// Takes a price of a contract back from a day on.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::NotFound`].
    pub async fn end_price(&self, caller: &Caller, id: ContractId, price: PriceFactId, until: Date) -> ServiceResult<()> {
        caller.require(Permission::ManageFinance)?;
        self.ledger
            .change(move || async move {
                let facts = self.rows().prices(PricesOf::Contract(id)).await?;
                let fact = facts.into_iter().find(|fact| fact.id == price).ok_or(ServiceError::NotFound("price"))?;
                let said = format!("{} {} until {until}", fact.model_id, fact.meter.label());
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::CONTRACT_PRICE, Object::Contract(id), said);
                Ok(Decision { writes: vec![cut(&fact, until)], trail: trail.event(Event::FinanceChanged).build(), answer: () })
            })
            .await
    }

    /// What Finance says a provider's use costs, whatever contract it is under.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`.
    pub async fn provider_prices(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Vec<PriceFact>> {
        caller.require(Permission::ViewFinance)?;
        let own = |fact: &PriceFact| fact.origin == PriceOrigin::Organization && fact.seller == Seller::Provider(id.clone());
        Ok(self.rows().prices(PricesOf::All).await?.into_iter().filter(own).collect())
    }

    /// Says what a provider's use costs, in place of the price list. What a contract says goes before it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::Invalid`], [`ServiceError::NotFound`].
    pub async fn set_provider_price(&self, caller: &Caller, id: &ProviderId, edit: PriceEdit) -> ServiceResult<()> {
        caller.require(Permission::ManageFinance)?;
        self.catalogue.get(id).ok_or(ServiceError::NotFound("provider"))?;
        let edit = &edit.cleaned()?;
        self.ledger
            .change(move || async move {
                let new = self.price_fact(edit, Seller::Provider(id.clone()), PriceOrigin::Organization);
                let known = self.provider_prices(caller, id).await?;
                let mut writes: Vec<FinanceWrite> = known.iter().filter_map(|fact| ended(fact, &new)).collect();
                writes.push(FinanceWrite::InsertPrice(new.clone()));
                let said = format!("{} {} from {}", new.model_id, new.meter.label(), edit.from);
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::PROVIDER_PRICE, Object::Provider(id.clone()), said);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: () })
            })
            .await
    }

    /// Takes a price of a provider back from a day on.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::NotFound`].
    pub async fn end_provider_price(&self, caller: &Caller, id: &ProviderId, price: PriceFactId, until: Date) -> ServiceResult<()> {
        caller.require(Permission::ManageFinance)?;
        self.ledger
            .change(move || async move {
                let known = self.provider_prices(caller, id).await?;
                let fact = known.into_iter().find(|fact| fact.id == price).ok_or(ServiceError::NotFound("price"))?;
                let said = format!("{} {} until {until}", fact.model_id, fact.meter.label());
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::PROVIDER_PRICE, Object::Provider(id.clone()), said);
                Ok(Decision { writes: vec![cut(&fact, until)], trail: trail.event(Event::FinanceChanged).build(), answer: () })
            })
            .await
    }

    fn price_fact(&self, edit: &PriceEdit, seller: Seller, origin: PriceOrigin) -> PriceFact {
        PriceFact {
            id: PriceFactId::new(self.environment.uuid()),
            seller,
            model_id: edit.model_id.clone(),
            meter: edit.meter,
            price: edit.price,
            tier_start: 0,
            variant: edit.variant,
            effective: Span::open(edit.from),
            origin,
        }
    }
}

impl PriceEdit {
    fn cleaned(self) -> ServiceResult<Self> {
        let model = self.model_id.trim().to_owned();
        if model.is_empty() || model.chars().count() > LONGEST_MODEL {
            return Err(ServiceError::field("model_id", format!("name a model, in at most {LONGEST_MODEL} characters")));
        }
        Ok(Self { model_id: model, ..self })
    }
}

/// A price of the same word that the new one takes the place of.
fn ended(fact: &PriceFact, new: &PriceFact) -> Option<FinanceWrite> {
    let same = fact.origin == new.origin
        && fact.seller == new.seller
        && fact.model_id == new.model_id
        && fact.meter == new.meter
        && fact.variant == new.variant;
    let goes_on = fact.effective.until().is_none_or(|until| until > new.effective.from());
    (same && goes_on).then(|| cut(fact, new.effective.from()))
}

/// The price up to a day; one that would hold for no day goes.
fn cut(fact: &PriceFact, until: Date) -> FinanceWrite {
    match Span::new(fact.effective.from(), Some(until)) {
        Ok(effective) => FinanceWrite::UpdatePrice(PriceFact { effective, ..fact.clone() }),
        Err(_) => FinanceWrite::DeletePrice(fact.id),
    }
}

/// Is there a price for the use of these providers, in the currency that is billed in once that is known: published, or
/// entered for them, their vendor or the contract? Nothing is converted for a bill, whatever rates there are.
pub(super) fn are_known(
    catalogue: &Catalogue,
    facts: &[PriceFact],
    providers: &[ProviderId],
    contract: Option<ContractId>,
    currency: Option<Currency>,
) -> bool {
    let fits = |price: Currency| currency.is_none_or(|billed| billed == price);
    let facts: Vec<&PriceFact> = facts.iter().filter(|fact| fits(fact.price.currency())).collect();
    let agreed = contract.is_some_and(|id| facts.iter().any(|fact| fact.origin.contract_id() == Some(id)));
    let known = |id: &ProviderId| {
        let Some(provider) = catalogue.get(id) else { return false };
        let vendors: Vec<_> = provider.methods.iter().filter_map(|method| Commercial::of(&method.finance).ok()).collect();
        let sells = |fact: &PriceFact| match &fact.seller {
            Seller::Provider(seller) => seller == id,
            Seller::Vendor(key) => vendors.iter().any(|vendor| vendor.account().is_some_and(|account| account.vendor() == key)),
        };
        let published = fits(LIST_CURRENCY) && provider.price_source.is_some();
        published || facts.iter().any(|fact| fact.origin.contract_id().is_none() && sells(fact))
    };
    agreed || (!providers.is_empty() && providers.iter().all(known))
}
