//! Suppliers: whom we pay.

use super::Finance;
use super::contracts::{ContractRow, open_states};
use super::ledger::Decision;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{FinanceWrite, ItemsOf};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::number::Numbered;
use domain::finance::profile::FinanceProfile;
use domain::finance::supplier::{Supplier, SupplierDetails, SupplierRefused, SupplierUse};
use domain::finance::work_item::WorkItem;
use domain::people::Caller;
use vocab::finance::SupplierStatus;
use vocab::{Permission, SupplierId};

/// A supplier in a list.
#[derive(Debug, Clone)]
pub struct SupplierRow {
    /// The supplier.
    pub supplier: Supplier,
    /// Providers it is paid for.
    pub providers: Vec<String>,
    /// Items about it that are open.
    pub open_items: u32,
}

/// A supplier's page.
#[derive(Debug, Clone)]
pub struct SupplierPage {
    /// The supplier.
    pub supplier: Supplier,
    /// What hangs on it.
    pub used: SupplierUse,
    /// Providers it is paid for.
    pub providers: Vec<LinkedProvider>,
    /// Its contracts, newest first.
    pub contracts: Vec<ContractRow>,
    /// Items about it, its contracts or its providers that are open.
    pub open_items: Vec<WorkItem>,
}

/// A provider that a supplier is paid for.
#[derive(Debug, Clone)]
pub struct LinkedProvider {
    /// What Finance knows of it.
    pub profile: FinanceProfile,
    /// As shown.
    pub name: String,
}

impl Finance {
    /// All suppliers, by name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`.
    pub async fn suppliers(&self, caller: &Caller) -> ServiceResult<Vec<SupplierRow>> {
        caller.require(Permission::ViewFinance)?;
        let (suppliers, profiles) = (self.rows().suppliers().await?, self.rows().profiles().await?);
        let items = self.rows().items(&ItemsOf { statuses: open_states(), ..ItemsOf::default() }).await?;
        let row = |supplier: Supplier| {
            let paid_for = profiles.iter().filter(|profile| profile.payee.supplier_id() == Some(supplier.id) && profile.archived.is_none());
            let open = items.iter().filter(|item| item.links.supplier_id == Some(supplier.id)).count();
            SupplierRow {
                providers: paid_for.map(|profile| self.provider_name(&profile.provider_id)).collect(),
                open_items: u32::try_from(open).unwrap_or(u32::MAX),
                supplier,
            }
        };
        Ok(suppliers.into_iter().map(row).collect())
    }

    /// One supplier with everything that hangs on it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`, [`ServiceError::NotFound`].
    pub async fn supplier(&self, caller: &Caller, id: SupplierId) -> ServiceResult<SupplierPage> {
        caller.require(Permission::ViewFinance)?;
        let supplier = self.stored_supplier(id).await?;
        let profiles = self.rows().profiles().await?.into_iter().filter(|profile| profile.payee.supplier_id() == Some(id));
        let providers = profiles.map(|profile| LinkedProvider { name: self.provider_name(&profile.provider_id), profile });
        let open = ItemsOf { statuses: open_states(), supplier: Some(id), ..ItemsOf::default() };
        Ok(SupplierPage {
            supplier,
            used: self.rows().supplier_use(id).await?,
            providers: providers.collect(),
            contracts: self.contracts(caller, Some(id)).await?,
            open_items: self.rows().items(&open).await?,
        })
    }

    /// Adds a supplier that no provider stands for.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::Invalid`].
    pub async fn add_supplier(&self, caller: &Caller, details: SupplierDetails) -> ServiceResult<Supplier> {
        caller.require(Permission::ManageFinance)?;
        let now = self.environment.now();
        let supplier = &Supplier {
            id: SupplierId::new(self.environment.uuid()),
            number: Numbered::Supplier.draw(self.environment.entropy()),
            vendor_key: None,
            details: details.cleaned()?,
            status: SupplierStatus::Active,
            created_at: now,
            updated_at: now,
            version: 0,
        };
        self.ledger
            .change(move || async move {
                let writes = vec![FinanceWrite::InsertSupplier(supplier.clone())];
                let trail = self.told(caller, Action::SUPPLIER_ADD, supplier.id, &supplier.details.name);
                Ok(Decision { writes, trail: trail.build(), answer: supplier.clone() })
            })
            .await
    }

    /// Other details.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::Conflict`] when somebody saved meanwhile,
    /// [`ServiceError::Invalid`], [`ServiceError::NotFound`].
    pub async fn edit_supplier(&self, caller: &Caller, id: SupplierId, version: i64, details: SupplierDetails) -> ServiceResult<Supplier> {
        let details = &details;
        self.change_supplier(caller, id, Action::SUPPLIER_EDIT, move |supplier, now| supplier.edit(version, details.clone(), now)).await
    }

    /// Another status. No bill is drafted for a blocked one.
    ///
    /// # Errors
    /// As [`Finance::edit_supplier`].
    pub async fn set_supplier_status(
        &self,
        caller: &Caller,
        id: SupplierId,
        version: i64,
        status: SupplierStatus,
    ) -> ServiceResult<Supplier> {
        self.change_supplier(caller, id, Action::SUPPLIER_STATUS, move |supplier, now| supplier.with_status(version, status, now)).await
    }

    /// Deletes a supplier on which nothing hangs.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::Refused`] when it has history,
    /// [`ServiceError::NotFound`].
    pub async fn delete_supplier(&self, caller: &Caller, id: SupplierId) -> ServiceResult<()> {
        caller.require(Permission::ManageFinance)?;
        self.ledger
            .change(move || async move {
                let supplier = self.stored_supplier(id).await?;
                Supplier::deletable(self.rows().supplier_use(id).await?)?;
                let trail = self.told(caller, Action::SUPPLIER_DELETE, id, &supplier.details.name);
                Ok(Decision { writes: vec![FinanceWrite::DeleteSupplier(id)], trail: trail.build(), answer: () })
            })
            .await
    }

    async fn change_supplier(
        &self,
        caller: &Caller,
        id: SupplierId,
        action: Action,
        change: impl Fn(Supplier, time::OffsetDateTime) -> Result<Supplier, SupplierRefused> + Send + Sync,
    ) -> ServiceResult<Supplier> {
        caller.require(Permission::ManageFinance)?;
        let change = &change;
        self.ledger
            .change(move || async move {
                let before = self.stored_supplier(id).await?;
                let after = change(before.clone(), self.environment.now())?;
                let trail = self.told(caller, action, id, &difference(&before, &after));
                Ok(Decision { writes: vec![FinanceWrite::UpdateSupplier(after.clone())], trail: trail.build(), answer: after })
            })
            .await
    }

    pub(super) async fn stored_supplier(&self, id: SupplierId) -> ServiceResult<Supplier> {
        let found = self.rows().suppliers().await?.into_iter().find(|supplier| supplier.id == id);
        found.ok_or(ServiceError::NotFound("supplier"))
    }

    fn told<'a>(&'a self, caller: &Caller, action: Action, id: SupplierId, said: &str) -> TrailBuilder<'a> {
        TrailBuilder::new(&self.environment, caller).done(action, Object::Supplier(id), said).event(Event::FinanceChanged)
    }
}

/// Name and status before and after; which other details changed.
fn difference(before: &Supplier, after: &Supplier) -> String {
    let mut said = vec![after.details.name.clone()];
    if before.details.name != after.details.name {
        said.push(format!("name: {} → {}", before.details.name, after.details.name));
    }
    if before.status != after.status {
        said.push(format!("status: {} → {}", before.status.label(), after.status.label()));
    }
    let terms = |supplier: &Supplier| supplier.details.payment_terms.clone().unwrap_or_else(|| "—".to_owned());
    if terms(before) != terms(after) {
        said.push(format!("payment terms: {} → {}", terms(before), terms(after)));
    }
    said.join("; ")
}
